import type { Finding, MachineReport, ModelFacts, DataFacts, PlanAlgorithm, PlanGoal, MemoryTable } from '#contract'
import { atLeast, type Choice, type Situation } from './choice'
import type { Device } from './devices'
import { ladder } from './ladder'
import { fits, memoryTable, type Room } from './memory'
import { objections, type PlanRecipe } from './recipes'

/** What is asked for, with every fact it depends on. */
export interface Question {
  machine: MachineReport
  devices: Device[]
  recipes: PlanRecipe[]
  model: ModelFacts
  data: DataFacts | null
  algorithm: PlanAlgorithm
  goal: PlanGoal
}

export interface Candidate {
  situation: Situation
  choice: Choice
  table: MemoryTable
}

export interface Search {
  /** The best that fits. */
  found: Candidate | null
  /** When nothing fits: what needs least, on the device that comes nearest. */
  nearest: Candidate | null
  rejected: { recipe: string; findings: Finding[] }[]
}

export function roomOf(device: Device, { memory }: MachineReport): Room {
  const total = memory.limitBytes ?? memory.totalBytes
  return {
    gpuTotalBytes: device.memoryTotalBytes,
    gpuFreeBytes: device.memoryFreeBytes,
    hostTotalBytes: total,
    hostFreeBytes: Math.min(memory.availableBytes, total),
    largeCard: atLeast(device.computeCapability, '9.0'),
  }
}

/** Recipes in their order on every device; on each the first choice of the ladder that fits. */
export function search(question: Question): Search {
  const searches = question.devices.map((device) => searchDevice(question, device))
  const best = (candidates: (Candidate | null)[], order: (candidate: Candidate) => number[]) =>
    candidates
      .filter((candidate) => candidate !== null)
      .reduce<Candidate | null>((a, b) => (a === null || compare(order(b), order(a)) < 0 ? b : a), null)
  const found = best(
    searches.map((one) => one.found),
    quality,
  )
  const nearest = best(
    searches.map((one) => one.nearest),
    ({ table }) => [-Math.min(table.gpu.headroomBytes, table.host.headroomBytes)],
  )
  const shown = found ?? nearest
  const about = searches.find(({ device }) => device === shown?.situation.device) ?? searches[0]
  return { found, nearest, rejected: about?.rejected ?? [] }
}

function searchDevice(question: Question, device: Device): Search & { device: Device } {
  const { machine, recipes, model, data, algorithm, goal } = question
  const rejected: Search['rejected'] = []
  const room = roomOf(device, machine)
  let nearest: Candidate | null = null
  for (const recipe of recipes) {
    const findings = [...objections(recipe, device, machine), ...unsuited(recipe, algorithm)]
    if (findings.length > 0) {
      rejected.push({ recipe: recipe.id, findings })
      continue
    }
    const situation: Situation = { model, data, device, recipe, algorithm, goal }
    const tried = (choice: Choice): Candidate => ({
      situation,
      choice,
      table: memoryTable(model, recipe, choice, room),
    })
    const rungs = ladder(situation)
    for (const rung of rungs) {
      // Memory only falls with smaller batches: where the most frugal does not fit, nothing on the rung does.
      if (!rung.least.some((choice) => fits(tried(choice).table))) continue
      const found = firstFit(rung.choices(), tried, goal === 'fits')
      if (found !== null) return { found, nearest: null, rejected, device }
    }
    const last = rungs.flatMap(({ least }) => least.map(tried)).reduce(lesser)
    nearest ??= last
    rejected.push({ recipe: recipe.id, findings: shortages(last) })
  }
  return { found: null, nearest, rejected, device }
}

/** Who wants the surest plan gets smaller micro batches until this share of the card stays free. */
const SPARE = 0.1

function firstFit(choices: Iterable<Choice>, tried: (choice: Choice) => Candidate, spare: boolean): Candidate | null {
  let first: Candidate | null = null
  for (const choice of choices) {
    // What is offloaded follows from the first that fits; only the sizes below it make room.
    if (first !== null && choice.offloadParams !== first.choice.offloadParams) break
    if (first !== null && choice.offloadOptimizer !== first.choice.offloadOptimizer) break
    const candidate = tried(choice)
    if (!fits(candidate.table)) continue
    const { gpu } = candidate.table
    if (!spare || gpu.headroomBytes >= gpu.budgetBytes * SPARE) return candidate
    first ??= candidate
  }
  return first
}

/** What of the algorithm a recipe cannot do. */
function unsuited(recipe: PlanRecipe, algorithm: PlanAlgorithm): Finding[] {
  if (algorithm !== 'ppo') return []
  if (recipe.trainer === 'trl') return [{ code: 'RECIPE_GRPO_ONLY', severity: 'error', params: { recipe: recipe.id } }]
  if (!recipe.criticNeedsFlashAttention) return []
  return [{ code: 'RECIPE_CRITIC_FLASH', severity: 'error', params: { verl: recipe.verl ?? '' } }]
}

/** By how much a candidate's peaks pass what there is. */
export function shortages({ table, situation }: Candidate): Finding[] {
  const { gpu, host } = table
  const peak = (side: typeof gpu) => side.phases.find(({ totalBytes }) => totalBytes === side.peakBytes)?.phase ?? ''
  const found: Finding[] = []
  if (gpu.headroomBytes < 0)
    found.push({
      code: 'MEMORY_GPU_SHORT',
      severity: 'error',
      params: {
        gpu: situation.device.name,
        needs: gpu.peakBytes,
        has: gpu.budgetBytes,
        short: -gpu.headroomBytes,
        phase: peak(gpu),
      },
    })
  if (host.headroomBytes < 0)
    found.push({
      code: 'MEMORY_HOST_SHORT',
      severity: 'error',
      params: { needs: host.peakBytes, has: host.budgetBytes, short: -host.headroomBytes, phase: peak(host) },
    })
  return found
}

const shortage = ({ table }: Candidate) => Math.min(0, table.gpu.headroomBytes) + Math.min(0, table.host.headroomBytes)

const lesser = (a: Candidate, b: Candidate) => (shortage(b) > shortage(a) ? b : a)

/** Smaller is better, first entry first. What learning needs comes before what only costs time. */
function quality({ situation, choice }: Candidate): number[] {
  return [
    situation.recipe.trainer === 'verl' ? 0 : 1,
    choice.loraRank > 0 ? 1 : 0,
    -choice.responseTokens,
    -choice.n,
    situation.recipe.order,
    Number(choice.offloadParams) + Number(choice.offloadOptimizer),
    Number(choice.checkpointing),
    -choice.sequences,
    -choice.micro,
    -situation.device.memoryFreeBytes,
  ]
}

/** Lexicographic. */
export function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at])
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}
