import type { DataRef, Finding, OpenedData } from '#contract'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { AppError, errnoOf } from '../../errors'
import { datasetCard, datasetFiles, formatOf } from '../../hub/facts/dataset-card'
import { folderReader } from '../../hub/facts/reader'

/** The files of one table, absolute and in the order of their rows. */
export interface Chosen {
  name: string
  configs: OpenedData['configs']
  config: string | null
  split: string | null
  paths: string[]
  findings: Finding[]
}

type Configs = { name: string; splits: { name: string; files: string[] }[] }[]

/**
 * What a person points at, as files. Errors: DATA_NOT_FOUND, DATA_UNREADABLE, DATA_NOTHING_TO_READ,
 * DATA_CHOICE_UNKNOWN.
 */
export async function discover(data: DataRef, signal: AbortSignal): Promise<Chosen> {
  const paths = data.paths.map((path) => resolve(path))
  const first = paths[0] ?? ''
  const kinds = await Promise.all(paths.map(kindOf))
  if (paths.length === 1 && kinds[0] === 'folder') return readable(first, () => folder(first, data, signal))
  const files = await Promise.all(
    paths.map((path, at) => readable(path, async () => (kinds[at] === 'file' ? [path] : allBelow(path)))),
  )
  const more = paths.length > 1 ? ` +${paths.length - 1}` : ''
  return {
    name: `${basename(first)}${more}`,
    ...choose([], data),
    configs: [],
    paths: [...new Set(files.flat())],
    findings: [],
  }
}

async function kindOf(path: string): Promise<'file' | 'folder'> {
  return readable(path, async () => {
    const found = await stat(path)
    if (found.isFile()) return 'file'
    if (found.isDirectory()) return 'folder'
    throw new AppError('DATA_FORMAT_UNKNOWN', { file: path }) // a device, a pipe: reading one may never end
  })
}

async function readable<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (thrown instanceof AppError || errno === undefined) throw thrown
    if (['ENOENT', 'ENOTDIR'].includes(errno)) throw new AppError('DATA_NOT_FOUND', { path }, thrown)
    throw new AppError('DATA_UNREADABLE', { file: path, detail: errno }, thrown)
  }
}

async function allBelow(path: string): Promise<string[]> {
  const reader = await folderReader(path, true)
  const found = datasetFiles(reader.files)
  if (found.length === 0) throw new AppError('DATA_NOTHING_TO_READ', { path })
  return found.map((file) => join(path, file))
}

async function folder(path: string, data: DataRef, signal: AbortSignal): Promise<Chosen> {
  const name = basename(path)
  for (const form of [savedSplits, saved, cached, snapshot]) {
    const configs = await form(path)
    if (configs !== null) return { name, ...choose(configs, data), findings: [] }
  }
  const reader = await folderReader(path, true)
  const { card, findings } = await datasetCard(reader, signal)
  if (card.configs.length === 0) throw new AppError('DATA_NOTHING_TO_READ', { path })
  const configs = card.configs.map((config) => ({
    name: config.name,
    splits: config.splits.map((split) => ({ name: split.name, files: split.files.map((file) => join(path, file)) })),
  }))
  return {
    name,
    ...choose(configs, data),
    findings: [...findings, ...leftOut(path, configs, datasetFiles(reader.files))],
  }
}

/** As the datasets library has it, a table is of the most frequent format; that others are not in it is said. */
function leftOut(path: string, configs: Configs, all: string[]): Finding[] {
  const used = new Set(configs.flatMap(({ splits }) => splits.flatMap(({ files }) => files)))
  const families = new Set([...used].map(familyOf))
  const others = all.filter((file) => !used.has(join(path, file))).map(familyOf)
  const strange = others.filter((family) => !families.has(family))
  if (strange.length === 0) return []
  const formats = [...new Set([...families, ...strange])].sort().join(', ')
  return [{ code: 'DATA_FORMATS_MIXED', severity: 'warning', params: { path, formats } }]
}

function familyOf(file: string): string {
  const ending = formatOf(file) ?? ''
  return { jsonl: 'json', ndjson: 'json', tsv: 'csv', geoparquet: 'parquet', gpq: 'parquet' }[ending] ?? ending
}

/** The config and split that are asked for; else the default one, and "train", or whichever is first. */
function choose(configs: Configs, data: DataRef): Omit<Chosen, 'name' | 'findings'> {
  const names = (list: { name: string }[]) => list.map(({ name }) => name).join(', ')
  const config = data.config === null ? configs[0] : configs.find(({ name }) => name === data.config)
  if (config === undefined) {
    if (data.config !== null || data.split !== null)
      throw new AppError('DATA_CHOICE_UNKNOWN', { choice: data.config ?? data.split ?? '', choices: names(configs) })
    return { configs: [], config: null, split: null, paths: [] }
  }
  const split =
    data.split === null
      ? (config.splits.find(({ name }) => name === 'train') ?? config.splits[0])
      : config.splits.find(({ name }) => name === data.split)
  if (split === undefined)
    throw new AppError('DATA_CHOICE_UNKNOWN', { choice: data.split ?? '', choices: names(config.splits) })
  return {
    configs: configs.map(({ name, splits }) => ({ name, splits: splits.map((one) => one.name) })),
    config: config.name,
    split: split.name,
    paths: split.files,
  }
}

/*
 * What the datasets library itself writes (5.2.0): Dataset.save_to_disk and DatasetDict.save_to_disk in
 * arrow_dataset.py and dataset_dict.py, the cache in builder.py with the names of naming.py.
 */

const State = z.looseObject({
  _data_files: z.array(z.looseObject({ filename: z.string() })),
  _split: z.string().nullable().optional(),
})
const SavedDict = z.looseObject({ splits: z.array(z.string()) })
const Info = z.looseObject({
  config_name: z.string().nullable().optional(),
  splits: z.record(z.string(), z.looseObject({})).nullable().optional(),
})

async function json<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(thrown) ?? '')) return null
    const detail = thrown instanceof z.ZodError ? (thrown.issues[0]?.message ?? '') : String(thrown).split('\n')[0]
    throw new AppError('DATA_DAMAGED', { file, detail: detail ?? '' }, thrown)
  }
}

/** Names in such files are of this folder: nothing outside of it is read for them. */
function inside(path: string, name: string, file: string): string {
  if (basename(name) !== name || name === '..')
    throw new AppError('DATA_DAMAGED', { file, detail: `"${name}" is no name of a file here` })
  return join(path, name)
}

async function saved(path: string): Promise<Configs | null> {
  const file = join(path, 'state.json')
  const state = await json(file, State).catch((thrown: unknown) => {
    // Programs of all kinds have a state.json.
    if (thrown instanceof AppError && thrown.data.code === 'DATA_DAMAGED') return null
    throw thrown
  })
  if (state === null) return null
  const files = state._data_files.map(({ filename }) => inside(path, filename, file))
  if (files.length === 0) throw new AppError('DATA_EMPTY', { file: path })
  return [{ name: 'default', splits: [{ name: state._split ?? 'train', files }] }]
}

async function savedSplits(path: string): Promise<Configs | null> {
  const file = join(path, 'dataset_dict.json')
  const dict = await json(file, SavedDict)
  if (dict === null) return null
  const splits = await Promise.all(
    dict.splits.map(async (name) => {
      const below = inside(path, name, file)
      const files = (await saved(below))?.[0]?.splits[0]?.files
      if (files === undefined) throw new AppError('DATA_NOT_FOUND', { path: join(below, 'state.json') })
      return { name, files }
    }),
  )
  if (splits.length === 0) throw new AppError('DATA_EMPTY', { file: path })
  return [{ name: 'default', splits }]
}

/** `<builder>-<split>.arrow` or `<builder>-<split>-00000-of-00002.arrow`; `cache-….arrow` are results of map(). */
const CACHED = /^[^/]+?-([\w.]+?)(?:-\d{5}-of-\d{5})?\.arrow$/

async function cached(path: string): Promise<Configs | null> {
  const reader = await folderReader(path, true)
  const infos = reader.files.filter(({ path: file }) => basename(file) === 'dataset_info.json')
  const configs: Configs = []
  for (const { path: file } of infos) {
    const below = dirname(file) === '.' ? '' : `${dirname(file)}/`
    const info = await json(join(path, file), Info).catch(() => null)
    const known = Object.keys(info?.splits ?? {})
    const arrow = reader.files.flatMap(({ path: one }) => {
      const name = one.startsWith(below) ? one.slice(below.length) : '/'
      const split = CACHED.exec(name)?.[1]
      return split !== undefined && known.includes(split) ? [{ split, file: join(path, one) }] : []
    })
    if (arrow.length === 0) continue
    const splits = known
      .map((name) => ({ name, files: arrow.filter(({ split }) => split === name).map((one) => one.file) }))
      .filter(({ files }) => files.length > 0)
    const name = info?.config_name ?? 'default'
    configs.push({ name: configs.some((other) => other.name === name) ? `${name} (${below})` : name, splits })
  }
  return configs.length > 0 ? configs : null
}

/** The cache of huggingface_hub: `datasets--org--name` with `refs/main` naming a folder of `snapshots`. */
async function snapshot(path: string): Promise<Configs | null> {
  const commit = await readFile(join(path, 'refs', 'main'), 'utf8').catch(() => null)
  if (commit === null || !/^[0-9a-f]{40}$/.test(commit.trim())) return null
  const root = join(path, 'snapshots', commit.trim())
  const { card } = await datasetCard(await folderReader(root, true), new AbortController().signal)
  if (card.configs.length === 0) return null
  return card.configs.map(({ name, splits }) => ({
    name,
    splits: splits.map((split) => ({ name: split.name, files: split.files.map((file) => join(root, file)) })),
  }))
}
