import type { Gpu, MachineReport, Plan, PlanRequest } from '#contract'
import { loadKnowledge, type Knowledge } from '../../../../main/core/plan/knowledge'
import { makePlan } from '../../../../main/core/plan/plan'
import { findCard, loadGpuTable } from '../../../../main/core/hardware/gpu-table'
import { machine } from '../../../support/machine'

export const knowledge: Knowledge = await loadKnowledge('resources')
export const cards = await loadGpuTable('resources')

export const SMALL = 'Qwen/Qwen2.5-0.5B-Instruct'

export const request = (more: Partial<PlanRequest> = {}): PlanRequest => ({
  version: 1,
  model: SMALL,
  algorithm: 'auto',
  goal: 'fits',
  data: null,
  hardware: null,
  gpu: null,
  changes: {},
  ...more,
})

interface Asked extends Partial<PlanRequest> {
  data?: null
  machine?: Partial<MachineReport>
  rows?: number
}

/** The plan for these cards in a usual workstation. */
export function planFor(gpus: Gpu[], { machine: host = {}, rows, ...asked }: Asked = {}): Plan {
  const wanted = request(asked)
  const model = knowledge.models.find(({ name }) => name === wanted.model)
  if (model === undefined) throw new Error(`no model ${wanted.model}`)
  const data =
    rows === undefined ? null : { name: '/data', rows, exact: false, prompt: { p50: 100, p95: 200, max: 300 } }
  return makePlan({
    request: wanted,
    machine: machine(gpus, host),
    model,
    data,
    knowledge,
    speedOf: (name) => findCard(cards, name),
  })
}

export const valueOf = (plan: Plan, key: string): string | undefined =>
  [...plan.overrides, ...plan.env].find((row) => row.key === key)?.value
