import type { DatasetCard, Finding } from '#contract'
import picomatch from 'picomatch'
import { loadAll } from 'js-yaml'
import * as z from 'zod'
import type { RemoteFile } from '../types'
import { has, type RemoteReader } from './reader'

/*
 * The rules of the `datasets` library, read in 5.2.0: data_files.py (patterns by default), utils/metadata.py (README),
 * load.py (which of the matching files are rows). Its loaders for pictures, sound and archives are left out.
 */

const formats: readonly (readonly string[])[] = [
  ['parquet', 'geoparquet', 'gpq'],
  ['csv', 'tsv'],
  ['json', 'jsonl', 'ndjson'],
  ['arrow'],
  ['txt'],
]
const known = new Set(formats.flat())
const ignored = new Set([
  'README.md',
  'config.json',
  'dataset_info.json',
  'dataset_infos.json',
  'dummy_data.zip',
  'dataset_dict.json',
])

const SHARDED = /^data\/([^/]*)-\d{5}-of-\d{5}[^/]*\.[^/]*$/
const SPLIT = /^\w+(\.\w+)*$/
const usual = ['train', 'validation', 'test']
const keywords: readonly (readonly [string, string])[] = [
  ['train', 'train|training'],
  ['validation', 'validation|valid|dev|val'],
  ['test', 'test|testing|eval|evaluation'],
]
/** NON_WORDS_CHARS: "train" is a word of "my_train-2.csv" and not of "trainer.csv". */
const SEP = '[-._ 0-9]'
const inFolder = (words: string) => new RegExp(`(^|/)([^/]*${SEP})?(${words})(${SEP}[^/]*)?/`)
const inName = (words: string) => new RegExp(`(^|/)([^/]*${SEP})?(${words})${SEP}[^/]*$`)

type Splits = { name: string; files: string[] }[]

/** The format that a name says, below ".gz" and ".zst"; null: not rows. */
export function formatOf(path: string): string | null {
  const ends = path.split('/').at(-1)?.toLowerCase().split('.').slice(1) ?? []
  return ends.findLast((end) => known.has(end)) ?? null
}

const partsOf = (path: string) => path.split('/')
const nameOf = (path: string) => partsOf(path).at(-1) ?? ''
/** Parts that begin with a dot, and folders that begin with "__". */
const secrets = (path: string) =>
  [
    partsOf(path).filter((part) => part.startsWith('.') && !/^\.+$/.test(part)).length,
    partsOf(path)
      .slice(0, -1)
      .filter((part) => part.startsWith('__')).length,
  ].join()

/** What is hidden is taken by a pattern only that names as much of it, and an ignored name only by itself. */
const isShown = (path: string, pattern: string) =>
  secrets(path) === secrets(pattern) && (!ignored.has(nameOf(path)) || nameOf(path) === nameOf(pattern))
const visible = ({ path }: RemoteFile) => isShown(path, '**')

/** Every file that holds rows, of whichever format. */
export const datasetFiles = (files: RemoteFile[]): string[] =>
  files.filter(visible).flatMap(({ path }) => (formatOf(path) === null ? [] : [path]))

/** Of what matched, the files of the format that most of them have: a dataset is of one. */
function rowsOf(splits: Splits): Splits {
  const counts = formats.map(
    (ends) => splits.flatMap(({ files }) => files).filter((path) => ends.includes(formatOf(path) ?? '')).length,
  )
  const most = formats[counts.indexOf(Math.max(...counts))] ?? []
  return splits
    .map(({ name, files }) => ({ name, files: files.filter((path) => most.includes(formatOf(path) ?? '')) }))
    .filter(({ files }) => files.length > 0)
}

/** Splits by the files' names: data/<split>-00000-of-00005, else a folder's name, else a word in it, else all is "train". */
export function splitsByName(files: RemoteFile[]): Splits {
  const paths = files
    .filter(visible)
    .map(({ path }) => path)
    .sort()
  const sharded = new Map<string, string[]>()
  for (const path of paths) {
    const split = SHARDED.exec(path)?.[1]
    if (split !== undefined && SPLIT.test(split)) sharded.set(split, [...(sharded.get(split) ?? []), path])
  }
  if (sharded.size > 0) {
    const names = [
      ...usual.filter((name) => sharded.has(name)),
      ...[...sharded.keys()].filter((name) => !usual.includes(name)).sort(),
    ]
    return rowsOf(names.map((name) => ({ name, files: sharded.get(name) ?? [] })))
  }
  for (const rule of [inFolder, inName]) {
    const splits = keywords.map(([name, words]) => ({ name, files: paths.filter((path) => rule(words).test(path)) }))
    if (splits.some((split) => split.files.length > 0)) return rowsOf(splits)
  }
  return rowsOf([{ name: 'train', files: paths }])
}

const Patterns = z.union([z.string(), z.array(z.string())])
const DataFiles = z.union([Patterns, z.array(z.object({ split: z.string(), path: Patterns }))])
const Settings = z.looseObject({
  configs: z
    .array(
      z.looseObject({
        config_name: z.string().default('default'),
        data_files: DataFiles.optional(),
        data_dir: z.string().optional(),
        default: z.boolean().optional(),
      }),
    )
    .optional(),
})

/** The files that patterns of a card take: fsspec's glob, as `resolve_pattern` uses it. */
export function matching(files: RemoteFile[], patterns: string | string[], folder: string): string[] {
  const found = (Array.isArray(patterns) ? patterns : [patterns]).flatMap((pattern) => {
    const glob = `${folder}${pattern}`.replace(/^(\.\/)+/, '')
    const takes = picomatch(glob, { dot: true, nobrace: true, noextglob: true, nonegate: true })
    return files.filter(({ path }) => takes(path) && isShown(path, glob)).map(({ path }) => path)
  })
  return [...new Set(found)]
}

/** The configs that README.md lists; null: it lists none with files, so their names decide. */
function configsOf(settings: z.infer<typeof Settings>, files: RemoteFile[]) {
  const configs = settings.configs ?? []
  if (
    configs.length === 0 ||
    !configs.some(({ data_files, data_dir }) => data_files !== undefined || data_dir !== undefined)
  )
    return null
  const isDefault = (config: (typeof configs)[number]) => config.default === true || config.config_name === 'default'
  return [...configs]
    .sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)))
    .map(({ config_name: name, data_files, data_dir }) => {
      const folder = data_dir === undefined ? '' : `${data_dir.replace(/^(\.?\/)+|\/+$/g, '')}/`
      if (data_files === undefined) return { name, splits: below(files, folder) }
      const listed = Array.isArray(data_files) && typeof data_files[0] === 'object'
      const entries = listed
        ? (data_files as { split: string; path: string | string[] }[])
        : [{ split: 'train', path: data_files as string | string[] }]
      return {
        name,
        splits: rowsOf(entries.map(({ split, path }) => ({ name: split, files: matching(files, path, folder) }))),
      }
    })
}

/** The rules for names, inside of a folder. */
function below(files: RemoteFile[], folder: string): Splits {
  const inside = files.flatMap((file) =>
    file.path.startsWith(folder) ? [{ ...file, path: file.path.slice(folder.length) }] : [],
  )
  return splitsByName(inside).map(({ name, files: paths }) => ({
    name,
    files: paths.map((path) => `${folder}${path}`),
  }))
}

const FRONT = /^\s*---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(\r?\n|$)/

/** Configs and splits of a dataset, the default config first. Nothing of it is run. Errors: those of the hub. */
export async function datasetCard(
  reader: RemoteReader,
  signal: AbortSignal,
): Promise<{ card: DatasetCard; findings: Finding[] }> {
  const { files } = reader
  const findings: Finding[] = []
  let configs: { name: string; splits: Splits }[] | null = null
  if (has(reader, 'README.md')) {
    const front = FRONT.exec((await reader.read('README.md', signal)).toString('utf8'))?.[1]
    try {
      if (front !== undefined) configs = configsOf(Settings.parse(loadAll(front)[0] ?? {}), files)
    } catch (thrown) {
      const detail =
        thrown instanceof z.ZodError ? (thrown.issues[0]?.path.join('.') ?? '') : String(thrown).split('\n')[0]
      findings.push({ code: 'DATASET_CARD_BAD', severity: 'warning', params: { detail: detail ?? '' } })
    }
  }
  const all = configs ?? [{ name: 'default', splits: splitsByName(files) }]
  const sizes = new Map(files.map(({ path, size }) => [path, size]))
  const shown = all
    .filter(({ splits }) => splits.length > 0)
    .map(({ name, splits }) => ({
      name,
      splits: splits.map((split) => ({
        ...split,
        bytes: split.files.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0),
      })),
    }))
  if (shown.length === 0) findings.push(nothing(reader))
  return { card: { configs: shown }, findings }
}

/** A loading script is named like its dataset (datasets before 4.0 ran it). */
function nothing(reader: RemoteReader): Finding {
  const dataset = reader.where()
  const name = dataset.split(/[\\/]/).at(-1) ?? ''
  const script = reader.files.find(({ path }) => path === `${name}.py`)
  if (script === undefined) return { code: 'DATASET_NO_DATA', severity: 'warning', params: { dataset } }
  return { code: 'DATASET_SCRIPT', severity: 'warning', params: { dataset, file: script.path } }
}
