import type { Notice, NoticeKind, Params, RunScore, RunView, Settings } from '#contract'
import { isOver } from '../train/status'

export interface NoticeContext {
  now: number
  notify: Settings['notify']
  /** Minutes since midnight, local. */
  minutes: number
  /** Where the run writes, as last measured; null: not known. */
  disk: { freeBytes: number; neededBytes: number } | null
}

/**
 * What became worth telling between two views of a run, oldest first. `before` is undefined for a run that was not
 * watched until now: then only its end is news, if nobody has seen it. The ids are those of the things told, so that
 * the same is never told twice.
 */
export function noticesOf(before: RunView | undefined, after: RunView, context: NoticeContext): Notice[] {
  const end = endOf(before, after, context.now)
  const found = before === undefined ? end : [...progressOf(before, after), ...end]
  const { disk } = context
  if (disk !== null && !isOver(after.status) && after.status !== 'queued' && disk.freeBytes < disk.neededBytes)
    found.push(
      told('diskLow', `${after.attempts.length}`, {
        free: gigabytes(disk.freeBytes),
        needed: gigabytes(disk.neededBytes),
      }),
    )
  const silent = isQuiet(context.notify.quiet, context.minutes)
  return found.map(({ kind, what, params, cause }) => ({
    id: `${after.id}.${kind}.${what}`,
    at: context.now,
    kind,
    run: after.id,
    params: { name: after.name, ...params },
    cause,
    quiet: silent || !wanted(kind, context.notify),
  }))
}

/** What ended longer ago is none, whenever its cause is found. */
const NEWS_MS = 10 * 60_000

interface Told {
  kind: NoticeKind
  /** Tells two notices of a kind apart. */
  what: string
  params: Params
  cause: Notice['cause']
}

const told = (kind: NoticeKind, what: string, params: Params = {}): Told => ({ kind, what, params, cause: null })

/** A new best is a validation as well, for those who do not want to hear of each best one by its name. */
const wanted = (kind: NoticeKind, { kinds }: Settings['notify']) =>
  kinds.includes(kind) || (kind === 'best' && kinds.includes('validation'))

function progressOf(before: RunView, after: RunView): Told[] {
  const found: Told[] = []
  const step = after.lastStep ?? 0
  if ((before.lastStep ?? 0) < 1 && step >= 1) found.push(told('firstStep', ''))
  const { validation } = after
  if (validation !== null && (validation.step !== before.validation?.step || validation.key !== before.validation.key))
    found.push(...validated(validation, before.best, after.best))
  const stalled = (view: RunView) => view.findings.some(({ code }) => code === 'RUN_STALLED')
  if (!stalled(before) && stalled(after)) found.push(told('stall', `${after.logMovedAt ?? step}`, { step }))
  return found
}

function validated(validation: RunScore, before: RunScore | null, best: RunScore | null): Told[] {
  const { step, key, value } = validation
  const params = { step, key, value: rounded(value) }
  const better =
    before !== null && best !== null && best.step === step && best.key === key && best.value !== before.value
  return [
    better
      ? told('best', `${step}`, { ...params, before: rounded(before.value) })
      : told('validation', `${step}`, params),
  ]
}

function endOf(before: RunView | undefined, after: RunView, now: number): Told[] {
  const what = `${after.attempts.length}`
  const params = { step: after.lastStep ?? 0 }
  if (after.status === 'failed' || after.status === 'lost') return crashed(before, after, now)
  if (before === undefined ? !after.unseen : isOver(before.status)) return []
  if (after.status === 'finished') return [told('finished', what, params)]
  // It crashed and was started again at once.
  const last = after.attempts.at(-2)
  const again = before !== undefined && after.attempts.length > before.attempts.length && last !== undefined
  return again && last.exit?.code !== 0 ? [told('crash', `${last.number}`, params)] : []
}

/** A crash is told with its cause, which is known a moment later (diagnose/verdicts.ts). */
function crashed(
  before: RunView | undefined,
  { attempts, lastStep, unseen, verdict, endedAt }: RunView,
  now: number,
): Told[] {
  const news = unseen || (before !== undefined && (!isOver(before.status) || now - (endedAt ?? 0) < NEWS_MS))
  if (!news || verdict === null || (before?.verdict ?? null) !== null) return []
  return [{ ...told('crash', `${attempts.length}`, { step: lastStep ?? 0 }), cause: verdict.title }]
}

/** Between two local times, over midnight too. */
export function isQuiet(quiet: Settings['notify']['quiet'], minutes: number): boolean {
  if (quiet === null) return false
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}

const rounded = (value: number) => Number(value.toPrecision(4))
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
