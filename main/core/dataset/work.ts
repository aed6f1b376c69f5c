import { stat } from 'node:fs/promises'
import type {
  CompareRequest,
  DataFacts,
  DataRef,
  LintRequest,
  MappedRow,
  MapRequest,
  OpenedData,
  PromptRequest,
  RecipeSuggestion,
  RenderedPrompt,
  RewardReport,
  RewardRequest,
  RewardRule,
  RowsRequest,
  TokenAsk,
  TokenLengths,
  TokensRequest,
} from '#contract'
import { AppError } from '../errors'
import { tryNative } from '../report/native'
import { lintDataset } from './lint/lint'
import { compareTables } from './profile/compare'
import { profileTable } from './profile/profile'
import { messagesOf, prepareRecipe } from './recipe/map-row'
import { loadPresets } from './recipe/presets'
import { suggest } from './recipe/suggest'
import { loadRewards } from './reward/table'
import { openScoring } from './reward/scoring'
import { openSources } from './source'
import { measureTokens } from './tokens/measure'
import { openTokenizer, type Tokenizer } from './tokens/tokenizer'
import type { Row, Sources, WorkContext } from './types'
import { readBack } from './write/read-back'
import { writeDataset, type WriteInput } from './write/write'
import type { WorkerSettings } from './worker/messages'

/** More take longer than somebody waits for a plan: 200,000 prompts have some 15 million tokens, a quarter of a minute. */
const PLANNED_ROWS = 200_000
/** Rows from which a dataset is recognised. */
const SAMPLE = 100

/** Everything that happens in the dataset worker, by its name. Inputs are plain data; models are folders. */
export function createWork({ resources, cache }: WorkerSettings) {
  const sources = openSources({ cache })
  const presets = once(() => loadPresets(resources))
  const rewards = once(() => loadRewards(resources))
  const tokenizers = new Map<string, Promise<Tokenizer>>()
  /** Kept: a large vocabulary takes a third of a second. */
  function tokenizer(folder: string): Promise<Tokenizer> {
    const opened = tokenizers.get(folder) ?? openTokenizer(folder)
    tokenizers.set(folder, opened)
    opened.catch(() => tokenizers.delete(folder))
    return opened
  }
  /** Tokens of the prompts of written rows. */
  async function counting(ask: TokenAsk | null): Promise<((rows: Row[]) => Promise<number[]>) | null> {
    if (ask === null) return null
    const opened = await tokenizer(ask.model)
    return (rows) => opened.lengths(rows.map((row) => opened.render(messagesOf(row) ?? [], ask.thinking)))
  }
  const scoring = openScoring({ sources, rewards })

  const work = {
    open: (data: DataRef, context: WorkContext): Promise<OpenedData> => sources.open(data, context),
    prepare: (data: DataRef, context: WorkContext): Promise<OpenedData> => sources.prepare(data, context),
    rows: (request: RowsRequest, context: WorkContext) => sources.rows(request, context),
    row: ({ data, index }: { data: DataRef; index: number }, context: WorkContext) => sources.row(data, index, context),
    profile: async (data: DataRef, context: WorkContext) => profileTable(await sources.table(data, context), context),
    compare: async ({ a, b, column }: CompareRequest, context: WorkContext) =>
      compareTables(await sources.table(a, context), await sources.table(b, context), column, context),

    async suggest(data: DataRef, context: WorkContext): Promise<RecipeSuggestion> {
      const opened = await sources.open(data, context)
      return suggest(opened, await firstRows(sources, data, 0, SAMPLE, context), await presets())
    },

    async map({ data, recipe, split, from, count }: MapRequest, context: WorkContext): Promise<MappedRow[]> {
      const mapper = prepareRecipe(recipe)
      const rows = await firstRows(sources, data, from, count, context)
      return rows.map((row, at) => {
        const mapped = mapper.map(row, from + at, split)
        if ('row' in mapped) return { index: from + at, row: mapped.row, problem: null }
        return { index: from + at, row: null, problem: mapped.problem }
      })
    },

    async tokens({ data, recipe, ask }: TokensRequest, context: WorkContext): Promise<TokenLengths> {
      const { rows } = await sources.prepare(data, context)
      const mapper = prepareRecipe(recipe)
      const batches = sources.batches(data, context)
      async function* prompts() {
        for await (const { from, rows: batch } of batches)
          yield batch.map((row, at) => {
            const mapped = mapper.map(row, from + at, 'train')
            return { index: from + at, messages: 'row' in mapped ? messagesOf(mapped.row) : null }
          })
      }
      return measureTokens(prompts(), await tokenizer(ask.model), ask.thinking, rows, context)
    },

    /** Lengths for a plan, by the recipe that fits. null: too many rows to be counted while somebody waits. */
    async planFacts(
      { data, folder }: { data: string; folder: string },
      context: WorkContext,
    ): Promise<DataFacts | null> {
      const ref: DataRef = { paths: [data], config: null, split: null, badLines: 'stop' }
      const { rows } = await sources.prepare(ref, context)
      const { recipe } = await work.suggest(ref, context)
      if (rows === null || rows > PLANNED_ROWS || recipe.layout !== 'rl' || recipe.columns.prompt === null) return null
      const ask = { model: folder, thinking: null }
      const { rows: counted, lengths } = await work.tokens({ data: ref, recipe, ask }, context)
      const at = (share: number) => {
        let seen = 0
        return lengths.find(([, many]) => (seen += many) >= counted * share)?.[0] ?? 0
      }
      if (counted === 0) return null
      return { name: data, rows, exact: true, prompt: { p50: at(0.5), p95: at(0.95), max: lengths.at(-1)?.[0] ?? 0 } }
    },

    async prompt({ data, recipe, ask, index }: PromptRequest, context: WorkContext): Promise<RenderedPrompt> {
      const [row] = await firstRows(sources, data, index, 1, context)
      if (row === undefined) throw new AppError('NOT_FOUND', { what: 'row', id: `${index}` })
      const mapped = prepareRecipe(recipe).map(row, index, 'train')
      if ('problem' in mapped) throw new AppError('DATA_ROWS_FAIL', { count: 1, row: index, code: mapped.problem.code })
      const opened = await tokenizer(ask.model)
      const text = opened.render(messagesOf(mapped.row) ?? [], ask.thinking)
      return { text, tokens: await opened.pieces(text) }
    },

    async lint(request: LintRequest, context: WorkContext) {
      return lintDataset(
        request,
        {
          sources,
          tokenizer: request.ask === null ? null : await tokenizer(request.ask.model),
          rewards: await rewards(),
          presets: await presets(),
        },
        context,
      )
    },

    rewards: async (_: null): Promise<RewardRule[]> => (await rewards()).rules,
    reward: (request: RewardRequest, context: WorkContext): Promise<RewardReport> => scoring.score(request, context),
    rewardItems: (input: { request: RewardRequest; file: string }, context: WorkContext): Promise<number> =>
      scoring.writeItems(input.request, input.file, context),
    rewardReport: (input: { request: RewardRequest; items: string; scores: string }): Promise<RewardReport> =>
      scoring.report(input.request, input.items, input.scores),

    async write({ ask, ...input }: WriteInput & { ask: TokenAsk | null }, context: WorkContext) {
      return writeDataset(input, { sources, tokens: await counting(ask) }, context)
    },
    readBack: (input: { folder: string; rows: Record<string, string> }, context: WorkContext) =>
      readBack(sources, input, context),

    /** For a support report. */
    native: (_: null): Promise<string[]> => tryNative(cache),

    /** What tells two states of the same files apart. */
    async identity({ data, test }: { data: DataRef; test: DataRef | null }, context: WorkContext) {
      const opened = await Promise.all(
        [data, ...(test === null ? [] : [test])].map((ref) => sources.open(ref, context)),
      )
      return Promise.all(
        opened.flatMap(({ files, config, split }) =>
          files.map(async ({ path, bytes }) => ({ path, bytes, changed: (await stat(path)).mtimeMs, config, split })),
        ),
      )
    },
  }
  return { work, dispose: () => sources.dispose() }
}

export type Work = ReturnType<typeof createWork>['work']

/** Up to `count` whole rows from `from` on. */
async function firstRows(
  sources: Sources,
  data: DataRef,
  from: number,
  count: number,
  context: WorkContext,
): Promise<Row[]> {
  const found: Row[] = []
  for await (const { rows } of sources.batches(data, context, from)) {
    found.push(...rows.slice(0, count - found.length))
    if (found.length >= count) break
  }
  return found
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null
  return () => (made ??= make())
}
