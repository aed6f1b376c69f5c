import type { Client, JobView, Projection } from '#contract'
import { applyChange } from '#contract/apply-change'
import { toAppError } from '#core'
import { createProgressPrinter } from './progress'
import type { Say } from './words'

/** Follows a job to its end, printing as it goes; Ctrl-C stops it, unless another door began it. */
export async function followJob(
  client: Client,
  job: string,
  joined: boolean,
  say: Say,
  print: (line: string) => void,
): Promise<JobView> {
  // Ctrl-C ends what this command began; what another window began goes on there. One key press can
  // arrive twice (from the terminal and from npm), so only a later one means "now".
  let asked = 0
  const onInterrupt = () => {
    const first = asked === 0
    if (joined || (!first && Date.now() - asked > 1_000)) process.exit(130)
    if (!first) return
    asked = Date.now()
    void client.jobs.cancel({ id: job })
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onInterrupt)
  try {
    return await follow(client, job, say, print)
  } finally {
    process.removeListener('SIGINT', onInterrupt)
    process.removeListener('SIGTERM', onInterrupt)
  }
}

async function follow(client: Client, id: string, say: Say, print: (line: string) => void): Promise<JobView> {
  const show = createProgressPrinter(say, print)
  let state: Projection | null = null
  for await (const event of await client.watch()) {
    state = event.kind === 'snapshot' ? event.state : state && event.changes.reduce(applyChange, state)
    const job = state?.jobs[id]
    if (job === undefined) continue
    show(job)
    if (job.status !== 'running') return job
  }
  throw toAppError(new Error('the connection to the core ended'))
}
