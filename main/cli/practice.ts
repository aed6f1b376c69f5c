import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { Client, JobView, MachineReport, PracticeReport, Projection } from '#contract'
import { duration, sparkline } from './format'
import { followJob } from './follow'
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
  return followJob(client, job, joined, say, print)
}

/** What a person reads at the end. */
export function reportLines(say: Say, state: Projection, report: PracticeReport, address: string): string[] {
  const { machine } = state
  const environment = state.environments[report.environment]
  const lines = ['', say('terminal.done', { steps: report.steps, duration: duration(report.seconds * 1000) }), '']
  const item = (name: string, params: Record<string, unknown>) => lines.push(`  ${say(`terminal.${name}`, params)}`)
  if (machine !== null) {
    const [memory, free] = [machine.memory.totalBytes, machine.disk.freeBytes]
    item('machine', { threads: machine.cpu.threads, memory, gpu: gpuNames(say, machine), free })
  }
  if (environment !== undefined) {
    const { python, engine, packages } = environment
    item('environment', { python, engine, count: packages.length })
  }
  item('model', { millions: (report.model.parameters / 1e6).toFixed(2), path: report.model.path })
  item('data', { ...report.data })
  lines.push('')
  item('reward', { curve: sparkline(report.rewards), ...ends(report.rewards, 3) })
  item('length', { curve: sparkline(report.lengths), ...ends(report.lengths, 1) })
  lines.push('')
  item('runFolder', { path: report.runFolder })
  lines.push('', ...say('terminal.next').split('\n'))
  if (address !== '') lines.push(say('terminal.stillHere', { address }))
  return lines
}

function gpuNames(say: Say, { gpus }: MachineReport): string {
  if (gpus.state === 'found') return gpus.value.map(({ name }) => name).join(', ')
  return say(gpus.state === 'absent' ? 'terminal.noGpu' : 'terminal.unknownGpu')
}

/** Single steps are noisy: the mean of the first third against that of the last. */
function ends(values: readonly number[], digits: number): { first: string; last: string } {
  const third = Math.max(1, Math.floor(values.length / 3))
  const mean = (part: readonly number[]) =>
    part.length === 0 ? '-' : (part.reduce((sum, value) => sum + value, 0) / part.length).toFixed(digits)
  return { first: mean(values.slice(0, third)), last: mean(values.slice(-third)) }
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
