import { Finding, type Cell, type Scored, type Scorer } from '#contract'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { childEnvironment } from '../../proc/environment'
import { runScript, type ScriptOptions } from '../../proc/script'
import type { Rewards } from './table'

/** A line of the file that is scored. The truth goes to the reward as it stands: for some rules it is a struct. */
export interface ScoreItem {
  index: number
  data_source: string
  solution: string
  truth: Cell
  extra_info: Cell
}

export interface ScoreRequest extends Pick<ScriptOptions<unknown>, 'signal' | 'onLine' | 'onStart' | 'onProgress'> {
  /** The environment's Python. */
  python: string
  resources: string
  scorer: Exclude<Scorer, { kind: 'rule' }>
  /** Files of JSON lines: `ScoreItem`s to read, and where their scores go, see `scoredRows`. */
  items: string
  out: string
  /** A row may take so long; 10 if it is not said. */
  secondsPerRow?: number
  /** Added to the child's environment, e.g. `bytecodeCache(layout)`. */
  variables?: Record<string, string>
}

const Scoring = z.object({ rows: z.number(), failed: z.number(), verl: z.string().nullable() })
/** `failed`: rows that raised, hung or gave no number; `verl`: its version, null where it is not installed. */
export type Scoring = z.infer<typeof Scoring>

/**
 * Scores every item with verl's own `default_compute_score`, or with a function of the user's, inside an environment. A
 * row that fails costs that row. Errors: REWARD_FUNCTION_BAD, SCRIPT_FAILED.
 */
export async function scoreInEnvironment(request: ScoreRequest): Promise<Scoring> {
  const { python, resources, scorer, items, out, secondsPerRow = 10, variables = {}, ...watching } = request
  const script = join(resources, 'python', 'score_rewards.py')
  // "=": a name may begin with a dash.
  const what = scorer.kind === 'verl' ? [] : [`--file=${scorer.file}`, `--name=${scorer.name}`]
  return runScript({
    ...watching,
    name: 'score_rewards.py',
    result: Scoring,
    argv: [python, script, `--items=${items}`, `--out=${out}`, `--seconds=${String(secondsPerRow)}`, ...what],
    cwd: resources,
    environment: childEnvironment({ ...variables, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' }),
  })
}

const Item = z.object({ index: z.number(), data_source: z.string(), solution: z.string(), truth: z.json() })
const Line = z.object({
  index: z.number(),
  score: z.number().nullable(),
  found: z.string().nullable(),
  failure: Finding.pick({ code: true, params: true }).nullable(),
})

/**
 * The scores of a finished `scoreInEnvironment`, beside what was scored, in order.
 * @param rewards explains what verl scored; null for a user's function, whose reasons are its own.
 */
export async function* scoredRows(
  items: string,
  out: string,
  rewards: Rewards | null,
): AsyncGenerator<Scored, void, undefined> {
  const scores = lines(out)
  try {
    for await (const text of lines(items)) {
      const next = await scores.next()
      if (next.done === true) return
      const item = Item.parse(JSON.parse(text))
      const { index, score, found, failure } = Line.parse(JSON.parse(next.value))
      const truth = typeof item.truth === 'string' ? item.truth : JSON.stringify(item.truth)
      const row = { index, score, truth, found }
      if (failure !== null) yield { ...row, reason: { ...failure, severity: 'error' } }
      else yield { ...row, ...explain(rewards, item.data_source, truth, item.solution, score ?? 0, found) }
    }
  } finally {
    await scores.return(undefined)
  }
}

function explain(
  rewards: Rewards | null,
  dataSource: string,
  truth: string,
  solution: string,
  score: number,
  found: string | null,
): Pick<Scored, 'found' | 'reason'> {
  const rule = rewards?.ruleFor(dataSource) ?? null
  if (rewards === null || rule === null) return { found, reason: null }
  const ours = rule.builtIn ? rewards.score(rule.id, truth, solution).found : found
  if (score >= rule.right) return { found: ours, reason: null }
  const reason = rewards.why(rule.id, truth, solution)
  return { found: ours, reason: reason ?? { code: 'REWARD_NOT_RIGHT', severity: 'warning', params: {} } }
}

/** Not readline: that ends a line at U+2028, too, which JSON leaves as it is. */
async function* lines(file: string): AsyncGenerator<string, void, undefined> {
  let rest = ''
  for await (const chunk of createReadStream(file, 'utf8')) {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (line.trim() !== '') yield line
  }
  if (rest.trim() !== '') yield rest
}
