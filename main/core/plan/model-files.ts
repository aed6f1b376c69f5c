import type { ModelFacts } from '#contract'
import { basename } from 'node:path'
import pMap from 'p-map'
import * as z from 'zod'
import { AppError, errnoOf } from '../errors'
import { folderReader, has, sizeIn, type RemoteReader } from '../hub/facts/reader'
import { knownArchitecture, ModelShape, sizeOf } from './model-shape'

const INDEX = 'model.safetensors.index.json'
const SINGLE = 'model.safetensors'
/** Headers read at once; each costs one or two small reads. */
const AT_ONCE = 8
/** The format's own limit (safetensors 0.4, src/tensor.rs: MAX_HEADER_SIZE). */
const MAX_HEADER = 100_000_000
/** Most headers are shorter: a second request to a hub is saved. */
const FIRST_READ = 64 * 1024

/**
 * Facts of the model in `folder`, from config.json and the headers of its safetensors files; no weight is read.
 * Every way in which a folder is no usable model is a MODEL_* error of its own.
 */
export async function readModel(folder: string): Promise<ModelFacts> {
  const reader = await openFolder(folder)
  return { ...(await readModelFrom(reader, new AbortController().signal)), name: basename(folder), folder }
}

/** The same from any reader: a repository of a hub is no folder, and is named by its id. */
export async function readModelFrom(reader: RemoteReader, signal: AbortSignal): Promise<ModelFacts> {
  const shape = await readShape(reader, signal)
  return withWeights(shape, reader, await readWeights(reader, signal))
}

/** Facts of a shape with what was read of the weights; null: the formula alone. */
export function withWeights(shape: ModelShape, reader: RemoteReader, sizes: Sizes | null): ModelFacts {
  const facts = sizeOf(reader.where(), shape)
  if (sizes === null) return facts
  // What lies there is the truth; the formula is for models that are not here yet. A tied head is stored once or twice.
  const tiedTwice = facts.tied && sizes.parameters === facts.parameters + facts.embeddingParameters
  const parameters = tiedTwice ? facts.parameters : sizes.parameters
  const { bytes: weightBytes, missing: missingBytes } = sizes
  return { ...facts, parameters, weightBytes, missingBytes, dtype: sizes.dtype ?? facts.dtype }
}

async function openFolder(folder: string): Promise<RemoteReader> {
  try {
    return await folderReader(folder)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw new AppError('MODEL_UNKNOWN', { model: folder })
    throw new AppError('MODEL_CONFIG_BAD', { file: folder, detail: errno ?? String(thrown) })
  }
}

/** What config.json says, when it is a model that can be trained here. Errors: MODEL_*. */
export async function readShape(reader: RemoteReader, signal: AbortSignal): Promise<ModelShape> {
  const folder = reader.where()
  const gguf = reader.files.find(({ path }) => path.endsWith('.gguf'))
  if (!has(reader, 'config.json'))
    throw gguf === undefined
      ? new AppError('MODEL_NO_CONFIG', { folder })
      : new AppError('MODEL_QUANTISED', { folder, method: 'GGUF' })
  const config = await readJson(reader, 'config.json', signal)
  refuse(folder, config)
  const shape = ModelShape.safeParse(config)
  if (shape.success) return shape.data
  const issue = shape.error.issues[0]
  throw new AppError('MODEL_CONFIG_BAD', {
    file: reader.where('config.json'),
    detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  })
}

/** The fields by which a config tells that it is no plain text model with weights to train. */
const Marks = z.looseObject({
  architectures: z.array(z.string()).optional().catch(undefined),
  auto_map: z.record(z.string(), z.unknown()).optional().catch(undefined),
  quantization_config: z
    .looseObject({ quant_method: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  vision_config: z.looseObject({}).optional().catch(undefined),
  audio_config: z.looseObject({}).optional().catch(undefined),
})

function refuse(folder: string, config: unknown): void {
  const marks = Marks.safeParse(config).data ?? {}
  if (marks.auto_map !== undefined) {
    const file = z.string().safeParse(Object.values(marks.auto_map)[0])
    throw new AppError('MODEL_REMOTE_CODE', { folder, file: file.data ?? 'auto_map' })
  }
  if (marks.quantization_config !== undefined) {
    const method = marks.quantization_config.quant_method ?? 'quantization_config'
    throw new AppError('MODEL_QUANTISED', { folder, method: method.toUpperCase() })
  }
  const architecture = marks.architectures?.[0] ?? '?'
  if (marks.vision_config !== undefined || marks.audio_config !== undefined || /VL|Vision/.test(architecture))
    throw new AppError('MODEL_NOT_TEXT', { folder, architecture })
  if (!knownArchitecture(architecture)) throw new AppError('MODEL_ARCHITECTURE', { folder, architecture })
}

/** A JSON file. Errors: MODEL_CONFIG_BAD for what is none; a hub that does not answer stays what it is. */
export async function readJson(reader: RemoteReader, path: string, signal: AbortSignal): Promise<unknown> {
  try {
    return JSON.parse((await reader.read(path, signal)).toString('utf8')) as unknown
  } catch (thrown) {
    if (signal.aborted || thrown instanceof AppError) throw thrown
    throw new AppError('MODEL_CONFIG_BAD', {
      file: reader.where(path),
      detail: thrown instanceof Error ? thrown.message : String(thrown),
    })
  }
}

export interface Sizes {
  parameters: number
  bytes: number
  /** Promised by the headers, not in the files. */
  missing: number
  dtype: string | null
}

/** The safetensors files of a model and the tensors that its index promises. Errors: MODEL_*. */
export async function listWeights(reader: RemoteReader, signal: AbortSignal) {
  const folder = reader.where()
  const index = has(reader, INDEX) ? await readIndex(reader, signal) : null
  const single = has(reader, SINGLE) ? [SINGLE] : []
  const files = index === null ? single : [...new Set(index.map.values())]
  if (files.length > 0) return { index, files }
  const names = reader.files.map(({ path }) => path)
  const pickle = names.find((name) => /^pytorch_model[^/]*\.(bin|pt)(\.index\.json)?$|^[^/]*\.pth$/.test(name))
  if (pickle !== undefined) throw new AppError('MODEL_PICKLE_ONLY', { folder, file: pickle })
  throw new AppError('MODEL_NO_WEIGHTS', { folder })
}

async function readWeights(reader: RemoteReader, signal: AbortSignal): Promise<Sizes> {
  const { index, files } = await listWeights(reader, signal)
  const headers = await pMap(files, (name) => readHeader(reader, name, signal), { concurrency: AT_ONCE })
  const tensors = headers.flatMap((header) => header.tensors)
  const present = new Set(tensors.map(({ name }) => name))
  const lost = [...(index?.map.keys() ?? [])].find((name) => !present.has(name))
  if (lost !== undefined)
    throw new AppError('MODEL_INDEX_WRONG', { file: reader.where(INDEX), detail: `no file holds ${lost}` })
  const counts = new Map<string, number>()
  for (const { dtype, count } of tensors) counts.set(dtype, (counts.get(dtype) ?? 0) + count)
  const most = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
  return {
    parameters: tensors.reduce((sum, { count }) => sum + count, 0),
    bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    missing: headers.reduce((sum, { missing }) => sum + missing, 0),
    dtype: most === undefined ? null : (dtypes[most] ?? most),
  }
}

const dtypes: Record<string, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

const Index = z.looseObject({
  weight_map: z.record(z.string(), z.string()),
  metadata: z
    .looseObject({ total_size: z.number().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

/** Tensor -> file, and the bytes of all. MODEL_INDEX_WRONG when a file is missing or the index is no index. */
async function readIndex(reader: RemoteReader, signal: AbortSignal) {
  const file = reader.where(INDEX)
  const parsed = Index.safeParse(await readJson(reader, INDEX, signal))
  if (!parsed.success) throw new AppError('MODEL_INDEX_WRONG', { file, detail: 'no "weight_map"' })
  const map = new Map(Object.entries(parsed.data.weight_map))
  const missing = [...new Set(map.values())].filter((name) => !has(reader, name))
  if (missing.length > 0)
    throw new AppError('MODEL_INDEX_WRONG', { file, detail: `${missing.length} missing, first ${missing[0] ?? ''}` })
  return { map, totalSize: parsed.data.metadata?.total_size ?? null }
}

const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number()),
  data_offsets: z.tuple([z.number(), z.number()]),
})
const Header = z.record(z.string(), z.union([Entry, z.record(z.string(), z.string())]))

export interface Tensor {
  name: string
  dtype: string
  shape: number[]
  count: number
  bytes: number
}

/**
 * A safetensors file begins with the length of its JSON header (8 bytes, little endian), then the header, then the
 * data. `missing`: bytes of data that the header promises and the file does not have.
 */
export async function readHeader(
  reader: RemoteReader,
  path: string,
  signal: AbortSignal,
): Promise<{ tensors: Tensor[]; missing: number }> {
  const bad = (detail: string) => new AppError('MODEL_WEIGHTS_BAD', { file: reader.where(path), detail })
  const size = sizeIn(reader, path) ?? 0
  if (size < 8) throw bad(`only ${size} of 8 bytes`)
  try {
    const first = await reader.range(path, 0, Math.min(FIRST_READ, size), signal)
    const length = Number(first.readBigUInt64LE())
    if (length > MAX_HEADER || length + 8 > size) throw bad(`a header of ${length} bytes in a file of ${size}`)
    const rest = await reader.range(path, first.length, Math.max(first.length, 8 + length), signal)
    const text = Buffer.concat([first, rest])
      .subarray(8, 8 + length)
      .toString('utf8')
    const header = Header.safeParse(JSON.parse(text))
    if (!header.success) throw bad('the header is not a safetensors header')
    const tensors = Object.entries(header.data).flatMap(([name, value]) => {
      const entry = Entry.safeParse(value)
      if (!entry.success) return []
      const { dtype, shape, data_offsets: range } = entry.data
      const count = shape.reduce((product, edge) => product * edge, 1)
      return [{ name, dtype, shape, count, bytes: range[1] - range[0], to: range[1] }]
    })
    const end = tensors.reduce((most, { to }) => Math.max(most, to), 0)
    return { tensors, missing: Math.max(0, 8 + length + end - size) }
  } catch (thrown) {
    if (signal.aborted || thrown instanceof AppError) throw thrown
    throw bad(thrown instanceof Error ? thrown.message : String(thrown))
  }
}
