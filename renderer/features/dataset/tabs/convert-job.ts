import type { JobView } from '#contract'

/** A job that writes a dataset. */
export type ConvertJob = JobView & { asked: Extract<JobView['asked'], { kind: 'convert' }> }

export const isConvert = (job: JobView): job is ConvertJob => job.asked.kind === 'convert'
