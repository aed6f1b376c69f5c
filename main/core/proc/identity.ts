import { readFileSync } from 'node:fs'
import * as z from 'zod'

/**
 * A process that can be recognised again. A pid alone is used anew by the system, so it is paired with
 * its start time (clock ticks since boot, field 22 of /proc/<pid>/stat) and the boot it belongs to.
 */
export const ProcessIdentity = z.object({ pid: z.number().int(), startTicks: z.number().int(), bootId: z.string() })
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

/** True while exactly this process lives. Linux only: training runs nowhere else. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== bootId()) return false
  const stat = procStat(identity.pid)
  return stat !== null && stat.startTicks === identity.startTicks && stat.state !== 'Z' && stat.state !== 'X'
}

/** Who has this pid now, or null when nobody does. */
export function identityOf(pid: number): ProcessIdentity | null {
  const stat = procStat(pid)
  return stat === null ? null : { pid, startTicks: stat.startTicks, bootId: bootId() }
}

let boot: string | null = null

/** As long as this process lives it stays the same. */
function bootId(): string {
  return (boot ??= readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '')
}

function procStat(pid: number): { state: string; startTicks: number } | null {
  const text = readText(`/proc/${pid}/stat`)
  if (text === null) return null
  // The name (field 2) is in parentheses and may itself hold spaces and parentheses: count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTicks: Number(fields[19]) }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
