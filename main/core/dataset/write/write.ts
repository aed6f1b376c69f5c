import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { join } from 'node:path'
import type { DataRecipe, DataRef } from '#contract'
import { AppError } from '../../errors'
import { duckTypes, messagesOf, prepareRecipe } from '../recipe/map-row'
import type { Row, Sources, Table, WorkContext } from '../types'
import { decide, questionsOf, TEST, TRAIN, type Decision } from './decide'
import { linesToParquet } from './parquet'
import { surveyRows } from './survey'
import type { Written } from './written'

export interface WriteInput {
  data: DataRef
  test: DataRef | null
  recipe: DataRecipe
  /** Where train.parquet and test.parquet go. */
  folder: string
}

interface WriteParts {
  sources: Sources
  /** Tokens of each prompt; null: nobody asked. */
  tokens: ((rows: Row[]) => Promise<number[]>) | null
}

type Split = 'train' | 'test'

/** A decision, with the mapped rows where they are few. */
type Decided = Decision & { kept: Row[] | null }

/** So many mapped rows are kept between the two passes; more are read and mapped again. */
const KEPT_ROWS = 20_000

/** Two rows with this text are the same question. */
const questionOf = (row: Row): string => messagesOf(row)?.findLast(({ role }) => role === 'user')?.content ?? ''

/**
 * Writes train.parquet, and test.parquet where there is validation: every row is looked at, then it is decided which
 * are written, then they are. Memory does not grow with the rows but by some bytes each. Errors: DATA_*.
 */
export async function writeDataset(input: WriteInput, parts: WriteParts, context: WorkContext): Promise<Written> {
  const { data, recipe, folder } = input
  const given = recipe.split.kind === 'given' ? input.test : null
  if (recipe.drop.longerThan !== null && parts.tokens === null)
    throw new AppError('BAD_INPUT', { detail: 'drop.longerThan: no model was named' })
  const [table, testTable] = [
    await parts.sources.table(data, context),
    given === null ? null : await parts.sources.table(given, context),
  ]
  const total = 2 * (table.rows + (testTable?.rows ?? 0))
  const counting = createCounter(total, context)
  const inTest = given === null || testTable === null ? null : await decideOne(given, testTable, 'test')
  const hashes = inTest === null ? new Set<bigint>() : questionsOf(inTest.verdicts, inTest.questions, TEST)
  const inTrain = await decideOne(data, table, 'train', hashes)

  async function decideOne(ref: DataRef, of: Table, split: Split, other = new Set<bigint>()) {
    const mapper = prepareRecipe(recipe)
    // A share is decided later, and a row names its split.
    const kept: Row[] | null = of.rows <= KEPT_ROWS && recipe.split.kind !== 'share' ? [] : null
    const survey = await surveyRows(
      {
        rows: of.rows,
        batches: parts.sources.batches(ref, counting.context),
        map: (row, index) => mapper.map(row, index, split),
        question: questionOf,
        tokens: recipe.drop.longerThan === null ? null : parts.tokens,
        keep: (index, row) => {
          if (kept !== null) kept[index] = row
        },
      },
      counting.next(of.rows),
    )
    return { ...decide(survey, recipe, { other, only: split === 'test' }), questions: survey.questions, kept }
  }

  async function writeOne(ref: DataRef, of: Table, decided: Decided, splits: readonly Split[]) {
    const { verdicts } = decided
    const mapper = prepareRecipe(recipe)
    const files = splits.map((split) => openLines(join(folder, `${split}.parquet`), split))
    const progress = counting.next(of.rows)
    const fileOf = (index: number) => files.find(({ verdict }) => verdict === verdicts[index])
    for (const [index, row] of decided.kept?.entries() ?? []) await fileOf(index)?.add(row)
    for await (const { from, rows } of decided.kept === null ? parts.sources.batches(ref, counting.context) : []) {
      for (const [at, row] of rows.entries()) {
        const file = fileOf(from + at)
        const mapped = file === undefined ? null : mapper.map(row, from + at, file.split)
        if (file !== undefined && mapped !== null && 'row' in mapped) await file.add(mapped.row)
      }
      progress.progress(from + rows.length, null, 'rows')
    }
    for (const file of files) await file.close(duckTypes(recipe, of.columns), context.signal)
    return files
  }

  const files = await writeOne(data, table, inTrain, recipe.split.kind === 'share' ? ['train', 'test'] : ['train'])
  if (given !== null && testTable !== null && inTest !== null)
    files.push(...(await writeOne(given, testTable, inTest, ['test'])))
  const empty = files.find(({ count }) => count() === 0)
  if (empty !== undefined) throw new AppError('DATA_EMPTY', { file: empty.target })
  const opened = [table, ...(testTable === null ? [] : [testTable])].flatMap(({ opened }) => opened.files)
  const paths = [...new Set(opened.map(({ path }) => path))]
  return {
    train: inTrain.train,
    test: inTest?.test ?? inTrain.test,
    sources: await Promise.all(paths.map((path) => fileFacts(path, path))),
    files: await Promise.all(files.map(({ target, split }) => fileFacts(target, `${split}.parquet`))),
    rows: Object.fromEntries(files.map(({ split, digest }) => [split, digest.digest('hex')])),
  }
}

/** One output on its way: JSON lines first, for DuckDB then takes the types from us. */
function openLines(target: string, split: Split) {
  const lines = `${target}.ndjson`
  const stream = createWriteStream(lines)
  const digest = createHash('sha256')
  let [count, longest] = [0, 0]
  return {
    target,
    split,
    verdict: split === 'train' ? TRAIN : TEST,
    digest,
    count: () => count,
    async add(row: Row) {
      count += 1
      const line = `${JSON.stringify(row)}\n`
      digest.update(line)
      longest = Math.max(longest, Buffer.byteLength(line))
      if (!stream.write(line)) await once(stream, 'drain')
    },
    async close(types: Record<string, string>, signal: AbortSignal) {
      stream.end()
      await finished(stream)
      await linesToParquet(lines, target, types, { rows: count, longest }, signal)
    },
  }
}

/** Several passes over rows, told as one count. */
function createCounter(total: number, context: WorkContext) {
  let before = 0
  return {
    /** For reading, which tells of itself: nobody wants to see it twice. */
    context: { signal: context.signal, progress: () => undefined } satisfies WorkContext,
    next(rows: number): WorkContext {
      const base = before
      before += rows
      return { signal: context.signal, progress: (done) => context.progress(base + done, total, 'rows') }
    },
  }
}

async function fileFacts(file: string, path: string) {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
  return { path, bytes: (await stat(file)).size, sha256: hash.digest('hex') }
}
