import { readdir, readFile } from 'node:fs/promises'
import type { MachineReport } from '#contract'
import { errnoOf } from '../errors'

/** Processes that only a running Ray cluster has: its node manager, and the head's control service. */
const names = new Set(['raylet', 'gcs_server'])

/** Linux only: elsewhere verl does not run, and nobody would join a cluster. */
export async function findRay(proc = '/proc'): Promise<MachineReport['ray']> {
  if (process.platform !== 'linux') return { state: 'unknown', reason: `not looked for on ${process.platform}` }
  try {
    const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name))
    const found = await Promise.all(pids.map(async (pid) => (names.has(await nameOf(proc, pid)) ? [Number(pid)] : [])))
    const rays = found.flat()
    return rays.length > 0 ? { state: 'found', value: { pids: rays } } : { state: 'absent' }
  } catch (thrown) {
    return { state: 'unknown', reason: errnoOf(thrown) ?? String(thrown) }
  }
}

/** A process that ended meanwhile has no name. */
const nameOf = (proc: string, pid: string): Promise<string> =>
  readFile(`${proc}/${pid}/comm`, 'utf8').then(
    (text) => text.trim(),
    () => '',
  )
