import type { AppError } from '../../errors'
import type { TransferFile } from '../types'
import type { Pauses } from './pauses'
import { claimNext, type Claim, type Task } from './task'

const MIB = 1024 * 1024
/** Files at once that are fetched by several connections: more would only spread them thin. */
const LARGE_AT_ONCE = 2
/** From here on a file is large: it is fetched after the others, because it can be split for whoever is idle. */
const LARGE = 8 * MIB
const SMALL = MIB

const isLarge = ({ size }: TransferFile): boolean => size >= LARGE
const isRunning = ({ state }: Task): boolean => state === 'running'

export const inOrder = (files: readonly TransferFile[]): TransferFile[] =>
  [...files].sort((a, b) => Number(isLarge(a)) - Number(isLarge(b)))

/** In connections. A small file is half of its time on the way to its storage host, and waits there in the other half. */
export const loadOf = ({ size }: TransferFile): number => (size < SMALL ? 0.5 : 1)

/** Whether one more file should be under way, because connections would be idle otherwise. */
export function wantsFile(next: TransferFile, tasks: Iterable<Task>, opening: number, most: number): boolean {
  const running = [...tasks].filter(isRunning)
  if (!isLarge(next)) return running.length + opening < 2 * most + 2
  return running.filter(({ file }) => isLarge(file)).length + opening < LARGE_AT_ONCE
}

/** Which range of which file one more connection should fetch, or null. `rate`: of one connection so far. */
export function chooseClaim(
  tasks: Iterable<Task>,
  most: number,
  rate: number | null,
  mayAsk: (task: Task) => boolean,
): { task: Task; claim: Claim } | null {
  const running = [...tasks].filter(isRunning)
  const open = running.filter(mayAsk)
  const large = running.filter(({ file }) => isLarge(file)).length
  const fair = Math.ceil(most / Math.max(1, Math.min(LARGE_AT_ONCE, large)))
  for (const steal of [false, true]) {
    for (const limit of [fair, most]) {
      for (const task of open) {
        if (task.claims.length >= limit) continue
        const claim = claimNext(task, rate, limit, steal)
        if (claim !== null) return { task, claim }
      }
    }
  }
  return null
}

/** Why a file that is due waits all the same: whoever would be asked for it asked us to wait. null: it need not. */
export function pauseOf({ way, file }: Task, pauses: Pauses, now: number): AppError | null {
  return pauses.of(new URL(way?.url ?? file.address().url).host, now)
}
