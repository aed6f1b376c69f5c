import { createHash } from 'node:crypto'
import { appendFile, open, readFile } from 'node:fs/promises'
import * as z from 'zod'
import { errnoOf } from '../errors'

const Entry = z.object({ subject: z.string(), step: z.string(), digest: z.string(), at: z.number() })

export interface Journal {
  /** The digest under which this step of this subject last finished, or null. */
  finished(subject: string, step: string): string | null
  /** On the disk when it resolves. */
  record(subject: string, step: string, digest: string): Promise<void>
}

/**
 * Append-only: one line per finished step. A line cut short by a crash is a step that did not finish,
 * which is the truth; it is skipped.
 */
export async function openJournal(file: string): Promise<Journal> {
  const latest = new Map<string, string>()
  let text = ''
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown
  }
  for (const line of text.split('\n')) {
    const entry = parseEntry(line)
    if (entry !== null) latest.set(keyOf(entry.subject, entry.step), entry.digest)
  }
  // A torn last line must not swallow the next entry.
  if (text !== '' && !text.endsWith('\n')) await appendFile(file, '\n')

  return {
    finished: (subject, step) => latest.get(keyOf(subject, step)) ?? null,
    async record(subject, step, digest) {
      const handle = await open(file, 'a')
      try {
        await handle.write(JSON.stringify({ subject, step, digest, at: Date.now() }) + '\n')
        await handle.sync()
      } finally {
        await handle.close()
      }
      latest.set(keyOf(subject, step), digest)
    },
  }
}

/** Stable across runs: the same inputs give the same digest. */
export function digestOf(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs, sortedKeys)).digest('hex')
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function parseEntry(line: string): z.infer<typeof Entry> | null {
  try {
    const parsed = Entry.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

const keyOf = (subject: string, step: string) => `${subject}\u0000${step}`
