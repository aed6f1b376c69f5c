import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import {
  hubServices,
  type Client,
  type DatasetCard,
  type DownloadRequest,
  type HubService,
  type HubSource,
  type JobView,
  type LibraryItem,
  type ModelCard,
  type Preview,
  type RepoInfo,
  type RepoQuestion,
  type RepoSummary,
} from '#contract'
import { AppError } from '#core'
import { followJob } from './follow'
import { bytes, table } from './format'
import { sayError, type Say } from './words'

export interface HubCommand {
  client: Client
  say: Say
  print: (line: string) => void
  options: HubOptions
}

export interface HubOptions {
  dataset?: boolean
  from?: string
  revision?: string
  include: string[]
  exclude: string[]
  rows: number
  environment?: string
  prompt: string
}

interface Answer {
  value: unknown
  code: number
}

type Action = (command: HubCommand, name: string, more: string | undefined) => Promise<Answer>

/** Each `launchpad hub` action: what it prints, what it answers to a machine, and the exit code. */
const actions: Record<string, Action> = {
  list,
  search,
  info,
  get,
  preview,
  verify: (command, name) => work(command, (requestId) => command.client.library.verify({ requestId, key: name })),
  repair: (command, name) => work(command, (requestId) => command.client.library.repair({ requestId, key: name })),
  say: sayIt,
  rm: remove,
  token,
  probe,
}
export const hubActions = Object.keys(actions)
/** What can be said without naming anything. */
const nameless = new Set(['list', 'search', 'probe'])

export async function hubCommand(
  command: HubCommand,
  action: string,
  name: string | undefined,
  more: string | undefined,
): Promise<Answer> {
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (act === undefined) throw new AppError('BAD_INPUT', { detail: `hub ${action}` })
  if (name === undefined && !nameless.has(action)) throw new AppError('BAD_INPUT', { detail: `hub ${action} <name>` })
  if (['verify', 'repair', 'rm', 'say'].includes(action)) return act(command, await keyOf(command, name ?? ''), more)
  return act(command, name ?? '', more)
}

/** "huggingface", "modelscope", an address, or a folder. */
function sourceOf(text: string | undefined): HubSource {
  if (text === undefined || text === 'huggingface') return { kind: 'huggingface', endpoint: null }
  if (text === 'modelscope') return { kind: 'modelscope', endpoint: null }
  if (/^https?:\/\//i.test(text)) return { kind: 'huggingface', endpoint: text }
  return { kind: 'folder', path: resolve(text) }
}

const question = ({ options }: HubCommand, repo: string): RepoQuestion => ({
  source: sourceOf(options.from),
  kind: options.dataset === true ? 'dataset' : 'model',
  repo,
  revision: options.revision ?? null,
})

/** A person says the id; two of the same name, a model and a dataset, are told apart by --dataset. */
async function keyOf({ client, options }: HubCommand, name: string): Promise<string> {
  const { library } = await client.snapshot()
  if (library[name] !== undefined) return name
  const key = `${options.dataset === true ? 'datasets' : 'models'}/${name}`
  const other = `datasets/${name}`
  return library[key] === undefined && library[other] !== undefined ? other : key
}

async function list({ client, say, print }: HubCommand): Promise<Answer> {
  const items = Object.values((await client.snapshot()).library).sort((a, b) => b.bytes - a.bytes)
  if (items.length === 0) print(say('hubTerminal.none'))
  for (const item of items) itemLines(item, say).forEach(print)
  return { value: items, code: 0 }
}

async function search(command: HubCommand, text: string): Promise<Answer> {
  const { source, kind } = question(command, text)
  const found = await command.client.hub.search({ source, kind, text, limit: 30 })
  if (found.length === 0) command.print(command.say('hubTerminal.nothing'))
  else table(found.map((one) => summaryCells(one, command.say))).forEach(command.print)
  return { value: found, code: 0 }
}

/** Whether an address is a hub, where it sends us, and how quick it is. */
async function probe({ client, say, print, options }: HubCommand): Promise<Answer> {
  const found = await client.hub.probe({ source: sourceOf(options.from) })
  const { endpoint, movedTo, latencyMs, problem } = found
  const facts = [endpoint, movedTo === null ? null : `-> ${movedTo}`, latencyMs === null ? null : `${latencyMs} ms`]
  print(facts.filter((fact) => fact !== null).join('  '))
  if (problem !== null) print(sayError(say, problem))
  return { value: found, code: problem === null ? 0 : 1 }
}

async function info(command: HubCommand, repo: string): Promise<Answer> {
  const found = await command.client.hub.info(question(command, repo))
  infoLines(found, command.say).forEach(command.print)
  return { value: found, code: 0 }
}

async function get(command: HubCommand, repo: string): Promise<Answer> {
  const { include, exclude } = command.options
  const asked: Omit<DownloadRequest, 'requestId'> = {
    ...question(command, repo),
    include: include.length === 0 ? null : include,
    exclude,
  }
  return work(command, (requestId) => command.client.hub.get({ requestId, ...asked }))
}

async function preview(command: HubCommand, repo: string, file: string | undefined): Promise<Answer> {
  if (file === undefined) throw new AppError('BAD_INPUT', { detail: 'hub preview <name> <file>' })
  const asked = { ...question(command, repo), kind: 'dataset' as const, file, rows: command.options.rows }
  const found = await command.client.hub.preview(asked)
  previewLines(found).forEach(command.print)
  return { value: found, code: 0 }
}

async function sayIt(command: HubCommand, key: string): Promise<Answer> {
  const { client, options, print } = command
  const environments = Object.values((await client.snapshot()).environments)
  const environment = options.environment ?? environments.find(({ status }) => status === 'ready')?.id
  if (environment === undefined) throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: '--environment' })
  const { prompt } = options
  const answer = await work(command, (requestId) => client.library.say({ requestId, key, environment, prompt }))
  const said = (await client.snapshot()).library[key]?.said
  if (answer.code === 0 && said != null) print(`${said.prompt} ${said.text}`)
  return answer
}

async function remove({ client, say, print }: HubCommand, key: string): Promise<Answer> {
  const freed = (await client.snapshot()).library[key]?.bytes ?? 0
  await client.library.remove({ key })
  print(say('environmentTerminal.freed', { bytes: freed }))
  return { value: { key, freedBytes: freed }, code: 0 }
}

/** The token is read from the input: an argument would be seen by everybody who lists processes. */
async function token({ client, say, print }: HubCommand, name: string, what: string | undefined): Promise<Answer> {
  const service = hubServices.find((one) => one === name)
  if (service === undefined || (what !== undefined && what !== 'set' && what !== 'forget'))
    throw new AppError('BAD_INPUT', { detail: `hub token (${hubServices.join(' | ')}) [set | forget]` })
  if (what === 'set') print(say('hubTerminal.tokenAsk'))
  const tokens =
    what === undefined
      ? await client.hub.tokens()
      : await client.hub.setToken({ service, token: what === 'set' ? await inputLine() : null })
  for (const { service, kept } of tokens) print(`${service.padEnd(12)} ${say(`tokenKept.${kept}`)}`)
  return { value: tokens satisfies { service: HubService }[], code: 0 }
}

export async function inputLine(): Promise<string> {
  let text = ''
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += String(piece)
    if (text.includes('\n')) break
  }
  // An open terminal would keep the process waiting for more.
  process.stdin.destroy()
  return text.split('\n')[0]?.trim() ?? ''
}

async function work(
  { client, say, print }: HubCommand,
  start: (requestId: string) => Promise<{ job: string; joined: boolean }>,
): Promise<Answer> {
  const { job: id, joined } = await start(randomUUID())
  const job: JobView = await followJob(client, id, joined, say, print)
  if (job.error !== null) print(sayError(say, job.error))
  for (const { findings } of job.steps) for (const { code, params } of findings) print(say(`finding.${code}`, params))
  const { downloads } = await client.snapshot()
  const code = job.status === 'done' ? 0 : job.status === 'cancelled' ? 130 : 1
  return { value: { job, download: downloads[id] ?? null }, code }
}

function itemLines(item: LibraryItem, say: Say): string[] {
  const facts = [bytes(item.bytes), `${item.files} ${say('units.files')}`, say(`libraryState.${item.state}`)]
  const lines = [`${item.key}  ${facts.join(', ')}`, `    ${item.folder}`]
  if (item.usedBy.length > 0) lines.push(`    ${say('hubTerminal.usedBy', { names: item.usedBy.join(', ') })}`)
  return [...lines, ...item.damaged.map((path) => `    ! ${path}`)]
}

const short = (count: number | null) =>
  count === null
    ? ''
    : count < 1000
      ? String(count)
      : count < 1e6
        ? `${(count / 1e3).toFixed(0)}k`
        : `${(count / 1e6).toFixed(1)}M`

const billions = (count: number) => (count < 1e8 ? `${(count / 1e6).toFixed(1)} M` : `${(count / 1e9).toFixed(2)} B`)

function summaryCells({ id, parameters, downloads, gated, updatedAt }: RepoSummary, say: Say): string[] {
  const size = parameters === null ? '' : billions(parameters)
  const date = updatedAt === null ? '' : new Date(updatedAt).toISOString().slice(0, 10)
  return [id, size, short(downloads), date, gated ? say('hubTerminal.gated') : '']
}

function infoLines(found: RepoInfo, say: Say): string[] {
  const lines = [
    `${found.id}  ${found.revision} ${found.commit.slice(0, 12)}  ${found.endpoint}`,
    say('hubTerminal.size', {
      wanted: found.wantedBytes,
      total: found.totalBytes,
      present: found.presentBytes,
      free: found.freeBytes,
    }),
  ]
  if (found.gated) lines.push(say('hubTerminal.gatedRepo', { page: found.page ?? '' }))
  if (found.model !== null) lines.push(...modelLines(found.model, say))
  if (found.dataset !== null) lines.push(...datasetLines(found.dataset))
  lines.push(...found.findings.map(({ code, params }) => say(`finding.${code}`, params)))
  const cells = found.files.map(({ path, size, wanted, skipped }) => [
    wanted ? '*' : ' ',
    bytes(size),
    path,
    skipped === null ? '' : say(`skipped.${skipped}`),
  ])
  return [...lines, ...table(cells)]
}

function modelLines(card: ModelCard, say: Say): string[] {
  const facts = [
    card.architecture,
    card.parameters === null ? null : billions(card.parameters),
    card.dtype,
    card.context === null ? null : say('hubTerminal.context', { tokens: card.context }),
    say(card.template ? 'hubTerminal.template' : 'hubTerminal.noTemplate'),
  ]
  const lines = [facts.filter((fact) => fact !== null).join(', ')]
  const able = card.support.filter(({ transformers, vllm }) => transformers !== false && vllm !== false)
  if (card.support.length > 0)
    lines.push(say('hubTerminal.recipes', { names: able.map(({ recipe }) => recipe).join(', ') || '-' }))
  if (card.fit !== null) {
    const { runnable, algorithm, recipe } = card.fit
    lines.push(say(runnable ? 'hubTerminal.fits' : 'hubTerminal.doesNotFit', { algorithm, recipe: recipe ?? '-' }))
    if (!runnable) lines.push(...card.fit.findings.map(({ code, params }) => `  ${say(`finding.${code}`, params)}`))
  }
  if (card.problem !== null) lines.push(sayError(say, card.problem))
  return lines
}

function datasetLines({ configs }: DatasetCard): string[] {
  return configs.flatMap(({ name, splits }) =>
    splits.map((split) => `${name}/${split.name}  ${bytes(split.bytes)}  ${split.files.join(', ')}`),
  )
}

function previewLines({ columns, rows, totalRows }: Preview): string[] {
  const head = columns.map(({ name, type }) => `${name}: ${type}`).join(', ')
  const lines = rows.flatMap((row, index) => [
    `-- ${index}`,
    ...row.map((cell, column) => `${columns[column]?.name ?? ''}: ${cell}`),
  ])
  return [totalRows === null ? head : `${head}  (${totalRows})`, ...lines]
}
