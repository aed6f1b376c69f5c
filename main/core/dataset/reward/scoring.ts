import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Cell, RewardReport, RewardRequest, Scored } from '#contract'
import { AppError } from '../../errors'
import { valueAt } from '../recipe/path'
import { prepareRecipe } from '../recipe/map-row'
import type { RlRow, Row, Sources, WorkContext } from '../types'
import { scoredRows, type ScoreItem } from './in-environment'
import { reportOf } from './report'
import type { Rewards } from './table'

export interface ScoringDeps {
  sources: Sources
  rewards: () => Promise<Rewards>
}

/** What a request scores: gold answers of a whole dataset, or texts for some rows of it. */
export function openScoring({ sources, rewards }: ScoringDeps) {
  /** Rows that cannot be mapped have nothing to score; the check counts those. */
  async function* items(request: RewardRequest, context: WorkContext): AsyncGenerator<ScoreItem> {
    const { data, recipe, completions } = request
    if (recipe.layout !== 'rl') throw new AppError('BAD_INPUT', { detail: `layout ${recipe.layout}` })
    const mapper = prepareRecipe(recipe)
    const table = await rewards()
    const typed = completions === 'gold' ? null : byRow(completions)
    const total = completions === 'gold' ? (await sources.prepare(data, context)).rows : completions.length
    let left = typed?.size ?? Infinity
    for await (const { from, rows } of sources.batches(data, silent(context), firstOf(typed))) {
      for (const [at, row] of rows.entries()) {
        const index = from + at
        const texts = typed?.get(index)
        if (typed !== null && texts === undefined) continue
        left -= 1
        const mapped = mapper.map(row, index, 'train')
        if ('problem' in mapped) continue
        const written = mapped.row as unknown as RlRow
        const item = { index, data_source: written.data_source, extra_info: written.extra_info }
        const truth = written.reward_model.ground_truth
        if (texts === undefined) yield { ...item, truth, solution: goldOf(table, written, solutionOf(row, recipe)) }
        else for (const { text } of texts) yield { ...item, truth, solution: text }
      }
      context.progress(from + rows.length, total, 'rows')
      if (left <= 0) return
    }
  }

  return {
    /** By the rules that are written here. REWARD_UNKNOWN, REWARD_NEEDS_ENVIRONMENT for others. */
    async score(request: RewardRequest, context: WorkContext): Promise<RewardReport> {
      const table = await rewards()
      async function* scored(): AsyncGenerator<Scored> {
        for await (const { index, data_source, truth, solution } of items(request, context)) {
          const rule = table.ruleFor(data_source)
          if (rule === null) throw new AppError('REWARD_UNKNOWN', { dataSource: data_source })
          const text = textOf(truth)
          const { score, found } = table.score(rule.id, text, solution)
          yield { index, score, found, truth: text, reason: table.why(rule.id, text, solution) }
        }
      }
      return reportOf(rightOf(request, table), scored(), request.completions !== 'gold')
    },

    /** What Python is to score, as a file of JSON lines; gives their number. */
    async writeItems(request: RewardRequest, file: string, context: WorkContext): Promise<number> {
      const stream = createWriteStream(file)
      let count = 0
      for await (const item of items(request, context)) {
        count += 1
        if (!stream.write(`${JSON.stringify(item)}\n`)) await once(stream, 'drain')
      }
      stream.end()
      await finished(stream)
      return count
    },

    /** What Python made of `writeItems`. */
    async report(request: RewardRequest, file: string, scores: string): Promise<RewardReport> {
      const table = await rewards()
      const own = request.scorer.kind === 'function'
      const scored = scoredRows(file, scores, own ? null : table)
      return reportOf(own ? null : rightOf(request, table), scored, request.completions !== 'gold')
    },
  }
}

const silent = ({ signal }: WorkContext): WorkContext => ({ signal, progress: () => undefined })
const firstOf = (typed: ReadonlyMap<number, unknown> | null) => (typed === null ? 0 : Math.min(...typed.keys()))
const textOf = (truth: Cell) => (typeof truth === 'string' ? truth : JSON.stringify(truth))

/** The text that the answer was found in is what a person would write. */
function solutionOf(row: Row, { columns }: RewardRequest['recipe']): string | null {
  const value = columns.answer === null ? null : valueAt(row, columns.answer)
  return typeof value === 'string' ? value : null
}

function goldOf(table: Rewards, { data_source, reward_model }: RlRow, solution: string | null): string {
  const rule = table.ruleFor(data_source)
  if (rule === null) throw new AppError('REWARD_UNKNOWN', { dataSource: data_source })
  return table.gold(rule.id, reward_model.ground_truth, solution)
}

/** The full score: 1 in every rule of verl so far. */
const rightOf = ({ recipe }: RewardRequest, table: Rewards): number => table.ruleFor(recipe.dataSource)?.right ?? 1

function byRow(completions: readonly { index: number; text: string }[]): Map<number, { text: string }[]> {
  const rows = new Map<number, { text: string }[]>()
  for (const { index, text } of completions) rows.set(index, [...(rows.get(index) ?? []), { text }])
  return rows
}
