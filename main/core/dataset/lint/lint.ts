import type { DataRecipe, DataRef, Finding, LintFinding, LintReport, LintRequest, OpenedData } from '#contract'
import { messagesOf, prepareRecipe, type Mapper } from '../recipe/map-row'
import { valueAt } from '../recipe/path'
import type { Preset } from '../recipe/presets'
import { suggest } from '../recipe/suggest'
import type { Rewards } from '../reward/table'
import { measureTokens } from '../tokens/measure'
import type { Tokenizer } from '../tokens/tokenizer'
import type { RlRow, Row, Sources, WorkContext } from '../types'
import { hashOf } from '../write/survey'
import { createNotes, type Notes, type Split } from './notes'
import { columnNotes, readRaw } from './raw-row'
import { createRewardNotes } from './reward-notes'

export interface LintParts {
  sources: Sources
  rewards: Rewards
  presets: readonly Preset[]
  /** null: no model was named. */
  tokenizer: Tokenizer | null
}

const SAMPLE = 100
/** Findings of opening that stop verl, or cost rows. */
const severe: Record<string, Finding['severity']> = { DATA_SCHEMAS_DIFFER: 'error', DATA_LARGE_LIST: 'warning' }

/** What one pass over a dataset leaves for questions about the whole. */
interface Passed {
  rows: number
  /** Hashes of the questions of rows that can be used, with the first row of each. */
  questions: Map<bigint, number>
}

/**
 * Everything that would go wrong with a dataset in training, before it does: each finding with its rows and, where a
 * machine can mend it, with the recipe that does. Errors: DATA_*, TOKENIZER_*.
 */
export async function lintDataset(request: LintRequest, parts: LintParts, context: WorkContext): Promise<LintReport> {
  const { data, test, recipe } = request
  const { sources } = parts
  const opened = await sources.prepare(data, context)
  const openedTest = test === null ? null : await sources.prepare(test, context)
  const sample: Row[] = []
  for await (const { rows } of sources.batches(data, silent(context))) {
    sample.push(...rows.slice(0, SAMPLE - sample.length))
    if (sample.length >= SAMPLE) break
  }
  const suggested = suggest(opened, sample, parts.presets).recipe
  const notes = createNotes()
  const total = (opened.rows ?? 0) + (openedTest?.rows ?? 0)
  const linter = createLinter(request, parts, suggested, notes)
  wholeNotes(request, opened, notes)
  if (openedTest !== null) fileNotes(recipe, openedTest, 'test', notes)
  const inTrain = await linter.pass(data, 'train', told(context, 0, total))
  const inTest = test === null ? null : await linter.pass(test, 'test', told(context, inTrain.rows, total))
  leakNotes(recipe, inTrain, inTest, notes)
  if (request.batch !== null && inTrain.rows < request.batch)
    notes.add('train', null, {
      code: 'DATA_FEWER_THAN_BATCH',
      severity: 'error',
      params: { rows: inTrain.rows, batch: request.batch },
    })
  await tokenNotes(data, 'train', request, parts, linter, notes, context)
  if (test !== null) await tokenNotes(test, 'test', request, parts, linter, notes, context)
  return { rows: inTrain.rows + (inTest?.rows ?? 0), findings: inOrder(notes.findings()) }
}

function createLinter(request: LintRequest, parts: LintParts, suggested: DataRecipe, notes: Notes) {
  const { recipe } = request
  const mapper: Mapper | null = recipe === null ? null : prepareRecipe(recipe)
  const rewardNotes = createRewardNotes(parts.rewards, recipe, suggested)
  const mend = () => ({ recipe: suggested })
  const leaveOut = () => (recipe === null ? null : { recipe: { ...recipe, drop: { ...recipe.drop, noAnswer: true } } })
  const dropped = recipe?.drop.noAnswer === true

  /** The row as it would be trained on; null: it is none, and why was noted. */
  function read(row: Row, index: number, split: Split): Row | null {
    if (mapper === null) {
      const raw = readRaw(row)
      for (const note of raw.notes) notes.add(split, index, { ...note, fix: mend })
      return raw.row as Row | null
    }
    const mapped = mapper.map(row, index, split)
    if ('row' in mapped) return mapped.row
    const { code, params } = mapped.problem
    notes.add(split, index, { code, params, severity: dropped ? 'info' : 'error', fix: dropped ? undefined : leaveOut })
    return null
  }

  function solutionOf(row: Row): string | null {
    const path = recipe?.columns.answer ?? null
    const value = path === null ? null : valueAt(row, path)
    return typeof value === 'string' ? value : null
  }

  return {
    async pass(data: DataRef, split: Split, context: WorkContext): Promise<Passed> {
      const passed: Passed = { rows: 0, questions: new Map() }
      const again = () =>
        recipe === null ? null : { recipe: { ...recipe, drop: { ...recipe.drop, duplicates: true } } }
      for await (const { from, rows } of parts.sources.batches(data, silent(context))) {
        context.signal.throwIfAborted()
        for (const [at, row] of rows.entries()) {
          const index = from + at
          const written = read(row, index, split)
          if (written === null) continue
          if ('reward_model' in written)
            for (const note of rewardNotes(written as unknown as RlRow, solutionOf(row))) notes.add(split, index, note)
          const question = hashOf(messagesOf(written)?.findLast(({ role }) => role === 'user')?.content ?? '')
          if (!passed.questions.has(question)) passed.questions.set(question, index)
          else if (recipe?.drop.duplicates !== true)
            notes.add(split, index, { code: 'DATA_DUPLICATED', severity: 'warning', fix: again })
        }
        passed.rows += rows.length
        context.progress(passed.rows, null, 'rows')
      }
      return passed
    },

    /** Conversations of the rows, for their tokens. */
    async *prompts(data: DataRef, context: WorkContext) {
      for await (const { from, rows } of parts.sources.batches(data, silent(context)))
        yield rows.map((row, at) => {
          const raw = mapper === null ? readRaw(row).row : null
          const mapped = mapper?.map(row, from + at, 'train')
          const written = mapped !== undefined && 'row' in mapped ? mapped.row : (raw as Row | null)
          return { index: from + at, messages: written === null ? null : messagesOf(written) }
        })
    },
  }
}

/** What is about the dataset and not about a row of it. */
function wholeNotes({ data, test, recipe }: LintRequest, opened: OpenedData, notes: Notes): void {
  fileNotes(recipe, opened, 'train', notes)
  const pictures = opened.columns.filter(({ name, type }) => /^(images?|videos?)$/i.test(name) || /\bBLOB\b/.test(type))
  if (pictures.length > 0)
    notes.add('train', null, {
      code: 'DATA_IMAGES',
      severity: 'warning',
      params: { columns: pictures.map(({ name }) => name).join(', ') },
    })
  if (recipe !== null && recipe.layout !== 'rl')
    notes.add('train', null, { code: 'DATA_LAYOUT_NOT_RL', severity: 'warning', params: { layout: recipe.layout } })
  const validated = test !== null || recipe?.split.kind === 'share'
  const share = () =>
    recipe === null ? null : { recipe: { ...recipe, split: { kind: 'share', test: 0.05 } as const } }
  if (!validated && data.paths.length > 0)
    notes.add('train', null, { code: 'DATA_NO_VALIDATION', severity: 'warning', fix: share })
}

/** What the files themselves give away. */
function fileNotes(recipe: DataRecipe | null, { findings, columns }: OpenedData, split: Split, notes: Notes): void {
  for (const { code, severity, params } of findings)
    notes.add(split, null, { code, severity: severe[code] ?? severity, params })
  if (recipe === null) for (const note of columnNotes(columns)) notes.add(split, null, note)
}

function leakNotes(recipe: DataRecipe | null, train: Passed, test: Passed | null, notes: Notes): void {
  if (test === null || recipe?.drop.leaked === true) return
  const fix = () => (recipe === null ? null : { recipe: { ...recipe, drop: { ...recipe.drop, leaked: true } } })
  for (const [question, index] of train.questions)
    if (test.questions.has(question)) notes.add('train', index, { code: 'DATA_LEAKED', severity: 'warning', fix })
}

async function tokenNotes(
  data: DataRef,
  split: Split,
  request: LintRequest,
  { tokenizer }: LintParts,
  linter: ReturnType<typeof createLinter>,
  notes: Notes,
  context: WorkContext,
): Promise<void> {
  if (tokenizer === null || request.ask === null) return
  const { recipe, ask, maxPromptTokens: limit, filtersOverlong } = request
  const measured = await measureTokens(linter.prompts(data, context), tokenizer, ask.thinking, null, silent(context))
  for (const { code, severity, params } of measured.findings) notes.add(split, null, { code, severity, params })
  const over = measured.lengths.filter(([length]) => limit !== null && length > limit)
  const count = over.reduce((sum, [, rows]) => sum + rows, 0)
  if (limit === null || count === 0 || (recipe?.drop.longerThan ?? Infinity) <= limit) return
  const params = { limit, count, longest: over.at(-1)?.[0] ?? 0 }
  const fix = () => (recipe === null ? null : { recipe: { ...recipe, drop: { ...recipe.drop, longerThan: limit } } })
  if (filtersOverlong) notes.add(split, null, { code: 'DATA_PROMPTS_LEFT_OUT', severity: 'info', params })
  else notes.add(split, null, { code: 'DATA_PROMPT_TOO_LONG', severity: 'error', params, fix })
}

const order: Record<Finding['severity'], number> = { error: 0, warning: 1, info: 2 }
const inOrder = (findings: LintFinding[]) =>
  findings.sort((a, b) => order[a.severity] - order[b.severity] || b.rows - a.rows)

const silent = ({ signal }: WorkContext): WorkContext => ({ signal, progress: () => undefined })
const told = (context: WorkContext, before: number, total: number): WorkContext => ({
  signal: context.signal,
  progress: (done) => context.progress(before + done, total, 'rows'),
})
