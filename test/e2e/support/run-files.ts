import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { aliveMatching } from './processes'

const runsFolder = (root: string) => join(root, 'runs')

export const runIds = (root: string): string[] =>
  existsSync(runsFolder(root)) ? readdirSync(runsFolder(root)).sort() : []

export const supervisorOf = (root: string, run: string): number[] =>
  aliveMatching(join(runsFolder(root), run)).filter((pid) => aliveMatching('run_supervisor.py').includes(pid))

/** What the supervisor wrote when the trainer ended; null while it has not. */
export function exitOf(root: string, run: string): { code: number | null } | null {
  const file = join(runsFolder(root), run, 'exit.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { code: number | null }) : null
}
