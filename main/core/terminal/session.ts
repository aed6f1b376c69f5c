import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { endGroup } from '../proc/program'
import { identityOf, isAlive, type ProcessIdentity } from '../proc/identity'

const GRACE_MS = 1_500
const LOOK_EVERY_MS = 50

/**
 * Ends a shell and everything in its session: its background jobs are in process groups of their own, which
 * a signal to the shell's group does not reach. Hung up first, as closing a terminal does; then killed.
 * Resolves when they are gone. What left the session (setsid, a daemon) is none of ours.
 */
export async function endSession(leader: number): Promise<void> {
  // Without /proc nobody says who is in a session; the foreground group is then all that can be reached.
  if (process.platform !== 'linux') return endGroup(leader)
  const known = new Map<number, ProcessIdentity>()
  const anyLeft = () => {
    for (const member of sessionMembers(leader)) known.set(member.pid, member)
    return [...known.values()].some(isAlive)
  }
  if (!anyLeft()) return
  signalAll(known, 'SIGHUP')
  // One that is stopped (Ctrl-Z) hears nothing before it goes on.
  signalAll(known, 'SIGCONT')
  const deadline = Date.now() + GRACE_MS
  while (Date.now() < deadline) {
    await setTimeout(LOOK_EVERY_MS)
    if (!anyLeft()) return
  }
  signalAll(known, 'SIGKILL')
  for (let looks = 0; looks < 20 && anyLeft(); looks += 1) await setTimeout(LOOK_EVERY_MS)
}

function signalAll(processes: Map<number, ProcessIdentity>, signal: NodeJS.Signals): void {
  for (const member of processes.values()) {
    try {
      if (isAlive(member)) process.kill(member.pid, signal)
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Every process whose session is `leader`'s (field 6 of /proc/<pid>/stat). */
function sessionMembers(leader: number): ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && sessionOf(name) === leader)
    .flatMap((name) => identityOf(Number(name)) ?? [])
}

function sessionOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3])
  } catch {
    return null
  }
}
