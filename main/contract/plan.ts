import * as z from 'zod'
import { Finding, Params } from './errors'
import { MachineReport } from './machine'

export const PlanAlgorithm = z.enum(['grpo', 'ppo'])
export type PlanAlgorithm = z.infer<typeof PlanAlgorithm>

/** fits: the surest to run; fast: most tokens a second; careful: best learning, slower. */
export const PlanGoal = z.enum(['fits', 'fast', 'careful'])
export type PlanGoal = z.infer<typeof PlanGoal>

/** Everything a plan follows from: the same request on the same facts gives the same plan. */
export const PlanRequest = z.object({
  version: z.literal(1),
  /** A folder with config.json and weights, or the id of a model in resources/models. */
  model: z.string().min(1),
  algorithm: z.union([PlanAlgorithm, z.literal('auto')]),
  goal: PlanGoal,
  /** A parquet or JSONL file, or a folder of them; null: not chosen yet, usual lengths are assumed. */
  data: z.string().nullable(),
  /** null: this machine. */
  hardware: MachineReport.nullable(),
  /** A card ("0") or a MIG slice ("0:1/0"); null: the best one. */
  gpu: z.string().nullable(),
  /** Values set by hand, by key; the rules still have their say. */
  changes: z.record(z.string(), z.string()),
})
export type PlanRequest = z.infer<typeof PlanRequest>

/** Read from config.json and the headers of the weights; nothing is loaded. */
export const ModelFacts = z.object({
  name: z.string(),
  /** null: known by its id only, not here yet. */
  folder: z.string().nullable(),
  architecture: z.string(),
  parameters: z.number(),
  /** Rows x columns of the token embedding; counted once in `parameters` when tied. */
  embeddingParameters: z.number(),
  hidden: z.number(),
  layers: z.number(),
  heads: z.number(),
  kvHeads: z.number(),
  headDim: z.number(),
  intermediate: z.number(),
  vocab: z.number(),
  tied: z.boolean(),
  maxPositions: z.number(),
  weightBytes: z.number(),
  /** What the headers promise and the files do not have yet: a download that is not complete. */
  missingBytes: z.number(),
  dtype: z.string().nullable(),
})
export type ModelFacts = z.infer<typeof ModelFacts>

/** Lengths in tokens. `exact` false: estimated from characters, on the long side. */
export const DataFacts = z.object({
  name: z.string(),
  rows: z.number(),
  exact: z.boolean(),
  prompt: z.object({ p50: z.number(), p95: z.number(), max: z.number() }),
})
export type DataFacts = z.infer<typeof DataFacts>

/** One option with its reason. `rule` names a sentence in locales/rules; `params` fill it. */
export const PlannedValue = z.object({
  key: z.string(),
  /** As it stands on the command line, "True", '["console","file"]'. */
  value: z.string(),
  rule: z.string(),
  params: Params,
  /** What the tutorial says for it; null: nothing. */
  tutorial: z.string().nullable(),
  /** What verl does when it is not set; null: nothing, or the key must be added with "+". */
  verlDefault: z.string().nullable(),
  /** Set by hand: what the plan would have said. */
  planned: z.string().nullable(),
})
export type PlannedValue = z.infer<typeof PlannedValue>

export const memoryParts = [
  'context',
  'weights',
  'reference',
  'critic',
  'gradients',
  'optimizer',
  'activations',
  'logits',
  'engine',
  'kvCache',
  'bucket',
] as const
export const MemoryPart = z.enum(memoryParts)
export type MemoryPart = z.infer<typeof MemoryPart>

export const memoryPhases = ['start', 'rollout', 'logProb', 'update', 'sync'] as const
export const MemoryPhase = z.enum(memoryPhases)
export type MemoryPhase = z.infer<typeof MemoryPhase>

/** Bytes held in each phase, by what holds them. `totalBytes` is their sum and never more than `budgetBytes` in a runnable plan. */
const MemoryColumn = z.object({
  phase: MemoryPhase,
  parts: z.partialRecord(MemoryPart, z.number()),
  totalBytes: z.number(),
})
const MemorySide = z.object({
  /** What the card or the host has. */
  capacityBytes: z.number(),
  /** What of it a plan may use: free now, less a margin. */
  budgetBytes: z.number(),
  phases: z.array(MemoryColumn),
  peakBytes: z.number(),
  /** Budget less peak; negative when it does not fit. */
  headroomBytes: z.number(),
})
export type MemorySide = z.infer<typeof MemorySide>
export const MemoryTable = z.object({ gpu: MemorySide, host: MemorySide })
export type MemoryTable = z.infer<typeof MemoryTable>

/** An objection or a remark; `keys` are the options it is about. */
export const PlanFinding = Finding.extend({ keys: z.array(z.string()) })
export type PlanFinding = z.infer<typeof PlanFinding>

/** The nearest thing that would run, when this does not. */
export const Nearest = z.object({
  kind: z.enum(['driver', 'grpo', 'model', 'free', 'vram', 'practice']),
  params: Params,
  /** What to ask for instead; null: it takes other hardware. */
  request: z.object({ model: z.string(), algorithm: z.string() }).partial().nullable(),
})
export type Nearest = z.infer<typeof Nearest>

export const Plan = z.object({
  version: z.literal(1),
  runnable: z.boolean(),
  algorithm: PlanAlgorithm,
  goal: PlanGoal,
  model: ModelFacts,
  data: DataFacts.nullable(),
  /** The card or slice it is for; null: there is none. */
  device: z
    .object({
      id: z.string(),
      name: z.string(),
      computeCapability: z.string(),
      memoryTotalBytes: z.number(),
      memoryFreeBytes: z.number(),
    })
    .nullable(),
  recipe: z.object({ id: z.string(), packages: z.array(z.string()) }).nullable(),
  /** Recipes that were considered before and why they do not fit: rule ids with parameters. */
  rejected: z.array(z.object({ recipe: z.string(), findings: z.array(Finding) })),
  trainer: z.enum(['verl', 'trl']).nullable(),
  overrides: z.array(PlannedValue),
  env: z.array(PlannedValue),
  /** Options of the tutorial that the plan leaves out, and why. */
  dropped: z.array(PlannedValue),
  memory: MemoryTable.nullable(),
  time: z.object({ secondsPerStep: z.number(), rule: z.string(), params: Params }).nullable(),
  /** argv of the training; DATA and MODEL folders as given, or named <in angle brackets>. */
  command: z.array(z.string()),
  findings: z.array(PlanFinding),
  nearest: z.array(Nearest),
})
export type Plan = z.infer<typeof Plan>

export const PlanExportFormat = z.enum(['sh', 'yaml', 'json'])
export type PlanExportFormat = z.infer<typeof PlanExportFormat>
