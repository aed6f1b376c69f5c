import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { createProjection } from '../../main/core/state/projection'
import { openRuns } from '../../main/core/train/runs'
import { emptyProjection } from '../support/empty-projection'

export interface BenchRun {
  name: string
  argv: string[]
  /** Who writes the metrics: the supervisor from the output, or the trainer. */
  metrics?: 'console' | 'file'
  plannedSteps?: number
}

/** A run under the real supervisor, started by a core that is closed again. */
export async function startRun(root: string, { name, argv, metrics = 'file', plannedSteps }: BenchRun) {
  const folder = join(root, 'runs')
  mkdirSync(folder, { recursive: true })
  const projection = createProjection(emptyProjection(root))
  const runs = await openRuns({ folder, resources: resolve('resources'), projection })
  const id = await runs.start({
    ...{ python: 'python3', argv: () => argv, name, trainer: 'command' as const, metrics },
    ...{ plannedSteps: plannedSteps ?? null, env: () => ({}), options: {}, digests: {} },
  })
  runs.dispose()
  return { id, folder: join(folder, id) }
}

const State = z.object({ supervisor: z.object({ pid: z.number() }), child: z.object({ pid: z.number() }) })

/** Who runs it, once the trainer was started. */
export async function processesOf(folder: string): Promise<{ supervisor: number; trainer: number }> {
  const file = join(folder, 'state.json')
  const found = await until(() => State.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data)
  return { supervisor: found.supervisor.pid, trainer: found.child.pid }
}

export async function endRun(folder: string): Promise<void> {
  writeFileSync(join(folder, 'stop.json'), '{"mode":"now"}')
  await until(() => existsSync(join(folder, 'exit.json')) || undefined)
}

/** What `look` gives, once it gives something. */
export async function until<T>(look: () => T | Promise<T | undefined> | undefined, everyMs = 20): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await pause(everyMs)
  }
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
