import {
  memoryPhases,
  type MemoryPart,
  type MemoryPhase,
  type MemorySide,
  type MemoryTable,
  type ModelFacts,
} from '#contract'
import type { Choice } from './choice'
import type { PlanRecipe } from './recipes'

/**
 * The memory model: what each phase of a step holds, from the model's shape and the choice alone. The formulas
 * follow verl's code (verl/workers/fsdp_workers.py, actor/dp_actor.py; one GPU, FSDP 1) and were set right by
 * measurement: docs/memory-model.md says on what, and how far the table is from it.
 */
const held = {
  /** CUDA context with the kernels and workspaces of cuBLAS, cuDNN and NCCL, in each process that computes (H100: 1.28 GiB). */
  context: gib(1.3),
  /** The same on a card with fewer multiprocessors; not measured. */
  contextSmall: gib(0.6),
  /** vLLM beside weights and cache: activations of its profiling run and the sampler. Not measured. */
  engine: gib(1.2),
  /** What of vLLM stays on the card while it sleeps, beside its context. Not measured. */
  engineAsleep: gib(0.5),
  /** Blocks the allocator holds but cannot use, as a share of what is allocated in a phase. */
  fragmentation: 0.06,
  /** Host: Ray, the driver, the workers with torch loaded; vLLM's processes on top. */
  hostBase: gib(7),
  hostEngine: gib(4),
  hostPlain: gib(3),
}

function gib(count: number): number {
  return count * 2 ** 30
}

export const bytesOf = { float32: 4, float16: 2, bfloat16: 2 }

/** Weights that an adapter of this rank adds to every linear layer of the blocks (peft's target "all-linear"). */
export function loraParameters(model: ModelFacts, rank: number): number {
  const { hidden, layers, heads, kvHeads, headDim, intermediate } = model
  const query = hidden + heads * headDim
  const keyValue = 2 * (hidden + kvHeads * headDim)
  return layers * rank * (2 * query + keyValue + 3 * (hidden + intermediate))
}

/** Bytes of keys and values for one token. */
const cacheBytes = ({ layers, kvHeads, headDim }: ModelFacts, width: number): number =>
  2 * layers * kvHeads * headDim * width

/** What vLLM needs: weights, cache for `sequences` of full length, and itself. */
export function engineNeed(model: ModelFacts, choice: Choice): number {
  const width = bytesOf[choice.dtype]
  const cache = choice.sequences * (choice.promptTokens + choice.responseTokens) * cacheBytes(model, width)
  return model.parameters * width + cache * 1.1 + held.engine
}

/** What the shape of the model and the choice come to, in bytes; every phase is put together from these. */
function amounts(model: ModelFacts, recipe: PlanRecipe, choice: Choice) {
  const width = bytesOf[choice.dtype]
  const lora = choice.loraRank > 0
  const trained = lora ? loraParameters(model, choice.loraRank) : model.parameters
  const total = model.parameters + (lora ? trained : 0)
  const weights = total * masterBytes(choice)
  // The critic has one output instead of a vocabulary.
  const critic = choice.algorithm === 'ppo' ? model.parameters - (model.tied ? 0 : model.embeddingParameters) : 0
  const unit = unitParameters(model, recipe, total)
  // FSDP's working copy of a unit in the computing type. The outermost unit keeps its copy after a pass, offloaded
  // or not; under an adapter a second one stays until the next rollout (measured).
  const copies = unit * width
  const stays = choice.offloadParams ? copies * (lora ? 2 : 1) : 0
  return {
    width,
    lora,
    weights,
    copies,
    // Beside the weights during a pass, when it is of another type; of the same type it takes their place (measured).
    lowCopies: width < masterBytes(choice) ? copies : 0,
    gradients: trained * 4,
    // Two tensors as large as a unit's gradients at the end of backward; without FSDP the optimizer's own one.
    joining: recipe.trainer === 'trl' ? trained * 4 : Math.min(trained, unit) * 8,
    optimizer: trained * 8,
    // verl: in bfloat16, and on the card from the start to its first pass. TRL: as it was loaded, always.
    reference: choice.kl && !lora && recipe.trainer === 'verl' ? model.parameters * 2 : 0,
    restReference: choice.kl && recipe.trainer === 'trl' ? model.parameters * 4 : 0,
    restWeights: choice.offloadParams ? stays : weights,
    restOptimizer: choice.offloadOptimizer ? 0 : trained * 8,
    restCritic: (choice.offloadParams ? critic * width : critic * 4) + (choice.offloadOptimizer ? 0 : critic * 8),
    critic,
    vllm: recipe.rollout === 'vllm',
  }
}

/**
 * Parameters in FSDP's largest unit. verl wraps every block, so that the outermost unit has embedding and head; with
 * the hf rollout it wraps nothing and all is one unit (verl 0.5.0 workers/fsdp_workers.py:355). TRL has no FSDP here.
 */
function unitParameters(model: ModelFacts, { trainer, rollout }: PlanRecipe, total: number): number {
  if (trainer === 'trl') return 0
  if (rollout === 'hf') return total
  const outer = model.embeddingParameters * (model.tied ? 1 : 2)
  return outer + (total - outer) / model.layers
}

/** Full training keeps float32 weights; a frozen model under an adapter may lie in bfloat16, but not in float16 (no master copy to scale). */
export const masterBytes = (choice: Choice): number => (choice.loraRank > 0 && choice.dtype === 'bfloat16' ? 2 : 4)

/** One pass over `rows` sequences: activations that live on for the way back, and the work of one layer. */
function activations(model: ModelFacts, choice: Choice, rows: number, training: boolean): number {
  const width = bytesOf[choice.dtype]
  const tokens = rows * (choice.promptTokens + choice.responseTokens)
  const layer = tokens * (model.hidden * 10 + model.intermediate * 4 + model.heads * model.headDim * 4) * width
  const scores =
    choice.attention === 'eager'
      ? rows * model.heads * (choice.promptTokens + choice.responseTokens) ** 2 * (2 * width + 4)
      : 0
  const work = layer + scores
  if (!training) return work
  const boundaries = tokens * model.layers * model.hidden * width
  return choice.checkpointing ? boundaries + 1.5 * work : boundaries + model.layers * work
}

/**
 * Logits of `rows` sequences. Without gradients: the head's output and two passes over the response part
 * (verl/utils/torch_functional.py, logprobs_from_logits); with them also the gradients of both.
 */
function logits(model: ModelFacts, choice: Choice, rows: number, training: boolean): number {
  const width = bytesOf[choice.dtype]
  const all = rows * (choice.promptTokens + choice.responseTokens) * model.vocab
  const response = rows * choice.responseTokens * model.vocab
  return training ? all * (width + 4) + response * (width + 4) : all * width + response * 8
}

type Parts = Partial<Record<MemoryPart, number>>

function gpuPhases(model: ModelFacts, recipe: PlanRecipe, choice: Choice, context: number): Record<MemoryPhase, Parts> {
  const a = amounts(model, recipe, choice)
  const asleep = a.vllm ? held.engineAsleep : 0
  const engineWeights = a.vllm ? model.parameters * a.width : 0
  const engine: Parts = a.vllm
    ? { engine: engineWeights + held.engine, kvCache: choice.engineBytes - engineWeights - held.engine }
    : {}
  const rest: Parts = { context, critic: a.restCritic, reference: a.restReference }
  // The reference leaves the card at its first pass, before the optimizer is there.
  const early = { reference: a.restReference + (a.restOptimizer > 0 ? 0 : a.reference), optimizer: a.restOptimizer }
  // What is brought back from the host lies on the card twice for a moment.
  const load = choice.offloadParams ? a.weights : 0
  return {
    start: startPhase(a, choice, context, engine),
    rollout: a.vllm
      ? { ...rest, ...early, weights: a.restWeights, ...engine }
      : {
          ...rest,
          ...early,
          weights: a.weights + Math.max(load, a.copies * (a.lora ? 2 : 1)),
          ...plainGeneration(model, choice),
        },
    logProb: logProbPhase(model, choice, a, { ...rest, ...early, engine: asleep }, load),
    update: { ...updatePhase(model, choice, a), ...rest, engine: asleep },
    sync: syncPhase(model, choice, a, { ...rest, optimizer: a.restOptimizer }),
  }
}

type Amounts = ReturnType<typeof amounts>

/** Loading makes every weight twice for a moment; vLLM starts when that is over. */
function startPhase(a: Amounts, choice: Choice, context: number, engine: Parts): Parts {
  const engineBytes = (engine.engine ?? 0) + (engine.kvCache ?? 0)
  const settled = a.lora && choice.offloadParams ? 0 : a.weights
  const common = { context, reference: a.reference + a.restReference, critic: a.critic * 4 }
  return settled + engineBytes > 2 * a.weights
    ? { ...common, weights: settled, ...engine }
    : { ...common, weights: 2 * a.weights }
}

/** Loading comes before the passes: its moment and the logits do not add up. */
function logProbPhase(model: ModelFacts, choice: Choice, a: Amounts, rest: Parts, load: number): Parts {
  const work = activations(model, choice, choice.logProbMicro, false)
  const head = logits(model, choice, choice.logProbMicro, false)
  return load > work + head
    ? { ...rest, weights: a.weights + a.lowCopies + load }
    : { ...rest, weights: a.weights + a.lowCopies, activations: work, logits: head }
}

/**
 * Forward and backward hold weights, gradients, both moments and the activations. At the end of backward, when
 * activations are gone, FSDP puts the gradients together and holds two more tensors as large: 24 bytes a weight,
 * whatever the micro batch (measured; verl 0.5.0's hf rollout keeps the model in one FSDP unit,
 * fsdp_workers.py:355). Under an adapter recomputation holds FSDP's copy three times (measured).
 */
function updatePhase(model: ModelFacts, choice: Choice, a: Amounts): Parts {
  const work = activations(model, choice, choice.micro, true)
  const head = logits(model, choice, choice.micro, true)
  const copies = a.lora ? a.copies * 3 : a.lowCopies
  return a.joining > copies + work + head
    ? { weights: a.weights, gradients: a.gradients + a.joining, optimizer: a.optimizer }
    : {
        weights: a.weights + copies,
        gradients: a.gradients,
        optimizer: a.optimizer,
        activations: work,
        logits: head,
      }
}

/** Handing the new weights to vLLM: the trainer's own, the copy its state dict makes, then vLLM's awake beside that copy. */
function syncPhase(model: ModelFacts, choice: Choice, a: Amounts, rest: Parts): Parts {
  if (!a.vllm) return { ...rest, weights: a.restWeights }
  const copy = a.lora ? loraParameters(model, choice.loraRank) * 4 : a.weights
  const bucket = Math.max(model.embeddingParameters * a.width, 512 * 2 ** 20)
  const awake = model.parameters * a.width + held.engineAsleep
  const before = a.weights + a.copies + copy + held.engineAsleep
  const after = a.restWeights + copy + awake
  return before > after
    ? { ...rest, weights: a.weights + a.copies + copy, bucket, engine: held.engineAsleep }
    : { ...rest, weights: a.restWeights + copy, bucket, engine: awake }
}

/** transformers' generate inside the training module: a growing cache (copied once as it grows), the last token's logits. */
function plainGeneration(model: ModelFacts, choice: Choice): Parts {
  const width = bytesOf[choice.dtype]
  const { sequences, promptTokens, responseTokens } = choice
  const prefill = { ...choice, responseTokens: 0 }
  return {
    kvCache: sequences * (promptTokens + responseTokens) * cacheBytes(model, width) * (1 + 1 / model.layers),
    logits: sequences * model.vocab * 4 * 4,
    activations: activations(model, prefill, sequences, false),
  }
}

/** torch's pinned memory comes in powers of two (CachingHostAllocator). */
const pinned = (bytes: number): number => (bytes <= 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes)))

function hostPhases(model: ModelFacts, recipe: PlanRecipe, choice: Choice): Record<MemoryPhase, Parts> {
  const a = amounts(model, recipe, choice)
  const trl = recipe.trainer === 'trl'
  const context = trl ? held.hostPlain : held.hostBase + (a.vllm ? held.hostEngine : 0)
  // FSDP keeps the reference in host memory, pinned, beside what it was read into (measured). A TRL run keeps it on the card.
  const reference = trl ? 0 : 2 * pinned(a.reference)
  const away: Parts = {
    context,
    reference,
    weights: choice.offloadParams ? pinned(a.weights) : 0,
    optimizer: choice.offloadOptimizer ? 2 * pinned(a.optimizer / 2) : 0,
    critic:
      (choice.offloadParams ? pinned(a.critic * 4) : 0) + (choice.offloadOptimizer ? 2 * pinned(a.critic * 4) : 0),
  }
  // vLLM with an adapter sleeps by moving the model's weights to the host.
  const sleeping: Parts = choice.loraRank > 0 && a.vllm ? { engine: pinned(model.parameters * a.width) } : {}
  return {
    // The weights come through the host when they are read, before the card has them.
    start: { context, reference, weights: 2 * model.parameters * 4, critic: a.critic * 4 },
    rollout: away,
    logProb: { ...away, ...sleeping },
    // Pinned memory is kept for the next time, also while its content is on the card.
    update: { ...away, ...sleeping },
    sync: away,
  }
}

function side(
  phases: Record<MemoryPhase, Parts>,
  capacityBytes: number,
  budgetBytes: number,
  loss: number,
): MemorySide {
  const columns = memoryPhases.map((phase) => {
    const parts: Parts = {}
    for (const [part, bytes] of Object.entries(phases[phase]) as [MemoryPart, number][])
      if (bytes > 0) parts[part] = Math.ceil(bytes * (part === 'context' ? 1 : 1 + loss))
    const totalBytes = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)
    return { phase, parts, totalBytes }
  })
  const peakBytes = Math.max(...columns.map(({ totalBytes }) => totalBytes))
  return { capacityBytes, budgetBytes, phases: columns, peakBytes, headroomBytes: budgetBytes - peakBytes }
}

export interface Room {
  gpuTotalBytes: number
  gpuFreeBytes: number
  hostTotalBytes: number
  hostFreeBytes: number
  /** Large cards have larger contexts. */
  largeCard: boolean
}

/** Left alone on the card, for what comes and goes there. */
const GPU_MARGIN = gib(0.25)
const HOST_MARGIN = gib(1)

/** The table for one choice in the room there is. It fits when neither side has negative headroom. */
export function memoryTable(model: ModelFacts, recipe: PlanRecipe, choice: Choice, room: Room): MemoryTable {
  return {
    gpu: side(
      gpuPhases(model, recipe, choice, contextBytes(recipe, room)),
      room.gpuTotalBytes,
      Math.max(0, room.gpuFreeBytes - GPU_MARGIN),
      held.fragmentation,
    ),
    host: side(
      hostPhases(model, recipe, choice),
      room.hostTotalBytes,
      Math.max(0, room.hostFreeBytes - HOST_MARGIN),
      0,
    ),
  }
}

/** vLLM's server is a process of its own (verl 0.7 and newer); before, it shares the trainer's. */
const contextBytes = ({ rollout, verl }: PlanRecipe, { largeCard }: Room): number =>
  (largeCard ? held.context : held.contextSmall) * (rollout === 'vllm' && verl !== '0.6.1' ? 2 : 1)

export const fits = (table: MemoryTable): boolean => table.gpu.headroomBytes >= 0 && table.host.headroomBytes >= 0
