import { execa } from 'execa'
import { errnoOf } from '../errors'

/** What a program said, or that it is not there, or why it did not answer. */
export type Answer =
  | { state: 'answered'; stdout: string; stderr: string; exitCode: number }
  | { state: 'absent' }
  | { state: 'silent'; reason: string }

/** Asks a program with a deadline; it is killed when that passes, also when it does not listen to signals. */
export async function ask(program: string, args: string[], deadlineMs: number): Promise<Answer> {
  const { exitCode, timedOut, stdout, stderr, ...end } = await execa(program, args, {
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
    stdin: 'ignore',
    reject: false,
    // English whatever the system speaks: the answers are read by patterns.
    env: { LC_ALL: 'C' },
  })
  if (timedOut) return { state: 'silent', reason: `${program} did not answer in ${deadlineMs / 1000} s` }
  if (exitCode !== undefined) return { state: 'answered', stdout, stderr, exitCode }
  if (errnoOf(end) === 'ENOENT') return { state: 'absent' }
  return { state: 'silent', reason: end.shortMessage ?? `${program} could not be started` }
}

/** Standard output of a program that is there and succeeds, else null. */
export async function said(program: string, args: string[], deadlineMs: number): Promise<string | null> {
  const answer = await ask(program, args, deadlineMs)
  return answer.state === 'answered' && answer.exitCode === 0 ? answer.stdout.trim() : null
}

/** `work`, or `late` when it fails or takes too long. What cannot be cancelled is left behind. */
export async function within<T, L>(deadlineMs: number, work: Promise<T>, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), deadlineMs)
  })
  try {
    return await Promise.race([work.catch(() => late), deadline])
  } finally {
    clearTimeout(timer)
  }
}
