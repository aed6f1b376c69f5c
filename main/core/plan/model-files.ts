import type { ModelFacts } from '#contract'
import { open, readdir, readFile, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import pMap from 'p-map'
import * as z from 'zod'
import { AppError, errnoOf } from '../errors'
import { knownArchitecture, ModelShape, sizeOf } from './model-shape'

const INDEX = 'model.safetensors.index.json'
const SINGLE = 'model.safetensors'
/** Headers read at once; each costs two small reads. */
const AT_ONCE = 32
/** The format's own limit (safetensors 0.4, src/tensor.rs: MAX_HEADER_SIZE). */
const MAX_HEADER = 100_000_000

/**
 * Facts of the model in `folder`, from config.json and the headers of its safetensors files; no weight is read.
 * Every way in which a folder is no usable model is a MODEL_* error of its own.
 */
export async function readModel(folder: string): Promise<ModelFacts> {
  const names = await list(folder)
  const shape = await readConfig(folder, names)
  const sizes = await readWeights(folder, names)
  const facts = sizeOf(basename(folder), shape, folder)
  // What lies there is the truth; the formula is for models that are not here yet. A tied head is stored once or twice.
  const tiedTwice = facts.tied && sizes.parameters === facts.parameters + facts.embeddingParameters
  const parameters = tiedTwice ? facts.parameters : sizes.parameters
  const { bytes: weightBytes, missing: missingBytes } = sizes
  return { ...facts, parameters, weightBytes, missingBytes, dtype: sizes.dtype ?? facts.dtype }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw new AppError('MODEL_UNKNOWN', { model: folder })
    throw new AppError('MODEL_CONFIG_BAD', { file: folder, detail: errno ?? String(thrown) })
  }
}

async function readConfig(folder: string, names: string[]): Promise<ModelShape> {
  if (!names.includes('config.json')) throw new AppError('MODEL_NO_CONFIG', { folder })
  const file = join(folder, 'config.json')
  const config = await readJson(file)
  const code = z.looseObject({ auto_map: z.record(z.string(), z.unknown()) }).safeParse(config)
  if (code.success) {
    const file = z.string().safeParse(Object.values(code.data.auto_map)[0])
    throw new AppError('MODEL_REMOTE_CODE', { folder, file: file.data ?? 'auto_map' })
  }
  const named = z.looseObject({ architectures: z.array(z.string()).min(1) }).safeParse(config)
  const architecture = named.data?.architectures[0] ?? '?'
  if (!knownArchitecture(architecture)) throw new AppError('MODEL_ARCHITECTURE', { folder, architecture })
  const shape = ModelShape.safeParse(config)
  if (shape.success) return shape.data
  const issue = shape.error.issues[0]
  throw new AppError('MODEL_CONFIG_BAD', { file, detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` })
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown
  } catch (thrown) {
    throw new AppError('MODEL_CONFIG_BAD', { file, detail: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}

interface Sizes {
  parameters: number
  bytes: number
  /** Promised by the headers, not in the files. */
  missing: number
  dtype: string | null
}

async function readWeights(folder: string, names: string[]): Promise<Sizes> {
  const index = names.includes(INDEX) ? await readIndex(join(folder, INDEX), names) : null
  const files = index === null ? names.filter((name) => name === SINGLE) : [...new Set(index.values())]
  if (files.length === 0) {
    const pickle = names.find((name) => /^pytorch_model.*\.(bin|pt)(\.index\.json)?$|\.pth$/.test(name))
    if (pickle !== undefined) throw new AppError('MODEL_PICKLE_ONLY', { folder, file: pickle })
    throw new AppError('MODEL_NO_WEIGHTS', { folder })
  }
  const headers = await pMap(files, (name) => readHeader(join(folder, name)), { concurrency: AT_ONCE })
  const tensors = headers.flatMap((header) => header.tensors)
  const present = new Set(tensors.map(({ name }) => name))
  const lost = [...(index?.keys() ?? [])].find((name) => !present.has(name))
  if (lost !== undefined)
    throw new AppError('MODEL_INDEX_WRONG', { file: join(folder, INDEX), detail: `no file holds ${lost}` })
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

/** Tensor -> file. MODEL_INDEX_WRONG when a file is missing or the index is no index. */
async function readIndex(file: string, names: string[]): Promise<Map<string, string>> {
  const parsed = z.looseObject({ weight_map: z.record(z.string(), z.string()) }).safeParse(await readJson(file))
  if (!parsed.success) throw new AppError('MODEL_INDEX_WRONG', { file, detail: 'no "weight_map"' })
  const map = new Map(Object.entries(parsed.data.weight_map))
  const missing = [...new Set(map.values())].filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new AppError('MODEL_INDEX_WRONG', { file, detail: `${missing.length} missing, first ${missing[0] ?? ''}` })
  return map
}

const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number()),
  data_offsets: z.tuple([z.number(), z.number()]),
})
const Header = z.record(z.string(), z.union([Entry, z.record(z.string(), z.string())]))

interface Tensor {
  name: string
  dtype: string
  count: number
  bytes: number
}

/**
 * A safetensors file begins with the length of its JSON header (8 bytes, little endian), then the header, then the
 * data. `missing`: bytes of data that the header promises and the file does not have.
 */
async function readHeader(file: string): Promise<{ tensors: Tensor[]; missing: number }> {
  const bad = (detail: string) => new AppError('MODEL_WEIGHTS_BAD', { file, detail })
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const length = Number((await readExactly(handle, 8, 0)).readBigUInt64LE())
    if (length > MAX_HEADER || length + 8 > size) throw bad(`a header of ${length} bytes in a file of ${size}`)
    const header = Header.safeParse(JSON.parse((await readExactly(handle, length, 8)).toString('utf8')))
    if (!header.success) throw bad('the header is not a safetensors header')
    const tensors = Object.entries(header.data).flatMap(([name, value]) => {
      const entry = Entry.safeParse(value)
      if (!entry.success) return []
      const { dtype, shape, data_offsets: range } = entry.data
      const count = shape.reduce((product, edge) => product * edge, 1)
      return [{ name, dtype, count, bytes: range[1] - range[0], to: range[1] }]
    })
    const end = tensors.reduce((most, { to }) => Math.max(most, to), 0)
    return { tensors, missing: Math.max(0, 8 + length + end - size) }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    throw bad(thrown instanceof Error ? thrown.message : String(thrown))
  } finally {
    await handle.close()
  }
}

async function readExactly(handle: FileHandle, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  if (bytesRead < length) throw new Error(`only ${bytesRead} of ${length} bytes`)
  return buffer
}
