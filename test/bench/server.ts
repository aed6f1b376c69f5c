import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** The headless door as a user starts it. */
export async function startServer(root: string) {
  const child = spawn(process.execPath, ['dist/node/launchpad.mjs', 'serve', '--root', root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise<string>((found) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.startsWith('http://') && found(line))
  })
  const gone = new Promise((done) => child.on('close', done))
  return { address, pid: child.pid ?? 0, stop: async () => (child.kill('SIGTERM'), gone) }
}

/** Resident memory of a process, from /proc. */
export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? NaN) * 1024
}

/** Seconds of a core that a process has taken, user and system (proc(5): fields 14 and 15, always in hundredths). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
