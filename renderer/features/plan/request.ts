import type { MachineReport, Nearest, PlanRequest, PlannedValue } from '#contract'

/** `model` is empty until one is chosen; until then there is nothing to plan. */
export const emptyRequest: PlanRequest = {
  version: 1,
  model: '',
  algorithm: 'auto',
  goal: 'fits',
  data: null,
  hardware: null,
  gpu: null,
  changes: {},
}

export const canPlan = (request: PlanRequest, machine: MachineReport | null): boolean =>
  request.model !== '' && (request.hardware !== null || machine !== null)

/** A value set by hand. What the plan says anyway, or nothing, takes the hand's mark away. */
export function withValue(request: PlanRequest, { key, value, planned }: PlannedValue, next: string): PlanRequest {
  const own = planned ?? (key in request.changes ? null : value)
  if (next.trim() === '' || next === own) return withoutValue(request, key)
  return { ...request, changes: { ...request.changes, [key]: next } }
}

export function withoutValue(request: PlanRequest, key: string): PlanRequest {
  const { [key]: _gone, ...changes } = request.changes
  return { ...request, changes }
}

const algorithms = ['auto', 'grpo', 'ppo'] as const

/** What a proposal asks for, in place of what was asked. */
export function withNearest(request: PlanRequest, proposed: NonNullable<Nearest['request']>): PlanRequest {
  const algorithm = algorithms.find((name) => name === proposed.algorithm) ?? request.algorithm
  return { ...request, algorithm, model: proposed.model ?? request.model }
}
