import type { DataFacts, ModelFacts, PlanGoal } from '#contract'
import { dtypeFor, type Choice, type Situation } from './choice'
import { engineNeed } from './memory'

/** What each goal would rather have, best first. The order of the fields is the order in which they are given up, last first. */
const wishes: Record<PlanGoal, { responses: number[]; ns: number[]; batch: number; checkpointing: boolean[] }> = {
  fits: { responses: [512, 256], ns: [4, 2], batch: 8, checkpointing: [true] },
  fast: { responses: [512, 256], ns: [8, 4, 2], batch: 16, checkpointing: [false, true] },
  careful: { responses: [1024, 512, 256], ns: [8, 4, 2], batch: 32, checkpointing: [true] },
}

const LORA_RANK = 32
/** Without data: what GSM8K's questions need with a chat template around them, with room. */
const USUAL_PROMPT = 256

/** What each field may be in this situation, best first. */
function options(situation: Situation) {
  const { goal, algorithm, recipe, model, data } = situation
  const wish = wishes[goal]
  const promptTokens = promptLimit(model, data)
  return {
    batch: batchOf(goal, data),
    ranks: recipe.lora ? [0, LORA_RANK] : [0],
    responses: lengths(wish.responses, model.maxPositions - promptTokens),
    ns: algorithm === 'grpo' ? wish.ns : [1],
    offloads: recipe.trainer === 'verl' ? offloading : offloading.slice(0, 1),
    checkpointing: wish.checkpointing,
  }
}

type Varied = Pick<Choice, 'loraRank' | 'responseTokens' | 'n' | 'checkpointing' | 'sequences' | 'micro'> &
  (typeof offloading)[number]

function complete(situation: Situation, varied: Varied): Choice {
  const { algorithm, recipe, device, model, data, goal } = situation
  const batch = batchOf(goal, data)
  const choice: Choice = {
    ...varied,
    algorithm,
    dtype: dtypeFor(device.computeCapability, recipe),
    attention: recipe.attention,
    // An adapter's starting point is the model without it, which costs nothing more.
    kl: algorithm === 'grpo',
    batch,
    mini: batch,
    promptTokens: promptLimit(model, data),
    logProbMicro: varied.micro,
    engineBytes: 0,
  }
  return recipe.rollout === 'vllm' ? { ...choice, engineBytes: engineNeed(model, choice) } : choice
}

/** One rung: what is learnt is the same, only memory and time differ. */
export interface Rung {
  /** Those that need least, one for each way of offloading, which moves memory from the card to the host. */
  least: Choice[]
  /** All of them, best first. */
  choices: () => Generator<Choice>
}

/**
 * Every way to train in this situation, best rung first. What is given up last is what learning needs most
 * (all weights, long answers, several answers a prompt), first what only costs time. Because the order does
 * not depend on how much memory there is, more memory can only bring an earlier, better one.
 */
export function ladder(situation: Situation): Rung[] {
  const { ranks, responses, ns, offloads, checkpointing, batch } = options(situation)
  const rung = (loraRank: number, responseTokens: number, n: number): Rung => {
    const fixed = { loraRank, responseTokens, n }
    const frugal = { ...fixed, checkpointing: checkpointing.at(-1) ?? true, sequences: 1, micro: 1 }
    return {
      least: offloads.map((offload) => complete(situation, { ...frugal, ...offload })),
      *choices() {
        for (const offload of offloads)
          for (const kept of checkpointing)
            for (const sequences of sizes(batch * n, 64))
              for (const micro of sizes(batch * n, 8))
                yield complete(situation, { ...fixed, ...offload, checkpointing: kept, sequences, micro })
      },
    }
  }
  return ranks.flatMap((rank) => responses.flatMap((response) => ns.map((n) => rung(rank, response, n))))
}

const offloading = [
  { offloadParams: false, offloadOptimizer: false },
  { offloadParams: false, offloadOptimizer: true },
  { offloadParams: true, offloadOptimizer: true },
]

const batchOf = (goal: PlanGoal, data: DataFacts | null): number =>
  largestPower(Math.min(wishes[goal].batch, data?.rows ?? wishes[goal].batch))

/** Prompts that fit: what the data has, in steps of 64, else the usual. At least half of the model's window is left. */
function promptLimit(model: ModelFacts, data: DataFacts | null): number {
  const wanted = data === null ? USUAL_PROMPT : Math.ceil(Math.max(64, data.prompt.max) / 64) * 64
  return Math.min(wanted, 2048, Math.floor(model.maxPositions / 2))
}

const lengths = (wanted: number[], room: number): number[] => {
  const fitting = wanted.filter((length) => length <= room)
  return fitting.length > 0 ? fitting : [room]
}

/** Powers of two from `most` (or `whole`, when less) down to 1, so that each divides the one before. */
function sizes(whole: number, most: number): number[] {
  const list: number[] = []
  for (let size = Math.min(largestPower(whole), most); size >= 1; size /= 2) list.push(size)
  return list
}

const largestPower = (number: number): number => 2 ** Math.floor(Math.log2(Math.max(1, number)))
