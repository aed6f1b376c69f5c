import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

interface Seen {
  pid: number
  parent: number
  state: string
  command: string
}

/** Every process of this machine, from /proc: what ps would say, without its width limits. */
function everyProcess(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), parent: Number(parent), state, command }]
      } catch {
        return [] // Gone while we looked.
      }
    })
}

const isAlive = ({ state }: Seen) => state !== 'Z' && state !== 'X'

/** `pid` and all below it, but for trainings: those are the supervisor's. */
export function appProcesses(pid: number): number[] {
  const all = everyProcess().filter(isAlive)
  const below = (parent: number): number[] =>
    all
      .filter((seen) => seen.parent === parent && !seen.command.includes('run_supervisor.py'))
      .flatMap((seen) => [seen.pid, ...below(seen.pid)])
  return [pid, ...below(pid)]
}

export const aliveMatching = (text: string): number[] =>
  everyProcess()
    .filter((seen) => isAlive(seen) && seen.command.includes(text))
    .map(({ pid }) => pid)

export function isRunning(pid: number): boolean {
  return everyProcess().some((seen) => seen.pid === pid && isAlive(seen))
}

/** kill -9 for all of them at once, as a power-cut for the app alone. */
export async function killApp(pid: number): Promise<void> {
  const pids = appProcesses(pid)
  for (const each of pids) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      // It ended with one of the others.
    }
  }
  await until(() => pids.every((each) => !isRunning(each)), 'the app to be gone')
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 15_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}`)
    await setTimeout(50)
  }
}
