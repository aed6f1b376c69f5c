import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { AttemptView, MetricPoint, MetricsChunk } from '#contract'
import { readMetrics } from './read-log'
import { runFiles } from './spec'

/** Lines of attempts.jsonl (run_attempts.py): one when an attempt begins, one when it ends. */
const Begun = z.object({
  number: z.number().int(),
  startedAt: z.number(),
  logFrom: z.number(),
  resumedFrom: z.number().int().nullable(),
})
const Ended = z.object({
  number: z.number().int(),
  endedAt: z.number(),
  code: z.number().nullable(),
  signal: z.number().nullable(),
})

export async function readAttempts(folder: string): Promise<AttemptView[]> {
  const text = await readFile(join(folder, runFiles.attempts), 'utf8').catch(() => '')
  return attemptsOf(text)
}

/** A line that is none, cut short by a power cut, is passed over. */
export function attemptsOf(text: string): AttemptView[] {
  const attempts = new Map<number, AttemptView>()
  for (const line of text.split('\n')) {
    const value = parsed(line)
    const begun = Begun.safeParse(value)
    if (begun.success) attempts.set(begun.data.number, { ...begun.data, endedAt: null, exit: null })
    const ended = Ended.safeParse(value)
    const attempt = ended.success ? attempts.get(ended.data.number) : undefined
    if (!ended.success || attempt === undefined) continue
    attempt.endedAt = ended.data.endedAt
    attempt.exit = { code: ended.data.code, signal: ended.data.signal }
  }
  return [...attempts.values()]
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** verl empties its metrics file at every start, so each attempt has one (run_attempts.py). Those that are there, in order. */
async function metricsFiles(folder: string, attempts: number): Promise<{ path: string; size: number }[]> {
  const files: { path: string; size: number }[] = []
  for (let number = 1; number <= Math.max(1, attempts); number += 1) {
    const path = join(folder, number === 1 ? runFiles.metrics : `metrics-${number}.jsonl`)
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    )
    files.push({ path, size })
  }
  return files
}

export async function metricsSize(folder: string, attempts: number): Promise<number> {
  return (await metricsFiles(folder, attempts)).reduce((sum, { size }) => sum + size, 0)
}

/**
 * The metrics of all attempts as one stream of bytes from `from` on. A file before the last one grows no more, so
 * offsets stay what they are; a line that a crash cut short is passed over.
 */
export async function readAllMetrics(
  folder: string,
  from: number,
  { attempts, sparse = false }: { attempts?: number; sparse?: boolean } = {},
): Promise<MetricsChunk> {
  const files = await metricsFiles(folder, attempts ?? (await readAttempts(folder)).length)
  const size = files.reduce((sum, file) => sum + file.size, 0)
  let begin = 0
  for (const [index, file] of files.entries()) {
    const end = begin + file.size
    if (from < end || index === files.length - 1) {
      const chunk = await readMetrics(file.path, from - begin, sparse)
      const stuck = chunk.next === from - begin && index < files.length - 1
      return { points: chunk.points, next: stuck ? end : begin + chunk.next, size }
    }
    begin = end
  }
  return { points: [], next: from, size }
}

/** Enough for the last lines of a metrics file, which are some 3 kB each. */
const TAIL = 64 * 1024

/** What the last step of the last attempt reported; null when it came to none. */
export async function lastMetrics(folder: string, attempts: number): Promise<MetricPoint | null> {
  const file = (await metricsFiles(folder, attempts)).at(-1)
  if (file === undefined) return null
  const { points } = await readMetrics(file.path, Math.max(0, file.size - TAIL), false)
  return points.at(-1) ?? null
}

/** Bytes `from`.. of a file, as many as there is room for; none where there is no file. The result lies in `room`. */
export async function readSlice(path: string, from: number, room: Buffer): Promise<Buffer> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return Buffer.alloc(0)
  try {
    const { bytesRead } = await handle.read(room, 0, room.length, from)
    return room.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
