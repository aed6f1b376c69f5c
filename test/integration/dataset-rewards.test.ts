import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerFinder } from '../../main/core/dataset/recipe/answer'
import { scoredRows, scoreInEnvironment, type ScoreItem } from '../../main/core/dataset/reward/in-environment'
import { loadRewards, type Rewards } from '../../main/core/dataset/reward/table'
import { corpusRules, damaged, rewardCorpus, type CorpusRule, type RewardCase } from '../support/reward-corpus'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'
import { verlRecipes, type VerlVersion } from '../support/verl-environments'

/** Our rules beside verl's own Python, as it is installed. */
const resources = resolve('resources')
const realData = resolve('..', 'shared', 'data', 'gsm8k')
const CASES = 6_000
const truthOf = answerFinder({ rule: 'hashes', pattern: '', clean: ['commas'] })
let pythons: VerlPythons
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'reward 奖励-'))
  pythons = await verlPythons()
}, 600_000)
afterAll(async () => {
  await pythons.close()
  await rm(root, { recursive: true, force: true })
})

function realAnswers(): RewardCase[] {
  const files = ['train.jsonl', 'test.jsonl'].map((name) => join(realData, name)).filter((file) => existsSync(file))
  return files
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'))
    .map((line) => (JSON.parse(line) as { answer: string }).answer)
    .map((completion) => ({ completion, truth: truthOf(completion) ?? '' }))
}

function itemsOf(rule: CorpusRule, dataSource: string, from: number): ScoreItem[] {
  const cases = rewardCorpus(rule, CASES, 20_260_000 + corpusRules.indexOf(rule))
  if (rule === 'gsm8k') cases.push(...damaged(realAnswers(), 7))
  return cases.map(({ truth, completion }, at) => ({
    index: from + at,
    data_source: dataSource,
    solution: completion,
    truth: rule === 'search_r1_like_qa_em' ? (JSON.parse(truth) as ScoreItem['truth']) : truth,
    extra_info: {},
  }))
}

interface Line {
  score: number | null
  found: string | null
  failure: { code: string } | null
}

/** What is different for one completion; null: nothing. */
function difference(rewards: Rewards, rule: CorpusRule, item: ScoreItem, verl: Line): string | null {
  const truth = typeof item.truth === 'string' ? item.truth : JSON.stringify(item.truth)
  const ours = rewards.score(rule, truth, item.solution)
  const why = rewards.why(rule, truth, item.solution)
  const right = rewards.rules.find(({ id }) => id === rule)?.right
  const found = verl.found === '[INVALID]' ? null : verl.found
  const same =
    verl.failure === null
      ? ours.score === verl.score && (rule !== 'math_dapo' || ours.found === found)
      : why?.code === 'REWARD_TRUTH_NO_TARGET'
  if (same && (why === null) === (ours.score === right)) return null
  return JSON.stringify({ rule, item, verl, ours, why })
}

describe.each(Object.keys(verlRecipes) as VerlVersion[])('verl %s', (verl) => {
  it('scores every completion as we do', { timeout: 300_000 }, async () => {
    const rewards = await loadRewards(resources, verl)
    const items: ScoreItem[] = []
    const rules: CorpusRule[] = []
    for (const rule of corpusRules) {
      const source = rewards.rules.find(({ id }) => id === rule)?.dataSources[0] ?? ''
      const more = itemsOf(rule, source, items.length)
      items.push(...more)
      rules.push(...more.map(() => rule))
    }
    const files = { items: join(root, `items ${verl}.jsonl`), out: join(root, `scores ${verl}.jsonl`) }
    await writeFile(files.items, items.map((item) => JSON.stringify(item)).join('\n'))
    const scorer = { kind: 'verl', environment: '' } as const
    const done = await scoreInEnvironment({
      ...files,
      scorer,
      python: pythons.python(verl),
      resources,
      signal: AbortSignal.timeout(280_000),
    })
    expect(done).toMatchObject({ rows: items.length, verl })

    const lines = (await readFile(files.out, 'utf8')).trim().split('\n')
    const scores = lines.map((line) => JSON.parse(line) as Line)
    const different = items.flatMap((item, at) => {
      const score = scores[at]
      return score === undefined ? ['no line'] : (difference(rewards, rules[at] as CorpusRule, item, score) ?? [])
    })
    expect(different.slice(0, 5)).toEqual([])
    for (const rule of corpusRules) {
      const rights = scores.filter(({ score }, at) => rules[at] === rule && score === 1).length
      expect(rights, `${rule} is right sometimes`).toBeGreaterThan(CASES / 20)
    }
  })

  it('chooses the rule by the same names', { timeout: 120_000 }, async () => {
    const rewards = await loadRewards(resources, verl)
    const names = [...(await loadRewards(resources)).rules.flatMap((rule) => rule.dataSources), 'made/up', 'aim', '']
    const sources = names.map((name) => name.replace('*', '2024')).filter((name) => needsNothing(rewards, name))
    const items = sources.map((data_source, index) => ({
      index,
      data_source,
      solution: '',
      truth: { target: [] },
      extra_info: {},
    }))
    const files = { items: join(root, `names ${verl}.jsonl`), out: join(root, `named ${verl}.jsonl`) }
    await writeFile(files.items, items.map((item) => JSON.stringify(item)).join('\n'))
    const scorer = { kind: 'verl', environment: '' } as const
    await scoreInEnvironment({
      ...files,
      scorer,
      python: pythons.python(verl),
      resources,
      signal: AbortSignal.timeout(60_000),
    })
    const unknown: string[] = []
    for await (const { index, reason } of scoredRows(files.items, files.out, null))
      if (String(reason?.params['detail']).startsWith('NotImplementedError')) unknown.push(sources[index] ?? '')
    expect(unknown).toEqual(sources.filter((name) => rewards.ruleFor(name) === null))
  })
})

/** geo3k is not installed with verl, and prime_code takes the truth for tests that it runs. */
function needsNothing(rewards: Rewards, name: string): boolean {
  const id = rewards.ruleFor(name)?.id
  return id !== 'geo3k' && id !== 'prime_code'
}
