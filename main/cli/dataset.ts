import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import {
  presetNames,
  type Client,
  type DataRecipe,
  type DataRef,
  type Finding,
  type OpenedData,
  type Scorer,
  type TokenAsk,
  type Watched,
} from '#contract'
import { AppError } from '#core'
import { followJob } from './follow'
import { compareLines, inspectLines, lintLines, preparedLines, rewardLines, tokenLines } from './dataset-lines'
import { sayError, type Say } from './words'

export interface DatasetOptions {
  config?: string
  split?: string
  test?: string
  preset?: string
  recipe?: string
  saveRecipe?: string
  raw?: boolean
  skipBadLines?: boolean
  model?: string
  thinking?: boolean
  maxPromptTokens?: number
  batch?: number
  name?: string
  out?: string
  environment?: string
  function?: string
  verl?: boolean
  completion: string[]
  row: number
  rows: number
}

interface DatasetCommand {
  client: Client
  say: Say
  print: (line: string) => void
  options: DatasetOptions
}

interface Answer {
  value: unknown
  code: number
}

/** What is to be done with which data; `test` and `recipe` are suggested when they are not named. */
interface Job {
  data: DataRef
  opened: OpenedData
  test: DataRef | null
  recipe: DataRecipe
}

type Action = (command: DatasetCommand, paths: string[]) => Promise<Answer>

const actions: Record<string, Action> = { list, inspect, compare, tokens, lint, reward, convert, rm: remove }
export const datasetActions = Object.keys(actions)

export async function datasetCommand(command: DatasetCommand, action: string, paths: string[]): Promise<Answer> {
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (act === undefined) throw new AppError('BAD_INPUT', { detail: `dataset ${action}` })
  if (paths.length === 0 && action !== 'list')
    throw new AppError('BAD_INPUT', { detail: `dataset ${action} <file or folder>` })
  return act(command, paths)
}

/** A path of this machine; a name of the library stands for its folder. */
async function refOf({ client, options }: DatasetCommand, paths: string[]): Promise<DataRef> {
  const { library, datasets } = await client.snapshot()
  const known = (path: string) => (library[path] ?? library[`datasets/${path}`] ?? datasets[path])?.folder
  return {
    paths: paths.map((path) => known(path) ?? resolve(path)),
    config: options.config ?? null,
    split: options.split ?? null,
    badLines: options.skipBadLines === true ? 'setAside' : 'stop',
  }
}

async function list({ client, say, print }: DatasetCommand): Promise<Answer> {
  const all = Object.values((await client.snapshot()).datasets)
  if (all.length === 0) print(say('datasetTerminal.none'))
  preparedLines(all, say).forEach(print)
  return { value: all, code: 0 }
}

async function inspect(command: DatasetCommand, paths: string[]): Promise<Answer> {
  const { client, say, print, options } = command
  const data = await refOf(command, paths)
  const opened = await last(command, client.dataset.prepare(data))
  const profile = await last(command, client.dataset.profile(data))
  const some = { data, from: 0, count: options.rows, search: '', filters: [], sort: null }
  const { rows } = options.rows > 0 ? await client.dataset.rows(some) : { rows: [] }
  inspectLines(opened, profile, rows, say).forEach(print)
  return { value: { opened, profile, rows }, code: 0 }
}

async function compare(command: DatasetCommand, paths: string[]): Promise<Answer> {
  const { client, print, say } = command
  const [first = '', second] = paths
  if (second === undefined) throw new AppError('BAD_INPUT', { detail: 'dataset compare <one> <other>' })
  const [a, b] = [await refOf(command, [first]), await refOf(command, [second])]
  const found = await last(command, client.dataset.compare({ a, b, column: null }))
  compareLines(found, say).forEach(print)
  return { value: found, code: 0 }
}

async function tokens(command: DatasetCommand, paths: string[]): Promise<Answer> {
  const { client, print, say, options } = command
  const ask = askOf(options)
  if (ask === null) throw new AppError('BAD_INPUT', { detail: 'dataset tokens --model <folder or name>' })
  const { data, recipe } = await jobOf(command, paths)
  const found = await last(command, client.dataset.tokens({ data, recipe, ask }))
  tokenLines(found, options.maxPromptTokens ?? null, say).forEach(print)
  return { value: found, code: 0 }
}

async function lint(command: DatasetCommand, paths: string[]): Promise<Answer> {
  const { client, print, say, options } = command
  const { data, test, recipe } = await jobOf(command, paths)
  const report = await last(
    command,
    client.dataset.lint({
      data,
      test,
      recipe: options.raw === true ? null : recipe,
      ask: askOf(options),
      maxPromptTokens: options.maxPromptTokens ?? null,
      batch: options.batch ?? null,
      filtersOverlong: false,
    }),
  )
  lintLines(report, say).forEach(print)
  return { value: report, code: report.findings.some(({ severity }) => severity === 'error') ? 1 : 0 }
}

async function reward(command: DatasetCommand, paths: string[]): Promise<Answer> {
  const { client, print, say, options } = command
  const { data, recipe } = await jobOf(command, paths)
  const typed = options.completion.map((text) => ({ index: options.row, text }))
  const completions = typed.length === 0 ? 'gold' : typed
  const scorer = await scorerOf(command)
  const report = await last(command, client.dataset.reward({ data, recipe, scorer, completions }))
  rewardLines(report, say).forEach(print)
  return { value: report, code: report.right === report.rows || completions !== 'gold' ? 0 : 1 }
}

async function convert(command: DatasetCommand, paths: string[]): Promise<Answer> {
  const { client, print, say, options } = command
  const { data, opened, test, recipe } = await jobOf(command, paths)
  if (options.saveRecipe !== undefined)
    await writeFile(resolve(options.saveRecipe), (await client.dataset.exportRecipe(recipe)).text)
  const { job: id, joined } = await client.dataset.convert({
    requestId: randomUUID(),
    name: options.name ?? nameOf(opened),
    data,
    test,
    recipe,
    ask: askOf(options),
    out: options.out === undefined ? null : resolve(options.out),
    environment: options.environment ?? null,
  })
  const job = await followJob(client, id, joined, say, print)
  if (job.error !== null) print(sayError(say, job.error))
  for (const { findings } of job.steps) findings.forEach((finding) => print(sentence(finding, say)))
  const made = await madeBy(client, options, joined ? null : job.startedAt)
  if (job.status === 'done' && made !== null) preparedLines([made], say).forEach(print)
  return { value: { job, dataset: made }, code: job.status === 'done' ? 0 : job.status === 'cancelled' ? 130 : 1 }
}

/** The newest one of the list; a dataset in a folder of the user's is in none. */
async function madeBy(client: Client, options: DatasetOptions, since: number | null) {
  if (options.out !== undefined) return null
  const all = Object.values((await client.snapshot()).datasets).sort((a, b) => b.card.at - a.card.at)
  const newest = all[0]
  return newest !== undefined && (since === null || newest.card.at >= since) ? newest : null
}

async function remove({ client, print, say }: DatasetCommand, [key = '']: string[]): Promise<Answer> {
  const freed = (await client.snapshot()).datasets[key]?.bytes ?? 0
  await client.dataset.remove({ key })
  print(say('environmentTerminal.freed', { bytes: freed }))
  return { value: { key, freedBytes: freed }, code: 0 }
}

async function jobOf(command: DatasetCommand, paths: string[]): Promise<Job> {
  const { client, options } = command
  const data = await refOf(command, paths)
  const opened = await last(command, client.dataset.prepare(data))
  const suggestion = await client.dataset.suggest(data)
  const others = [suggestion.recipe, ...suggestion.others]
  const recipe = options.recipe === undefined ? presetOf(options, others) : await recipeOf(client, options.recipe)
  const split = suggestion.test === null ? null : { ...data, config: opened.config, split: suggestion.test }
  const test = options.test === undefined ? split : await testOf(command, data, opened, options.test)
  // Rows that are named are the ones to validate with, whatever the recipe would set apart.
  if (options.test !== undefined) return { data, opened, test, recipe: { ...recipe, split: { kind: 'given' } } }
  return { data, opened, test: recipe.split.kind === 'given' ? test : null, recipe }
}

function presetOf({ preset }: DatasetOptions, recipes: DataRecipe[]): DataRecipe {
  const found = preset === undefined ? recipes[0] : recipes.find((recipe) => recipe.preset === preset)
  if (found === undefined) throw new AppError('BAD_INPUT', { detail: `--preset ${presetNames.join(' | ')}` })
  return found
}

async function recipeOf(client: Client, file: string): Promise<DataRecipe> {
  try {
    return await client.dataset.importRecipe({ text: await readFile(resolve(file), 'utf8') })
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
      throw new AppError('DATA_NOT_FOUND', { path: file })
    throw thrown
  }
}

/** The name of a split, or other data. */
function testOf(command: DatasetCommand, data: DataRef, opened: OpenedData, test: string): Promise<DataRef> | DataRef {
  const splits = opened.configs.find(({ name }) => name === opened.config)?.splits ?? []
  if (splits.includes(test)) return { ...data, config: opened.config, split: test }
  return refOf({ ...command, options: { ...command.options, split: undefined, config: undefined } as never }, [test])
}

const askOf = ({ model, thinking }: DatasetOptions): TokenAsk | null =>
  model === undefined ? null : { model, thinking: thinking ?? null }

/** --function FILE:NAME and --verl need an environment: the named one, or one that is ready. */
async function scorerOf({ client, options }: DatasetCommand): Promise<Scorer> {
  if (options.function === undefined && options.verl !== true) return { kind: 'rule' }
  const all = Object.values((await client.snapshot()).environments)
  const environment = options.environment ?? all.find(({ status }) => status === 'ready')?.id
  if (environment === undefined) throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: '--environment' })
  if (options.function === undefined) return { kind: 'verl', environment }
  const [, file = options.function, name = 'compute_score'] = /^(.*?)(?::([A-Za-z_]\w*))?$/.exec(options.function) ?? []
  return { kind: 'function', environment, file: resolve(file), name }
}

const nameOf = ({ name }: OpenedData): string =>
  name
    .replace(/\.[a-z0-9.]+$/i, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[._-]+/, '') || basename('data')

const sentence = ({ code, params }: Finding, say: Say) => say(`finding.${code}`, params)

/** The result of something that takes a while; how far it is, every few seconds. */
async function last<Value>(
  { print, say }: DatasetCommand,
  asking: Promise<AsyncIterable<Watched<Value>>>,
): Promise<Value> {
  let told = Date.now()
  for await (const news of await asking) {
    if (news.kind === 'result') return news.value
    if (Date.now() - told < 2_000) continue
    told = Date.now()
    const share = news.total === null ? '' : ` / ${news.total}`
    print(`      ${news.done}${share} ${say(`units.${news.unit}`)}`)
  }
  throw new AppError('CANCELLED')
}
