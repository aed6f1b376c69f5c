import { Finding, Progress, type ErrorCode, errorCodes } from '#contract'
import * as z from 'zod'
import { AppError } from '../errors'
import { runProgram, type ProgramOptions } from './program'

/** What our Python scripts write on the descriptor LAUNCHPAD_EVENTS, one JSON object a line. */
const ScriptEvent = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    done: z.number(),
    total: z.number().nullable(),
    unit: Progress.shape.unit,
    what: z.string().nullable().optional(),
  }),
  Finding.extend({ event: z.literal('finding') }),
  z.object({ event: z.literal('result'), value: z.unknown() }),
  z.object({ event: z.literal('error'), code: z.string(), params: Finding.shape.params }),
])
type ScriptEvent = z.infer<typeof ScriptEvent>

export interface ScriptOptions<T> extends Omit<ProgramOptions, 'onEventLine'> {
  /** Shown when it fails. */
  name: string
  result: z.ZodType<T>
  onProgress?: (progress: { done: number; total: number | null; unit: Progress['unit']; what: string | null }) => void
  onFinding?: (finding: Finding) => void
}

/**
 * Runs one of our scripts and gives back its result. Human words go to the job's log, machine output
 * comes on its own descriptor: a Python warning on stdout can never be taken for data.
 * Errors: the script's own code, or SCRIPT_FAILED with its last lines.
 */
export async function runScript<T>(options: ScriptOptions<T>): Promise<T> {
  let result: { value: unknown } | null = null
  let failure: { code: string; params: Finding['params'] } | null = null
  const onEventLine = (line: string) => {
    const event = parseEvent(line)
    if (event === null) options.onLine?.(line)
    else if (event.event === 'progress') options.onProgress?.({ ...event, what: event.what ?? null })
    else if (event.event === 'finding')
      options.onFinding?.({ code: event.code, severity: event.severity, params: event.params })
    else if (event.event === 'result') result = { value: event.value }
    else failure = { code: event.code, params: event.params }
  }
  const environment = { ...options.environment, LAUNCHPAD_EVENTS: '3' }
  const end = await runProgram({ ...options, environment, onEventLine })
  if (failure !== null) throw scriptError(options.name, failure)
  if (end.code !== 0 || result === null) {
    const exit = end.code === null ? (end.signal ?? 'no start') : `code ${end.code}`
    throw new AppError('SCRIPT_FAILED', { script: options.name, exit, detail: end.tail })
  }
  return options.result.parse((result as { value: unknown }).value)
}

function parseEvent(line: string): ScriptEvent | null {
  try {
    const parsed = ScriptEvent.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function scriptError(name: string, failure: { code: string; params: Finding['params'] }): AppError {
  if (isErrorCode(failure.code)) return new AppError(failure.code, failure.params)
  return new AppError('SCRIPT_FAILED', { script: name, exit: failure.code, detail: JSON.stringify(failure.params) })
}

const isErrorCode = (code: string): code is ErrorCode => (errorCodes as readonly string[]).includes(code)
