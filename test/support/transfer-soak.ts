import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blobOf, randomOf, startHub, type Content, type Fault } from './hub-server'
import { sha256Of, transfer, wantedFiles } from './transfer'

const MB = 1024 * 1024

export interface SoakResult {
  seed: number
  faults: Fault[]
  /** Files that are right, and those that were refused with a code. */
  right: number
  refused: string[]
  /** Paths of files that are there and are not what was promised. Must stay empty. */
  wrong: string[]
  /** Files that were left open, where the system tells (/proc). Must stay empty. */
  open: string[]
}

/** One random sequence of faults over a few files, paused now and then; the same for the same seed. */
export async function soakOnce(seed: number): Promise<SoakResult> {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const files: Record<string, Content> = {
    'config.json': '{}',
    'empty.txt': '',
    'small.bin': { size: 1 + Math.floor(random() * 50_000), seed },
    'large.safetensors': { size: 2 * MB + Math.floor(random() * 12 * MB), seed: seed + 1 },
  }
  const size = (files['large.safetensors'] as { size: number }).size
  const anywhere = () => Math.floor(random() * size)
  const actions: (() => Fault)[] = [
    () => ({ do: 'cut', after: anywhere() }),
    () => ({ do: 'cut', after: 'anywhere', probability: 0.3 }),
    () => ({ do: 'flip', at: anywhere() }),
    () => ({ do: 'stall', after: anywhere() }),
    () => ({ do: 'trickle', after: anywhere(), bytesPerSecond: 100 }),
    () => ({ do: 'status', status: pick([500, 502, 503, 408, 404]) }),
    () => ({ do: 'status', status: 503, place: 'resolve' }),
    () => ({ do: 'rateLimit', seconds: 0, place: pick(['resolve', 'body'] as const) }),
    () => ({ do: 'busy', connections: 1 + Math.floor(random() * 3) }),
    () => ({ do: 'ignoreRange' }),
    () => ({ do: 'noContentRange' }),
    () => ({ do: 'wrongContentRange', by: Math.floor(random() * 1000) - 500 }),
    () => ({ do: 'expired' }),
    () => ({ do: 'html' }),
    () => ({ do: 'endless' }),
  ]
  const faults = Array.from({ length: 1 + Math.floor(random() * 5) }, (): Fault => {
    const fault = pick(actions)()
    // A hub that limits for ever is waited for for ever: that is no fault, and no test.
    return random() < 0.15 && fault.do !== 'rateLimit'
      ? fault
      : { ...fault, times: 1 + Math.floor(random() * 4), skip: Math.floor(random() * 3) }
  })
  const hub = await startHub({ repositories: [{ kind: 'model', id: 'org/soak', files }], seed })
  const folder = mkdtempSync(join(tmpdir(), 'launchpad 浸泡 '))
  try {
    for (const fault of faults) hub.fault(fault)
    const wanted = wantedFiles(
      { endpoint: hub.endpoint, id: 'org/soak', commit: hub.commitOf('model', 'org/soak'), folder },
      files,
      ['config.json', 'empty.txt'],
    )
    const timing = { stallMs: 200, slowMs: 300, firstMs: 5, mostMs: 50 }
    for (let pauses = Math.floor(random() * 3); pauses > 0; pauses--) {
      const pause = new AbortController()
      let left = random() * size
      const onLanded = (bytes: number) => void ((left -= bytes) < 0 && pause.abort())
      await transfer(wanted, folder, { timing, signal: pause.signal, onLanded }).catch((thrown: unknown) => {
        if (!pause.signal.aborted) throw thrown
      })
    }
    const missing = wanted.filter(({ target }) => !existsSync(target))
    const { results } = await transfer(missing, folder, { timing })
    const there = wanted.filter(({ target }) => existsSync(target))
    const wrong: string[] = []
    for (const { path, target } of there) {
      if ((await sha256Of(target)) !== blobOf(files[path] ?? '').sha256) wrong.push(path)
    }
    const refused = results.flatMap(({ error }) => (error === null ? [] : [error.data.code]))
    return { seed, faults, right: there.length - wrong.length, refused, wrong, open: openBelow(folder) }
  } finally {
    await hub.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function openBelow(folder: string): string[] {
  const own = '/proc/self/fd'
  if (!existsSync(own)) return []
  return readdirSync(own).flatMap((name) => {
    try {
      const file = readlinkSync(join(own, name))
      return file.startsWith(folder) ? [file] : []
    } catch {
      return [] // of this very listing
    }
  })
}
