import type { AppErrorData, PlanRequest } from '#contract'
import { useEffect } from 'react'
import { create } from 'zustand'
import { client } from '../../api/session'
import { useConnection } from '../../stores/connection'
import { useProjection } from '../../stores/projection'
import { createPlanner, TYPING_MS, type Answer } from './planner'
import { canPlan, emptyRequest } from './request'

interface PlanStore extends Answer {
  /** What the form says. It is ahead of the plan while one is being made, and ahead of the core while it is kept. */
  request: PlanRequest
}

export const usePlan = create<PlanStore>(() => ({ request: emptyRequest, plan: null, error: null, busy: false }))

const planner = createPlanner({
  make: async (request, signal) => client().plan.make(request, { signal }),
  keep: async (request) => client().plan.keep(request),
  show: (answer) => usePlan.setState(answer),
})

const machineNow = () => useProjection.getState().state?.machine ?? null

function plan(request: PlanRequest, after = 0): void {
  if (canPlan(request, machineNow())) planner.ask(request, after)
  else {
    planner.drop()
    usePlan.setState({ plan: null, error: null })
  }
}

export type Edit = (request: PlanRequest) => PlanRequest

/** Changes the request and plans anew; while somebody types, when the hand rests. */
export function edit(change: Edit, typing = false): void {
  const { request } = usePlan.getState()
  const next = change(request)
  if (JSON.stringify(next) === JSON.stringify(request)) return
  usePlan.setState({ request: next })
  plan(next, typing ? TYPING_MS : 0)
}

export const set = (patch: Partial<PlanRequest>): void => edit((request) => ({ ...request, ...patch }))

/** What the core keeps is taken over when nothing of ours is on its way: another window, or the last visit. */
function adopt(kept: PlanRequest | null): void {
  const { request, plan: shown, error } = usePlan.getState()
  if (!planner.idle || kept === null) return
  const known = JSON.stringify(kept) === JSON.stringify(request)
  if (!known) usePlan.setState({ request: kept })
  if (!known || (shown === null && error === null)) plan(kept)
}

/** Keeps the shown plan true while the page is open: to other windows, to a new measurement, to a line that is back. */
export function usePlanKeeping(): void {
  const kept = useProjection((store) => store.state?.plan ?? null)
  const measuredAt = useProjection((store) => store.state?.machine?.measuredAt ?? null)
  const live = useConnection((store) => store.state === 'live')
  useEffect(() => adopt(kept), [kept])
  useEffect(() => {
    if (live) plan(usePlan.getState().request)
  }, [measuredAt, live])
}

/** A plan will come without anybody doing anything: what is asked, or was kept, can be planned. */
export function useExpected(): boolean {
  const request = usePlan((store) => store.request)
  const kept = useProjection((store) => store.state?.plan ?? null)
  const machine = useProjection((store) => store.state?.machine ?? null)
  return canPlan(request.model === '' && kept !== null ? kept : request, machine)
}

export type Field = 'model' | 'data'

/** The field whose content could not be read; null: it is nothing that was typed. */
export function fieldOf(error: AppErrorData | null): Field | null {
  if (/^(MODEL|HUB)_/.test(error?.code ?? '')) return 'model'
  return error?.code.startsWith('DATA_') === true ? 'data' : null
}

/** What was wrong with a field, to be said at it. */
export function useFieldError(field: Field): AppErrorData | null {
  return usePlan(({ error }) => (fieldOf(error) === field ? error : null))
}
