import * as z from 'zod'

export const presetNames = ['gsm8k', 'math', 'dapo', 'alpaca', 'preference', 'qa', 'verl', 'custom'] as const
export const PresetName = z.enum(presetNames)
export type PresetName = z.infer<typeof PresetName>

/**
 * A column, or a part of one: `reward_model.ground_truth`, `chosen[1].content` (`[-1]`: the last). A column of exactly
 * that name comes first.
 */
const columnPath = z.string().min(1).max(300).nullable()

/** How the answer that the reward compares with is found in the text of the answer column. */
export const AnswerRule = z.enum(['whole', 'hashes', 'boxed', 'lastNumber', 'regex', 'none'])
export type AnswerRule = z.infer<typeof AnswerRule>

/** How rows become what verl reads: shareable, and run again from the terminal. */
export const DataRecipe = z.object({
  version: z.literal(1),
  /** What it started from. */
  preset: PresetName,
  /** "rl": what verl trains on. The others are for SFT and preference tools; verl's RL cannot read them. */
  layout: z.enum(['rl', 'sft', 'preference']),
  columns: z.object({
    /** A text, or a list of messages. */
    prompt: columnPath,
    /** A second text below the question (Alpaca's `input`). */
    input: columnPath,
    system: columnPath,
    answer: columnPath,
    chosen: columnPath,
    rejected: columnPath,
    /** Names the reward of each row; null: `dataSource` for all. */
    dataSource: columnPath,
  }),
  /** Chooses the reward: a key of the table of rewards. */
  dataSource: z.string().max(200),
  ability: z.string().max(100),
  /** Put before each conversation; "": nothing. */
  system: z.string().max(20_000),
  /** Put behind each question, after one space; "": nothing. Tells the model the form that the reward reads. */
  instruction: z.string().max(20_000),
  answer: z.object({
    rule: AnswerRule,
    /** "regex": in the syntax of RE2; its first group, else the whole match. */
    pattern: z.string().max(1000),
    /** What is taken off the answer that was found. */
    clean: z.array(z.enum(['space', 'commas', 'dollar', 'fullStop', 'boxed'])),
  }),
  drop: z.object({
    /** Rows whose answer is not found. false: they stop the conversion. */
    noAnswer: z.boolean(),
    /** A question that was there before. */
    duplicates: z.boolean(),
    /** Training rows whose question is in the validation rows. */
    leaked: z.boolean(),
    /** Prompts of more tokens, by the model that is named in the request; null: any. */
    longerThan: z.number().int().min(1).nullable(),
  }),
  /** So many rows, chosen by the seed; null: all. */
  sample: z.object({ train: z.number().int().min(1).nullable(), test: z.number().int().min(1).nullable() }),
  seed: z.number().int().min(0).max(2_147_483_647),
  /** "given": the second dataset of the request is the validation. "share": this part of the rows. */
  split: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('given') }),
    z.object({ kind: z.literal('share'), test: z.number().min(0.0001).max(0.9) }),
    z.object({ kind: z.literal('none') }),
  ]),
  /** Columns that travel in `extra_info` as they are. */
  keep: z.array(z.string().max(300)).max(100),
})
export type DataRecipe = z.infer<typeof DataRecipe>

/** What a dataset looks like to us. */
export const RecipeSuggestion = z.object({
  recipe: DataRecipe,
  /** Every preset, fitted to these columns as far as it goes; the suggested one first. */
  others: z.array(DataRecipe),
  /** The split that would be the validation: a name among `configs[].splits`. */
  test: z.string().nullable(),
})
export type RecipeSuggestion = z.infer<typeof RecipeSuggestion>
