import type { Arrival, Finding } from '#contract'
import pMap from 'p-map'
import * as z from 'zod'
import { AppError, toAppError } from '../../errors'
import { listWeights, readHeader, readJson, readModel, readShape } from '../../plan/model-files'
import { datasetFiles, formatOf } from './dataset-card'
import { previewFile } from './preview'
import { parquetFooter } from './preview-parquet'
import { NoPreview } from './rows'
import { folderReader, has, type RemoteReader } from './reader'
import { checkTemplate } from './template'

/** One of them makes a tokenizer: of the tokenizers library, of sentencepiece, of GPT-2's form. */
const tokenizers = ['tokenizer.json', 'tokenizer.model', 'vocab.json', 'spiece.model']
const QUESTION = 'What is 1 + 1?'

/**
 * Looks at a model that has just arrived: config, index, headers and tokenizer belong together, and its chat template
 * keeps a question. What is wrong is a finding (MODEL_* errors of `readModel` are among them); never throws but for an abort.
 */
export async function checkModel(folder: string, signal: AbortSignal): Promise<Arrival> {
  try {
    const reader = await folderReader(folder)
    const { text, findings } = await checkTemplate(reader, QUESTION, signal)
    return {
      findings: [
        ...(await checkWeights(folder, signal)),
        ...(await checkTokenizer(reader, signal)),
        ...(await checkGeneration(reader, signal)),
        ...findings,
      ],
      template: text,
    }
  } catch (thrown) {
    signal.throwIfAborted()
    return { findings: [asFinding(thrown)], template: null }
  }
}

const asFinding = (thrown: unknown): Finding => ({ ...toAppError(thrown).data, severity: 'error' })

async function checkWeights(folder: string, signal: AbortSignal): Promise<Finding[]> {
  try {
    const { missingBytes } = await readModel(folder)
    signal.throwIfAborted()
    if (missingBytes === 0) return []
    return [{ code: 'PLAN_MODEL_INCOMPLETE', severity: 'error', params: { folder, missing: missingBytes } }]
  } catch (thrown) {
    signal.throwIfAborted()
    return [asFinding(thrown)]
  }
}

const Vocabulary = z.looseObject({
  model: z.looseObject({ vocab: z.union([z.record(z.string(), z.number()), z.array(z.unknown())]) }),
  added_tokens: z.array(z.looseObject({ id: z.number() })).catch([]),
})

/** The files of a tokenizer parse, and none of its tokens lies beyond the model's embedding. */
async function checkTokenizer(reader: RemoteReader, signal: AbortSignal): Promise<Finding[]> {
  const model = reader.where()
  if (!tokenizers.some((name) => has(reader, name)))
    return [{ code: 'MODEL_TOKENIZER_MISSING', severity: 'error', params: { model, files: tokenizers.join(', ') } }]
  const names = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'generation_config.json']
  const parsed = await Promise.all(names.map((name) => parse(reader, name, signal)))
  const findings = parsed.flatMap((one) => one.findings)
  const vocabulary = Vocabulary.safeParse(parsed[0]?.value).data
  const rows = vocabulary === undefined ? null : await embeddingRows(reader, signal)
  if (vocabulary === undefined || rows === null) return findings
  const { vocab } = vocabulary.model
  const tokens =
    1 +
    [
      ...(Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab)),
      ...vocabulary.added_tokens.map(({ id }) => id),
    ].reduce((most, id) => Math.max(most, id), -1)
  if (tokens <= rows) return findings
  return [...findings, { code: 'MODEL_VOCABULARY_LARGER', severity: 'error', params: { model, tokens, rows } }]
}

/** Rows of the token embedding as the weights have them, else as the config says; null: neither can be read. */
async function embeddingRows(reader: RemoteReader, signal: AbortSignal): Promise<number | null> {
  try {
    const { index, files } = await listWeights(reader, signal)
    const name = [...(index?.map.keys() ?? [])].find((key) => key.endsWith('embed_tokens.weight'))
    const file = (name === undefined ? undefined : index?.map.get(name)) ?? files[0] ?? ''
    const { tensors } = await readHeader(reader, file, signal)
    const found = tensors.find((tensor) => tensor.name.endsWith('embed_tokens.weight'))?.shape[0]
    return found ?? (await readShape(reader, signal)).vocab_size
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return null // `checkWeights` has said why
  }
}

const Generation = z.looseObject({
  eos_token_id: z
    .union([z.number(), z.array(z.number())])
    .nullish()
    .catch(null),
})

async function checkGeneration(reader: RemoteReader, signal: AbortSignal): Promise<Finding[]> {
  const { value } = await parse(reader, 'generation_config.json', signal)
  const eos = Generation.safeParse(value).data?.eos_token_id
  const rows = await embeddingRows(reader, signal)
  if (eos == null || rows === null) return []
  const outside = (Array.isArray(eos) ? eos : [eos]).find((token) => token < 0 || token >= rows)
  if (outside === undefined) return []
  return [{ code: 'MODEL_EOS_OUTSIDE', severity: 'error', params: { model: reader.where(), token: outside, rows } }]
}

async function parse(reader: RemoteReader, path: string, signal: AbortSignal) {
  if (!has(reader, path)) return { value: null, findings: [] }
  try {
    return { value: await readJson(reader, path, signal), findings: [] }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const { file = path, detail = thrown.data.code } = thrown.data.params
    return { value: null, findings: [{ code: 'MODEL_FILE_BAD', severity: 'error' as const, params: { file, detail } }] }
  }
}

/** Files opened at once; each is a footer or a megabyte. */
const AT_ONCE = 4

/** Opens each data file of a dataset that has just arrived. Rows are counted where a file says them (parquet). */
export async function checkDataset(folder: string, signal: AbortSignal): Promise<Arrival> {
  try {
    const reader = await folderReader(folder, true)
    const files = datasetFiles(reader.files)
    if (files.length === 0)
      return {
        findings: [{ code: 'DATASET_NO_DATA', severity: 'warning', params: { dataset: folder } }],
        template: null,
      }
    let rows = 0
    let counted = 0
    const looked = await pMap(files, (path) => openData(reader, path, signal), { concurrency: AT_ONCE })
    const findings = looked.flatMap((look) => look.findings)
    for (const { totalRows } of looked) {
      if (totalRows === null) continue
      rows += totalRows
      counted += 1
    }
    if (counted > 0) findings.push({ code: 'DATASET_ROWS', severity: 'info', params: { files: counted, rows } })
    return { findings, template: null }
  } catch (thrown) {
    signal.throwIfAborted()
    return { findings: [asFinding(thrown)], template: null }
  }
}

async function openData(reader: RemoteReader, path: string, signal: AbortSignal) {
  try {
    // Of parquet the footer is enough, and quick; of text the first rows.
    const parquet = formatOf(path) === 'parquet'
    const totalRows = parquet ? Number((await parquetFooter(reader, path, signal)).num_rows) : null
    if (!parquet) await previewFile(reader, path, 1, signal)
    return { totalRows, findings: [] as Finding[] }
  } catch (thrown) {
    signal.throwIfAborted()
    const { code, params } = toAppError(thrown).data
    const said = code === 'PREVIEW_IMPOSSIBLE' ? String(params['detail']) : 'damaged'
    const detail = thrown instanceof NoPreview ? thrown.reason : said
    // What only cannot be shown is no fault of the file.
    if (!['damaged', 'empty', 'encrypted'].includes(detail)) return { totalRows: null, findings: [] as Finding[] }
    return {
      totalRows: null,
      findings: [
        { code: 'DATASET_FILE_BAD', severity: 'error' as const, params: { file: reader.where(path), detail } },
      ],
    }
  }
}
