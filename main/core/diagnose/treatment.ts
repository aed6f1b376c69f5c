import * as z from 'zod'
import { RemedyView, type ApplyRemedyRequest, type Cause, type Diagnosis, type Plan, type RunRequest } from '#contract'
import { AppError } from '../errors'
import type { Planner } from '../plan/planner'
import { peekJson, writeJson } from '../state/atomic-file'
import type { Runs } from '../train/runs'
import { isOver } from '../train/status'
import type { Training } from '../train/training'
import { offersOf, type Offer } from './remedies'
import type { Knowledge } from './signatures'

export interface TreatmentDeps {
  runs: Runs
  training: Training
  planner: () => Promise<Planner>
  knowledge: () => Promise<Knowledge>
  diagnose: (run: string) => Promise<Diagnosis>
}

/** Remedies for a run that crashed: offered, applied, remembered. */
export interface Treatment {
  /** The likeliest first; what was tried in vain last. */
  offered(run: string): Promise<RemedyView[]>
  /** NOT_FOUND for one that is not offered, or that the app does not do by itself. */
  apply(asked: ApplyRemedyRequest): Promise<{ run: string; joined: boolean }>
}

/** runs/<id>/remedies.json, in the order they were applied. */
const Tried = z.array(
  RemedyView.pick({ id: true, kind: true, changes: true }).extend({
    signature: z.string().nullable(),
    attempt: z.number().int(),
  }),
)

export function createTreatment({ runs, training, planner, knowledge, diagnose }: TreatmentDeps): Treatment {
  /** Offers that the plan's rules agree with; with the part of the memory table they are about. */
  async function offers(id: string): Promise<{ cause: Cause; offers: Checked[] } | null> {
    const { root: cause } = await diagnose(id)
    const { request } = runs.spec(id)
    // A practice was not asked for as a run, and is started anew as a whole.
    if (cause === null || request === null) return null
    const specs = (await knowledge()).signatures.find((one) => one.id === cause.signature)?.remedies ?? []
    const make = async ({ work }: RunRequest) => (work.kind === 'plan' ? await (await planner()).make(work.plan) : null)
    const plan = await make(request)
    const checked = await Promise.all(
      offersOf(specs, cause, request, plan).map(async (offer) => {
        const after = offer.request === null ? null : await make(offer.request)
        const refused = after !== null && (!after.runnable || offer.changes.some((change) => !has(after, change)))
        return refused ? [] : [{ offer, memory: memoryOf(plan, after, cause.phase) }]
      }),
    )
    return { cause, offers: checked.flat() }
  }

  const triedOf = async (id: string) => {
    const tried = await peekJson(runs.file(id, 'remedies'), Tried)
    return tried === null || tried === 'damaged' ? [] : tried
  }

  return {
    async offered(id) {
      const view = runs.view(id)
      if (view === null || !isOver(view.status)) return []
      const [found, tried] = [await offers(id), await triedOf(id)]
      if (found === null) return []
      const fresh = found.offers.filter(({ offer }) => tried.every(({ id: before }) => before !== offer.id))
      return [
        ...fresh.map(({ offer: { id: remedy, spec, changes, request, opens }, memory }) => ({
          ...{ id: remedy, kind: spec.kind, changes, memory, opens, applies: request !== null, tried: null },
        })),
        ...tried.map(({ signature, attempt, ...before }) => {
          // It was applied, and the run died of the same again.
          const helped = attempt >= view.attempts.length ? null : signature !== found.cause.signature
          return { ...before, memory: null, opens: null, applies: false, tried: { attempt, helped } }
        }),
      ]
    },
    async apply({ requestId, id, remedy }) {
      const found = await offers(id)
      const chosen = found?.offers.find(({ offer }) => offer.id === remedy)?.offer
      if (found === null || chosen?.request == null) throw new AppError('NOT_FOUND', { what: 'remedy', id: remedy })
      const attempt = runs.view(id)?.attempts.length ?? 1
      const started = await training.retry({ requestId, id, request: chosen.request, fresh: chosen.fresh })
      if (!started.joined)
        await writeJson(runs.file(id, 'remedies'), [
          ...(await triedOf(id)),
          { id: remedy, kind: chosen.spec.kind, changes: chosen.changes, signature: found.cause.signature, attempt },
        ])
      return started
    },
  }
}

interface Checked {
  offer: Offer
  memory: RemedyView['memory']
}

/** The plan took the value as it was given: its rules may know better. */
const has = ({ overrides, env }: Plan, { key, after, variable }: RemedyView['changes'][number]) =>
  after === null || (variable ? env : overrides).some((row) => row.key === key && row.value === after)

/** In the plan's table starting the engine and loading the model are one part. */
const tablePhases: Record<string, string> = { engine: 'start', model: 'start' }

function memoryOf(before: Plan | null, after: Plan | null, phase: string | null): RemedyView['memory'] {
  if (before?.memory == null || after?.memory == null || phase === null) return null
  const name = tablePhases[phase] ?? phase
  const total = ({ memory }: Plan) => memory?.gpu.phases.find((column) => column.phase === name)?.totalBytes
  const [beforeBytes, afterBytes] = [total(before), total(after)]
  if (beforeBytes === undefined || afterBytes === undefined || beforeBytes === afterBytes) return null
  return { phase: name, beforeBytes, afterBytes, budgetBytes: after.memory.gpu.budgetBytes }
}
