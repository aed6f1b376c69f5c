import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { Client, JobView, PracticeReport, Projection } from '#contract'
import { applyChange } from '#contract/apply-change'
import { toAppError } from '#core'
import { bytes, duration, sparkline } from './format'
import { createProgressPrinter } from './progress'
import { sayError, type Say } from './words'

export interface PracticeArguments {
  steps: number
  data: string | null
}

/** Starts practice, or joins the one under way, and follows it to its end, printing as it goes. */
export async function practice(
  client: Client,
  given: PracticeArguments,
  say: Say,
  print: (line: string) => void,
): Promise<JobView> {
  const data = given.data === null ? null : resolve(given.data)
  const { job, joined } = await client.practice.start({ requestId: randomUUID(), steps: given.steps, data })
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

/** What a person reads at the end. */
export function reportLines(state: Projection, report: PracticeReport, address: string): string[] {
  const { machine } = state
  const lines = ['', `Practice is done: ${report.steps} training steps, ${duration(report.seconds * 1000)} in all.`, '']
  if (machine !== null) {
    const gpu =
      machine.gpus.state === 'found'
        ? machine.gpus.value.map(({ name }) => name).join(', ')
        : machine.gpus.state === 'absent'
          ? 'no NVIDIA GPU'
          : 'GPU unknown'
    lines.push(
      `  machine      ${machine.cpu.threads} threads, ${bytes(machine.memory.totalBytes)} memory, ${gpu}, ${bytes(machine.disk.freeBytes)} free`,
    )
  }
  const environment = state.environments[report.environment]
  if (environment !== undefined)
    lines.push(
      `  environment  Python ${environment.python ?? '?'}, ${environment.packages.length} packages, by ${environment.engine ?? '?'}`,
    )
  lines.push(`  model        ${(report.model.parameters / 1e6).toFixed(2)} M parameters, ${report.model.path}`)
  lines.push(
    `  data         ${report.data.train} problems to train on, ${report.data.test} to test, ${report.data.path}`,
  )
  lines.push('', `  reward  ${sparkline(report.rewards)}  ${range(report.rewards, 3)}`)
  lines.push(`  length  ${sparkline(report.lengths)}  ${range(report.lengths, 1)}`)
  lines.push(
    '',
    `  run folder   ${report.runFolder}`,
    '',
    'Next: open the page to see the charts and the log (npm start),',
  )
  lines.push('or practise on the real GSM8K: npm run practice -- --data FOLDER (train.jsonl and test.jsonl).')
  if (address !== '') lines.push(`The page is still here: ${address}`)
  return lines
}

/** Single steps are noisy: the mean of the first third against that of the last. */
function range(values: readonly number[], digits: number): string {
  const third = Math.max(1, Math.floor(values.length / 3))
  const mean = (part: readonly number[]) => (part.reduce((sum, value) => sum + value, 0) / part.length).toFixed(digits)
  return values.length === 0
    ? ''
    : `${mean(values.slice(0, third))} -> ${mean(values.slice(-third))} (mean of the first and the last third)`
}

/** The object of `--json`, for machines. */
export const reportJson = (report: PracticeReport) => ({
  steps: report.steps,
  rewards: report.rewards,
  lengths: report.lengths,
  run: report.run,
  runFolder: report.runFolder,
  environment: report.environment,
  seconds: report.seconds,
})

export const failureJson = (job: JobView, say: Say) => ({
  error: job.error === null ? null : { ...job.error, message: sayError(say, job.error) },
  status: job.status,
  steps: 0,
})
