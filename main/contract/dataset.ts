import * as z from 'zod'
import { DataRecipe } from './data-recipe'
import { Finding } from './errors'

/** What is opened. It is named in every question, so that a reload or a second window is no special case. */
export const DataRef = z.object({
  /** Absolute: a file, a folder, or several files that are one table. A repository of the library by its folder. */
  paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000),
  /** null: the only one, or the default one. */
  config: z.string().max(200).nullable(),
  split: z.string().max(200).nullable(),
  /** What becomes of a line that cannot be read: everything ends there, or it is left out and kept in a file beside our copy. */
  badLines: z.enum(['stop', 'setAside']),
})
export type DataRef = z.infer<typeof DataRef>

export const DataFormat = z.enum(['parquet', 'arrowFile', 'arrowStream', 'jsonl', 'json', 'csv'])
export type DataFormat = z.infer<typeof DataFormat>

export const DataFile = z.object({
  path: z.string(),
  bytes: z.number(),
  format: DataFormat,
  compression: z.enum(['none', 'gzip', 'zstd']),
})
export type DataFile = z.infer<typeof DataFile>

/** What a column holds, as a person sees it. "messages": a list of {role, content}. */
export const ColumnKind = z.enum([
  'text',
  'number',
  'boolean',
  'time',
  'messages',
  'list',
  'struct',
  'json',
  'bytes',
  'other',
])
export type ColumnKind = z.infer<typeof ColumnKind>

export const DataColumn = z.object({
  name: z.string(),
  /** As DuckDB spells it, e.g. `STRUCT("role" VARCHAR, "content" VARCHAR)[]`. */
  type: z.string(),
  kind: ColumnKind,
})
export type DataColumn = z.infer<typeof DataColumn>

export const OpenedData = z.object({
  /** Short, for a title. */
  name: z.string(),
  configs: z.array(z.object({ name: z.string(), splits: z.array(z.string()) })),
  /** Which of them this is; null: there are none. */
  config: z.string().nullable(),
  split: z.string().nullable(),
  files: z.array(DataFile),
  bytes: z.number(),
  columns: z.array(DataColumn),
  /** null: not counted yet; `dataset.prepare` counts. */
  rows: z.number().nullable(),
  /** What the files themselves give away: lines set aside, schemas that differ, LargeList. DATA_* codes. */
  findings: z.array(Finding),
})
export type OpenedData = z.infer<typeof OpenedData>

/** Something that takes a while: how far it is, and its result last. Closing it cancels it. */
export const watched = <Value extends z.ZodType>(value: Value) =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('progress'),
      done: z.number(),
      total: z.number().nullable(),
      unit: z.enum(['rows', 'bytes', 'items']),
    }),
    z.object({ kind: z.literal('result'), value }),
  ])
export type Watched<Value> =
  | { kind: 'progress'; done: number; total: number | null; unit: 'rows' | 'bytes' | 'items' }
  | { kind: 'result'; value: Value }

/** JSON. 64-bit numbers that JSON cannot hold are texts, times are ISO 8601, bytes are `{"bytes": 1234}`. */
export const Cell = z.json()
export type Cell = z.infer<typeof Cell>

export const DataFilter = z.object({
  column: z.string(),
  op: z.enum(['contains', 'equals', 'above', 'below', 'empty', 'filled']),
  /** "above", "below": a number, of a text or a list its length. */
  value: z.string().max(2000),
})
export type DataFilter = z.infer<typeof DataFilter>

/** Rows in the order of the files; `search` looks into every column, without regard to case. */
export const RowsRequest = z.object({
  data: DataRef,
  from: z.number().int().min(0),
  count: z.number().int().min(1).max(500),
  search: z.string().max(2000),
  filters: z.array(DataFilter).max(20),
  sort: z.object({ column: z.string(), descending: z.boolean() }).nullable(),
})
export type RowsRequest = z.infer<typeof RowsRequest>

export const DataRow = z.object({
  /** Its place in the whole dataset, from 0. */
  index: z.number().int(),
  /** In the order of the columns. Texts longer than some hundred characters end in "…". */
  cells: z.array(Cell),
  /** Whether a cell was cut; `dataset.row` has it whole. */
  cut: z.boolean(),
})
export type DataRow = z.infer<typeof DataRow>

export const DataRows = z.object({
  rows: z.array(DataRow),
  /** Of the rows that match; null: not counted yet. */
  total: z.number().nullable(),
})
export type DataRows = z.infer<typeof DataRows>

export const ColumnProfile = z.object({
  name: z.string(),
  type: z.string(),
  kind: ColumnKind,
  nulls: z.number(),
  /** Near enough above some thousand; null: not counted for such a column. */
  distinct: z.number().nullable(),
  /** As text, cut. */
  min: z.string().nullable(),
  max: z.string().nullable(),
  /** What quantiles and histogram are of; null: there are none. */
  measure: z.enum(['characters', 'items', 'value']).nullable(),
  quantiles: z
    .object({
      p0: z.number(),
      p25: z.number(),
      p50: z.number(),
      p75: z.number(),
      p95: z.number(),
      p100: z.number(),
    })
    .nullable(),
  histogram: z.object({ from: z.number(), to: z.number(), counts: z.array(z.number()) }).nullable(),
  /** The most frequent values, cut. */
  top: z.array(z.object({ value: z.string(), count: z.number() })),
})
export type ColumnProfile = z.infer<typeof ColumnProfile>

export const DataProfile = z.object({
  rows: z.number(),
  columns: z.array(ColumnProfile),
  /** Rows that are like an earlier one in every column; examples by their index, the first one first. */
  duplicates: z.object({ rows: z.number(), examples: z.array(z.array(z.number())) }),
})
export type DataProfile = z.infer<typeof DataProfile>

/** Two datasets beside each other, e.g. train and test. `column` null: the question, if one is recognised. */
export const CompareRequest = z.object({ a: DataRef, b: DataRef, column: z.string().nullable() })
export type CompareRequest = z.infer<typeof CompareRequest>
export const DataComparison = z.object({
  rows: z.object({ a: z.number(), b: z.number() }),
  onlyA: z.array(z.string()),
  onlyB: z.array(z.string()),
  differ: z.array(z.object({ name: z.string(), a: z.string(), b: z.string() })),
  /** What was compared; null: no column is in both. */
  column: z.string().nullable(),
  /** Rows of b that stand in a, too (letters' case and white space aside), and some of them. */
  shared: z.number(),
  examples: z.array(z.object({ a: z.number(), b: z.number(), text: z.string() })),
})
export type DataComparison = z.infer<typeof DataComparison>

export const MapRequest = z.object({
  data: DataRef,
  recipe: DataRecipe,
  split: z.enum(['train', 'test']),
  from: z.number().int().min(0),
  count: z.number().int().min(1).max(100),
})
export type MapRequest = z.infer<typeof MapRequest>

export const MappedRow = z.object({
  index: z.number().int(),
  /** As it would be written; null: `problem` says why not. */
  row: z.record(z.string(), Cell).nullable(),
  /** DATA_* codes. */
  problem: Finding.nullable(),
})
export type MappedRow = z.infer<typeof MappedRow>

/** Whose tokens: a model of the library by its key, a folder, or an id that is in the library. */
const modelName = z.string().min(1).max(4096)

/** As the run will render it. `thinking` null: the template's own default. */
export const TokenAsk = z.object({ model: modelName, thinking: z.boolean().nullable() })
export type TokenAsk = z.infer<typeof TokenAsk>

export const TokensRequest = z.object({ data: DataRef, recipe: DataRecipe, ask: TokenAsk })
export type TokensRequest = z.infer<typeof TokensRequest>

export const TokenLengths = z.object({
  /** Rows with a length. */
  rows: z.number(),
  /** Rows that could not be rendered or mapped; the codes are in `findings`. */
  failed: z.number(),
  /** How many prompts have how many tokens: [tokens, rows], ascending. */
  lengths: z.array(z.tuple([z.number(), z.number()])),
  tokens: z.number(),
  findings: z.array(Finding),
})
export type TokenLengths = z.infer<typeof TokenLengths>

export const PromptRequest = TokensRequest.extend({ index: z.number().int().min(0) })
export type PromptRequest = z.infer<typeof PromptRequest>
export const RenderedPrompt = z.object({
  text: z.string(),
  /** In order; the texts together are `text`. `special`: a token of the template. */
  tokens: z.array(z.object({ id: z.number().int(), text: z.string(), special: z.boolean() })),
})
export type RenderedPrompt = z.infer<typeof RenderedPrompt>

export const LintRequest = z.object({
  data: DataRef,
  test: DataRef.nullable(),
  /** null: as verl would read the files themselves. */
  recipe: DataRecipe.nullable(),
  ask: TokenAsk.nullable(),
  maxPromptTokens: z.number().int().min(1).nullable(),
  /** Prompts in a training batch. */
  batch: z.number().int().min(1).nullable(),
  /** Whether the run leaves overlong prompts out (data.filter_overlong_prompts). */
  filtersOverlong: z.boolean(),
})
export type LintRequest = z.infer<typeof LintRequest>

export const LintFinding = Finding.extend({
  /** Whose rows: those of `data`, or of `test`. */
  split: z.enum(['train', 'test']),
  /** How many rows; 0: it is about the whole. */
  rows: z.number(),
  /** The first of them, by index. */
  examples: z.array(z.number()),
  /** One press: with these instead, it is gone. null: no machine can do it. */
  fix: z.object({ data: DataRef.nullable(), recipe: DataRecipe.nullable() }).nullable(),
})
export type LintFinding = z.infer<typeof LintFinding>
export const LintReport = z.object({ rows: z.number(), findings: z.array(LintFinding) })
export type LintReport = z.infer<typeof LintReport>

/** Where the answer is looked for; verl/utils/reward_score. */
export const RewardRule = z.object({
  id: z.string(),
  /** Names that choose it; "aime*": by their beginning. */
  dataSources: z.array(z.string()),
  /** Scored here; false: only by verl inside an environment. */
  builtIn: z.boolean(),
  right: z.number(),
  wrong: z.number(),
  /** What a prompt should ask for. */
  instruction: z.string(),
})
export type RewardRule = z.infer<typeof RewardRule>

/** Who scores: our own copy of the rule, verl itself, or a function of the user's with verl's signature. */
export const Scorer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rule') }),
  z.object({ kind: z.literal('verl'), environment: z.string().min(1).max(128) }),
  z.object({
    kind: z.literal('function'),
    environment: z.string().min(1).max(128),
    file: z.string().min(1).max(4096),
    name: z.string().min(1).max(200),
  }),
])
export type Scorer = z.infer<typeof Scorer>

export const RewardRequest = z.object({
  data: DataRef,
  recipe: DataRecipe,
  scorer: Scorer,
  /** "gold": the answer column, or the answer itself in the form that the rule reads. Else texts for rows by index. */
  completions: z.union([
    z.literal('gold'),
    z.array(z.object({ index: z.number().int().min(0), text: z.string().max(200_000) })).max(1000),
  ]),
})
export type RewardRequest = z.infer<typeof RewardRequest>

export const Scored = z.object({
  index: z.number().int(),
  /** null: it could not be scored. */
  score: z.number().nullable(),
  /** The ground truth, and what the rule found in the completion; null: nothing. */
  truth: z.string(),
  found: z.string().nullable(),
  /** Why it is not right: REWARD_* codes; null: it is. */
  reason: Finding.nullable(),
})
export type Scored = z.infer<typeof Scored>
export const RewardReport = z.object({
  rows: z.number(),
  right: z.number(),
  /** [score, rows], highest first. */
  scores: z.array(z.tuple([z.number(), z.number()])),
  /** "gold": the first hundred that are not right. Else every one. */
  shown: z.array(Scored),
})
export type RewardReport = z.infer<typeof RewardReport>

export const ConvertRequest = z.object({
  requestId: z.string().min(1).max(64),
  name: z
    .string()
    .min(1)
    .max(80)
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u),
  data: DataRef,
  test: DataRef.nullable(),
  recipe: DataRecipe,
  /** For `drop.longerThan`, and so that verl can open it with a tokenizer. */
  ask: TokenAsk.nullable(),
  /** null: below the data root, where the plan finds it. */
  out: z.string().max(4096).nullable(),
  /** Where verl itself reads it afterwards; null: nowhere. */
  environment: z.string().max(128).nullable(),
})
export type ConvertRequest = z.infer<typeof ConvertRequest>

export const SplitCounts = z.object({
  read: z.number(),
  written: z.number(),
  /** Why the others are not in it: DATA_* codes with their number. */
  dropped: z.record(z.string(), z.number()),
})
export type SplitCounts = z.infer<typeof SplitCounts>

/** What lies beside every dataset that we write: `card.json`. */
export const PreparedCard = z.object({
  version: z.literal(2),
  name: z.string(),
  recipe: DataRecipe,
  /** Where the rows came from; `revision`: of a repository of the library. */
  sources: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  repository: z.object({ id: z.string(), revision: z.string(), commit: z.string() }).nullable(),
  train: SplitCounts,
  test: SplitCounts.nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  /** verl's own reader went through every row. */
  proof: z.object({ verl: z.string(), environment: z.string(), rows: z.number() }).nullable(),
  at: z.number(),
})
export type PreparedCard = z.infer<typeof PreparedCard>

/** A dataset that we wrote, in `<root>/datasets/<name>/<digest>`. Key: "<name>/<digest>". */
export const PreparedData = z.object({
  key: z.string(),
  folder: z.string(),
  bytes: z.number(),
  card: PreparedCard,
  /** Runs that name it, and "plan". */
  usedBy: z.array(z.string()),
})
export type PreparedData = z.infer<typeof PreparedData>

/** A recipe as a file, or what is wrong with the text. */
export const RecipeText = z.object({ name: z.string(), text: z.string() })
