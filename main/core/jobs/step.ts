import type { Finding, Progress, StepId } from '#contract'

/** What a running step may use; everything it does is seen through this. */
export interface StepContext {
  signal: AbortSignal
  /** A line for the job's log. */
  log(line: string): void
  progress(progress: Omit<Progress, 'rate'>): void
  finding(finding: Finding): void
  /** So many bytes of what was reserved for the job are on the disk now. */
  landed(bytes: number): void
  /** Must be told of every child: if the core dies, the next one ends it before the step runs again. */
  onStart(pid: number): void
}

/**
 * One resumable piece of a job. It is kept, not run again, while the digest of `inputs` is the one
 * under which it last finished and `verify` holds now.
 */
export interface Step {
  id: StepId
  /** What it works on, e.g. an environment's folder: the journal counts per step and subject. */
  subject: string
  inputs(): Promise<unknown>
  verify(): Promise<boolean>
  run(context: StepContext): Promise<void>
}
