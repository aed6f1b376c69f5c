import type { Cause, Plan, RemedyChange, RemedyPlace, RemedySpec, RunRequest, RunWork } from '#contract'

/** What a remedy makes of a request; `changes` is what a person is shown. */
export interface Offer {
  id: string
  spec: RemedySpec
  changes: RemedyChange[]
  /** null: the app does not do it by itself. */
  request: RunRequest | null
  /** It begins anew instead of going on from a checkpoint. */
  fresh: boolean
  opens: RemedyPlace | null
}

/**
 * The remedies of a cause as changes of what was asked for, in their order; those that would change nothing are left out.
 * Pure: whether the plan's rules agree is asked afterwards.
 */
export function offersOf(specs: readonly RemedySpec[], cause: Cause, request: RunRequest, plan: Plan | null): Offer[] {
  return specs.flatMap((spec): Offer[] => {
    if (spec.kind === 'option') {
      if (spec.phases !== undefined && cause.phase !== null && !spec.phases.includes(cause.phase)) return []
      const change = optionChange(spec, request.work, plan)
      return change === null ? [] : [offer(spec, request, [change])]
    }
    if (spec.kind === 'env') {
      const before = variableOf(request.work, plan, spec.name)
      if ((before ?? '') === spec.value) return []
      return [offer(spec, request, [{ key: spec.name, before, after: spec.value, variable: true }])]
    }
    if (spec.kind === 'fresh-start') return [{ ...offer(spec, request, []), fresh: true }]
    return [{ id: spec.kind, spec, changes: [], request: null, fresh: false, opens: places[spec.kind] }]
  })
}

const places: Record<Exclude<RemedySpec['kind'], 'option' | 'env' | 'fresh-start'>, RemedyPlace> = {
  package: 'environments',
  environment: 'environments',
  data: 'data',
  model: 'library',
  'free-gpu': 'machine',
  'free-disk': 'space',
}

function offer(spec: RemedySpec, request: RunRequest, changes: RemedyChange[]): Offer {
  const id = [spec.kind, ...changes.map(({ key, after }) => `${key}=${after ?? ''}`)].join(' ')
  const work = changes.reduce(changed, request.work)
  return { id, spec, changes, request: { ...request, work }, fresh: false, opens: null }
}

function changed(work: RunWork, { key, after, variable }: RemedyChange): RunWork {
  if (work.kind === 'plan') {
    const { [key]: _, ...rest } = work.plan.changes
    return { ...work, plan: { ...work.plan, changes: after === null ? rest : { ...rest, [key]: after } } }
  }
  if (variable) return { ...work, env: { ...work.env, [key]: after ?? '' } }
  const place = work.argv.findIndex((word) => keyOf(word) === key)
  const word = `${key}=${after ?? ''}`
  return { ...work, argv: place === -1 ? [...work.argv, word] : work.argv.with(place, word) }
}

type OptionSpec = Extract<RemedySpec, { kind: 'option' }>

function optionChange(spec: OptionSpec, work: RunWork, plan: Plan | null): RemedyChange | null {
  const { key, value: before, byHand } = optionOf(work, plan, spec.key)
  if (spec.change === 'drop') {
    if (!byHand || work.kind === 'command') return null
    return { key, before, after: null, variable: false }
  }
  const after = spec.change === 'to' ? (spec.value ?? null) : calculated(spec, before)
  return after === null || after === before ? null : { key, before, after, variable: false }
}

/** An option by its name without the "+" that some versions need; as the plan or the command has it. */
function optionOf(work: RunWork, plan: Plan | null, name: string) {
  const plain = name.replace(/^\++/, '')
  if (work.kind === 'command') {
    const word = work.argv.find((one) => keyOf(one).replace(/^\++/, '') === plain)
    if (word === undefined) return { key: name, value: null, byHand: false }
    return { key: keyOf(word), value: word.slice(keyOf(word).length + 1), byHand: true }
  }
  const row = plan?.overrides.find(({ key }) => key.replace(/^\++/, '') === plain)
  return { key: row?.key ?? name, value: row?.value ?? null, byHand: (row?.key ?? name) in work.plan.changes }
}

const variableOf = (work: RunWork, plan: Plan | null, name: string): string | null =>
  work.kind === 'command' ? (work.env[name] ?? null) : (plan?.env.find(({ key }) => key === name)?.value ?? null)

const keyOf = (word: string) => word.split('=', 1)[0] ?? ''

/** A number made of the one before; null when there is none, or it would go beyond its limit. */
function calculated({ change, by = 0, limit }: OptionSpec, before: string | null): string | null {
  const number = Number(before)
  if (before === null || before === '' || !Number.isFinite(number)) return null
  const isWhole = Number.isInteger(number) && change !== 'add'
  const next = change === 'halve' ? number / 2 : change === 'double' ? number * 2 : number + by
  const after = isWhole && number >= 1 ? Math.floor(next) : Number(next.toPrecision(6))
  const rises = after > number
  if (limit !== undefined && (rises ? after > limit : after < limit)) return null
  return after <= 0 ? null : String(after)
}
