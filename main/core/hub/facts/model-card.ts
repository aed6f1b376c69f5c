import type { ModelCard, ModelFacts, Plan } from '#contract'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { AppError } from '../../errors'
import { listWeights, readJson, readModelFrom, readShape, withWeights } from '../../plan/model-files'
import type { PlanRecipe } from '../../plan/recipes'
import { has, sizeIn, type RemoteReader } from './reader'
import { readTemplate } from './template'

/** resources/hub/architectures.yaml, written by scripts/architectures.py: which versions know an architecture. */
const Versions = z.object({ transformers: z.array(z.string()), vllm: z.array(z.string()) })
const Architectures = z.object({ versions: Versions, architectures: z.record(z.string(), Versions) })
export type Architectures = z.infer<typeof Architectures>

export async function loadArchitectures(resources: string): Promise<Architectures> {
  return Architectures.parse(load(await readFile(join(resources, 'hub', 'architectures.yaml'), 'utf8')))
}

/** A model of so many files fills no machine that this app plans for; its headers are not worth the requests. */
const MOST_HEADERS = 64

export interface ModelLook {
  card: ModelCard
  /** What a plan needs; null: it cannot be trained, `card.problem` says why. */
  facts: ModelFacts | null
}

/**
 * Facts of a model that is not here: config.json, the index and the headers are read, nothing is executed. What makes
 * it unfit to train is `problem`, not an error. Errors: those of the hub and the network. `fit` is the planner's to fill.
 */
export async function modelCard(
  reader: RemoteReader,
  known: { recipes: PlanRecipe[]; architectures: Architectures },
  signal: AbortSignal,
): Promise<ModelLook> {
  const { facts, problem } = await readModelFacts(reader, signal).then(
    (read) => ({ facts: read, problem: null }),
    (thrown: unknown) => {
      if (!(thrown instanceof AppError) || !thrown.data.code.startsWith('MODEL_')) throw thrown
      return { facts: null, problem: thrown.data }
    },
  )
  const told = facts ?? (await readTold(reader, signal))
  const template = await readTemplate(reader, signal).catch((thrown: unknown) => {
    if (signal.aborted || !(thrown instanceof AppError) || thrown.data.code !== 'MODEL_CONFIG_BAD') throw thrown
    return null
  })
  const weightBytes = facts?.weightBytes ?? sumOf(reader, /\.(safetensors|bin|pth|pt|gguf)$/)
  return {
    facts,
    card: {
      architecture: told.architecture,
      parameters: told.parameters,
      dtype: told.dtype,
      context: told.maxPositions,
      weightBytes,
      template: template !== null,
      support: facts === null ? [] : supportOf(facts.architecture, known),
      fit: null,
      problem,
    },
  }
}

/** Exact where the headers can be had; else by the index's total, else by the shape's formula. */
async function readModelFacts(reader: RemoteReader, signal: AbortSignal): Promise<ModelFacts> {
  const shape = await readShape(reader, signal)
  const { index, files } = await listWeights(reader, signal)
  if (files.length <= MOST_HEADERS) {
    try {
      return await readModelFrom(reader, signal)
    } catch (thrown) {
      // A server that gives files but no ranges (HUB_NOT_A_HUB) must not hide what the config says.
      if (!(thrown instanceof AppError) || thrown.data.code !== 'HUB_NOT_A_HUB') throw thrown
    }
  }
  const facts = withWeights(shape, reader, null)
  const bytes = index?.totalSize ?? files.reduce((sum, path) => sum + (sizeIn(reader, path) ?? 0), 0)
  return { ...facts, parameters: Math.round(bytes / (facts.dtype === 'float32' ? 4 : 2)), weightBytes: bytes }
}

const Told = z.looseObject({
  architectures: z.array(z.string()).catch([]),
  max_position_embeddings: z.number().nullable().catch(null),
  dtype: z.string().nullable().catch(null),
  torch_dtype: z.string().nullable().catch(null),
})

/** What a config that was refused still says. */
async function readTold(reader: RemoteReader, signal: AbortSignal) {
  const nothing = { architecture: null, parameters: null, dtype: null, maxPositions: null }
  if (!has(reader, 'config.json')) return nothing
  const config = await readJson(reader, 'config.json', signal).catch((thrown: unknown) => {
    signal.throwIfAborted()
    if (thrown instanceof AppError) return null
    throw thrown
  })
  const told = Told.safeParse(config)
  if (!told.success) return nothing
  const { architectures, dtype, torch_dtype, max_position_embeddings } = told.data
  return {
    architecture: architectures[0] ?? null,
    parameters: null,
    dtype: dtype ?? torch_dtype,
    maxPositions: max_position_embeddings,
  }
}

const sumOf = ({ files }: RemoteReader, name: RegExp) =>
  files.reduce((sum, { path, size }) => sum + (name.test(path) ? size : 0), 0)

/** Whether the versions that each recipe pins know the architecture; null: not pinned, or not looked at. */
function supportOf(
  architecture: string,
  { recipes, architectures: { versions, architectures } }: { recipes: PlanRecipe[]; architectures: Architectures },
): ModelCard['support'] {
  const knows = (packages: string[], name: 'transformers' | 'vllm'): boolean | null => {
    const pinned = packages.flatMap(
      (line) => new RegExp(`^${name}(?:\\[[^\\]]*\\])?==([^\\s;]+)`).exec(line)?.[1] ?? [],
    )[0]
    if (pinned === undefined || !versions[name].includes(pinned)) return null
    return architectures[architecture]?.[name].includes(pinned) ?? false
  }
  return recipes.map(({ id, packages }) => ({
    recipe: id,
    transformers: knows(packages, 'transformers'),
    vllm: knows(packages, 'vllm'),
  }))
}

/** What a plan needs; throws the problem where there is one. */
export function factsOf({ card, facts }: ModelLook): ModelFacts {
  if (facts !== null) return facts
  throw new AppError(card.problem?.code ?? 'INTERNAL', card.problem?.params)
}

/** A plan as a card shows it. */
export function fitOf(plan: Plan): ModelCard['fit'] {
  return {
    runnable: plan.runnable,
    recipe: plan.recipe?.id ?? null,
    algorithm: plan.algorithm,
    peakBytes: plan.memory?.gpu.peakBytes ?? null,
    budgetBytes: plan.memory?.gpu.budgetBytes ?? null,
    findings: plan.findings.map(({ code, severity, params }) => ({ code, severity, params })),
  }
}
