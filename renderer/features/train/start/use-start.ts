import type { EnvironmentView, ModelFacts, Plan, PlanRequest, RunRequest } from '#contract'
import { useAsked, type Asked } from '../../../stores/asked'
import { useCore } from '../../../stores/projection'
import { usePlan } from '../../plan/store'
import { requestOf, useDraft } from './draft'

/** The plan that would be trained: one that was handed over, else what the plan page works on. */
export function usePlanRequest(): PlanRequest | null {
  const given = useDraft((form) => form.plan)
  const edited = usePlan(({ request }) => (request.model === '' ? null : request))
  const kept = useCore((state) => state.plan)
  return given ?? edited ?? kept
}

export function useMadePlan(request: PlanRequest | null): Asked<Plan> {
  return useAsked(request === null ? null : JSON.stringify(request), (core, signal) => {
    if (request === null) throw new Error('nothing is planned')
    return core.plan.make(request, { signal })
  })
}

/** Environments that can train this plan, and the one that is used when none is chosen. */
export function useEnvironments(plan: Plan | null): { fitting: EnvironmentView[]; usual: EnvironmentView | null } {
  const all = Object.values(useCore((state) => state.environments))
  const trainer = plan?.trainer ?? 'verl'
  const fitting = all.filter(
    ({ status, packages }) => status === 'ready' && packages.some(({ name }) => name === trainer),
  )
  const usual = all.find(
    ({ recipe, current, status }) => recipe !== null && recipe === plan?.recipe?.id && current && status === 'ready',
  )
  return { fitting, usual: usual ?? null }
}

export type Missing =
  { kind: 'data' } | { kind: 'model'; model: string } | { kind: 'environment'; recipe: string | null }

/** What has to be here before verl can be asked anything. */
export function useMissing(plan: Plan | null): Missing[] {
  const chosen = useDraft((form) => form.environment)
  const { fitting, usual } = useEnvironments(plan)
  const library = useCore((state) => state.library)
  if (plan === null) return []
  const here = (model: ModelFacts) =>
    model.folder !== null || Object.values(library).some(({ id, state }) => id === model.name && state === 'whole')
  const ready = chosen === null ? usual !== null : fitting.some(({ id }) => id === chosen)
  return [
    ...(plan.data === null ? [{ kind: 'data' as const }] : []),
    ...(here(plan.model) ? [] : [{ kind: 'model' as const, model: plan.model.name }]),
    ...(ready ? [] : [{ kind: 'environment' as const, recipe: plan.recipe?.id ?? null }]),
  ]
}

const lastPart = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1) ?? path

/** "Qwen2.5-0.5B-Instruct gsm8k": what people call a training. */
export function useUsualName(request: PlanRequest | null): string {
  const form = useDraft()
  if (form.kind === 'command') return form.argv.trim().split(/\s+/).slice(0, 4).join(' ').slice(0, 80)
  if (request === null) return ''
  const data = request.data === null ? [] : [lastPart(request.data)]
  return [lastPart(request.model), ...data].join(' ').slice(0, 80)
}

/** Everything as the core takes it; null: something is not filled in. */
export function useRunRequest(plan: PlanRequest | null): RunRequest | null {
  const form = useDraft()
  const name = useUsualName(plan)
  return requestOf(form, plan, name === '' ? 'run' : name)
}
