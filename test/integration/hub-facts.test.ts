import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../main/contract'
import { defaultSettings } from '../../main/contract'
import { checkDataset, checkModel } from '../../main/core/hub/facts/arrival'
import { datasetCard } from '../../main/core/hub/facts/dataset-card'
import { createReader } from '../../main/core/hub/facts/hub-reader'
import { factsOf, fitOf, loadArchitectures, modelCard } from '../../main/core/hub/facts/model-card'
import { previewFile } from '../../main/core/hub/facts/preview'
import { folderReader, type RemoteReader } from '../../main/core/hub/facts/reader'
import { openHuggingFace } from '../../main/core/hub/sources/huggingface'
import { createNetworkProfile } from '../../main/core/net/profile'
import { readModel } from '../../main/core/plan/model-files'
import { createPlanner } from '../../main/core/plan/planner'
import { startHub, type HubRepository, type HubServer } from '../support/hub-server'
import { gpu, machine } from '../support/machine'
import { config, modelFolder, safetensors, shards, tensors } from '../support/model'
import { copyTo, runSql, sums } from '../support/tables'
import { cards, knowledge, request } from '../unit/core/plan/knowledge'

const network = createNetworkProfile(() => ({ ...defaultSettings.network }), { environment: {} })
const signal = () => AbortSignal.timeout(60_000)
const template =
  '{% for m in messages %}<|user|>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}'
const tokenizer = JSON.stringify({
  model: { type: 'BPE', vocab: { a: 0, b: 999 } },
  added_tokens: [{ id: 998, content: '<|end|>' }],
})
const usual = {
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': JSON.stringify({ chat_template: template }),
  'generation_config.json': JSON.stringify({ eos_token_id: [998, 999] }),
}

let root: string
let hub: HubServer
let folder: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), '事实 facts-'))
  folder = join(root, 'tables of 数据')
  await mkdir(join(folder, 'data'), { recursive: true })
  const parquet = (name: string, select: string, options: string) =>
    copyTo(select, join(folder, 'data', name), `FORMAT parquet, ${options}`)
  await runSql(
    parquet('train-00000-of-00001.parquet', sums(60_000), 'COMPRESSION uncompressed, ROW_GROUP_SIZE 2048'),
    parquet('test-00000-of-00001.parquet', sums(50), 'COMPRESSION snappy'),
    parquet(
      'kinds-00000-of-00001.parquet',
      `SELECT 9007199254740993::BIGINT AS big, DATE '2026-11-23' AS day, TIMESTAMP '2026-11-23 04:00:00' AS at,
         '\\xFF\\xD8'::BLOB AS bytes, [1, 2]::INTEGER[] AS list, NULL::VARCHAR AS nothing, MAP {'k': 1} AS map,
         1.5::DECIMAL(9, 2) AS decimal, '<img src=x onerror=alert(1)>' AS html`,
      'COMPRESSION gzip',
    ),
    parquet(
      'large-00000-of-00001.parquet',
      `SELECT repeat(md5(i::VARCHAR), 40) AS text FROM range(120000) t(i)`,
      'COMPRESSION snappy, ROW_GROUP_SIZE 120000',
    ),
    copyTo(sums(3000), join(folder, 'rows.jsonl'), 'FORMAT json'),
    copyTo('SELECT i AS a, \'x, "y"\' AS b FROM range(20000) t(i)', join(folder, 'rows.csv'), 'FORMAT csv, HEADER'),
    copyTo(sums(3000), join(folder, 'packed.jsonl.gz'), 'FORMAT json, COMPRESSION gzip'),
    copyTo(sums(3000), join(folder, 'packed.jsonl.zst'), 'FORMAT json, COMPRESSION zstd'),
    copyTo(sums(3000), join(folder, 'list.json'), 'FORMAT json, ARRAY true'),
  )
  await writeFile(join(folder, 'old.arrow'), 'ARROW1')
  await writeFile(join(folder, 'broken.parquet'), 'PAR1 this is none')
  await writeFile(join(folder, 'bomb.jsonl.gz'), gzipSync(Buffer.alloc(64_000_000, 0x20)))
  hub = await startHub({ repositories: [...models(), await tables()], tokens: ['secret'] })
}, 60_000)
afterEach(() => hub.clearFaults())
afterAll(async () => {
  await hub.close()
  await network.dispose()
})

function models(): HubRepository[] {
  const whole = { 'config.json': JSON.stringify(config), 'model.safetensors': safetensors(tensors()), ...usual }
  const changed = (more: Record<string, unknown>) => JSON.stringify({ ...config, ...more })
  const parts = Object.entries(shards(3)).flatMap(([path, content]) => (content === null ? [] : [[path, content]]))
  const model = (id: string, files: HubRepository['files']): HubRepository => ({ kind: 'model', id, files })
  return [
    model('me/whole', whole),
    model('me/shards', { ...whole, 'model.safetensors': '', ...(Object.fromEntries(parts) as HubRepository['files']) }),
    model('me/code', { ...whole, 'config.json': changed({ auto_map: { AutoModel: 'modeling_x.X' } }) }),
    model('me/gptq', { ...whole, 'config.json': changed({ quantization_config: { quant_method: 'gptq' } }) }),
    model('me/fp8', { ...whole, 'config.json': changed({ quantization_config: { quant_method: 'fp8' } }) }),
    model('me/gguf', { 'model-Q4_K_M.gguf': 'GGUF' }),
    model('me/vision', {
      ...whole,
      'config.json': changed({ architectures: ['Qwen2VLForConditionalGeneration'], vision_config: {} }),
    }),
    model('me/other', { ...whole, 'config.json': changed({ architectures: ['BertModel'] }) }),
    model('me/pickle', { 'config.json': JSON.stringify(config), 'pytorch_model.bin': 'x' }),
    model('me/none', { 'README.md': '# nothing' }),
  ]
}

async function tables(): Promise<HubRepository> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const files = names.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return [path.slice(folder.length + 1), await readFile(path)] as const
  })
  return { kind: 'dataset', id: 'me/tables', files: Object.fromEntries(await Promise.all(files)) }
}

async function open(kind: 'model' | 'dataset', id: string): Promise<RemoteReader> {
  const adapter = openHuggingFace({ network, endpoint: hub.endpoint, token: () => 'secret' })
  const repo = await adapter.resolve({ kind, id }, null, signal())
  const files = await adapter.list(repo, signal())
  return createReader(adapter, repo, files, network.dispatcher(), { waitMs: 2_000, pauseMs: 5 })
}
const architectures = await loadArchitectures('resources')
const card = async (id: string) =>
  modelCard(await open('model', id), { recipes: knowledge.recipes, architectures }, signal())

describe('a model that is not here', () => {
  it.each(['me/whole', 'me/shards'])('%s has the facts that its folder will have, without its weights', async (id) => {
    const before = hub.sent()
    const look = await card(id)
    const here = await modelFolder(join(root, id), id === 'me/shards' ? shards(3) : {})
    expect(factsOf(look)).toEqual({ ...(await readModel(here)), name: id, folder: null })
    expect(look.card).toMatchObject({ dtype: 'bfloat16', context: 512, template: true, problem: null })
    expect(hub.sent() - before).toBeLessThan(400_000)
  })
  it.each<[string, ErrorCode, string]>([
    ['me/code', 'MODEL_REMOTE_CODE', 'modeling_x.X'],
    ['me/gptq', 'MODEL_QUANTISED', 'GPTQ'],
    ['me/fp8', 'MODEL_QUANTISED', 'FP8'],
    ['me/gguf', 'MODEL_QUANTISED', 'GGUF'],
    ['me/vision', 'MODEL_NOT_TEXT', 'Qwen2VLForConditionalGeneration'],
    ['me/other', 'MODEL_ARCHITECTURE', 'BertModel'],
    ['me/pickle', 'MODEL_PICKLE_ONLY', 'pytorch_model.bin'],
    ['me/none', 'MODEL_NO_CONFIG', 'me/none'],
  ])('%s cannot be trained: %s', async (id, code, said) => {
    const look = await card(id)
    expect(look.facts).toBeNull()
    expect(look.card.problem?.code).toBe(code)
    expect(Object.values(look.card.problem?.params ?? {})).toContain(said)
  })
  it('is planned by its id, and said to be still away with its size', async () => {
    const planner = createPlanner({
      knowledge,
      cards,
      machine: () => Promise.resolve(machine([gpu('NVIDIA GeForce RTX 4090', '8.9', 24)])),
      find: async (id) => factsOf(await card(id)),
    })
    const plan = await planner.make(request({ model: 'me/whole' }))
    const note = plan.findings.find(({ code }) => code === 'MODEL_NOT_HERE')
    expect(note?.params).toEqual({ model: 'me/whole', bytes: plan.model.weightBytes })
    expect(fitOf(plan)).toMatchObject({ runnable: true, algorithm: 'grpo' })
    await expect(planner.make(request({ model: 'me/code' }))).rejects.toMatchObject({
      data: { code: 'MODEL_REMOTE_CODE' },
    })
  })
  it('is planned from the library once it is there: the command names its folder', async () => {
    const here = await modelFolder(join(root, 'library', 'me', 'whole'))
    const planner = createPlanner({
      knowledge,
      cards,
      machine: () => Promise.resolve(machine([gpu('NVIDIA GeForce RTX 4090', '8.9', 24)])),
      folderOf: (id) => Promise.resolve(id === 'me/whole' ? here : null),
      find: () => Promise.reject(new Error('the hub is not asked')),
    })
    const plan = await planner.make(request({ model: 'me/whole' }))
    expect(plan.model).toMatchObject({ name: 'me/whole', folder: here })
    expect(plan.command.join(' ')).toContain(here)
    expect((await planner.make(request())).model.folder).toBeNull()
  })
})

it('what recipes pin is among the versions that were looked at', () => {
  for (const { packages } of knowledge.recipes)
    for (const line of packages) {
      const [, name, version] = /^(transformers|vllm)==(.+)$/.exec(line) ?? []
      if (name === 'transformers' || name === 'vllm') expect(architectures.versions[name]).toContain(version)
    }
})

describe('reading from a hub', () => {
  const facts = async () => factsOf(await card('me/whole')).parameters
  it.each([
    ['200 to a range', { do: 'ignoreRange' as const }],
    ['206 without Content-Range', { do: 'noContentRange' as const }],
    ['a cut connection', { do: 'cut' as const, after: 100, times: 2 }],
    ['an expired address', { do: 'expired' as const, times: 1 }],
    ['a passing 503', { do: 'status' as const, status: 503, times: 1, place: 'resolve' as const }],
    ['a short wait', { do: 'rateLimit' as const, seconds: 0, times: 1, place: 'resolve' as const }],
    ['a stall', { do: 'stall' as const, after: 200, times: 1 }],
  ])(
    'goes on after %s',
    async (_name, fault) => {
      hub.fault(fault)
      expect(await facts()).toBeGreaterThan(0)
    },
    20_000,
  )
  it('refuses a web page in place of a file', async () => {
    hub.fault({ do: 'html' })
    await expect(facts()).rejects.toMatchObject({ data: { code: 'HUB_NOT_A_HUB' } })
  })
  it('never sends the token to where the files are kept', async () => {
    hub.requests.length = 0
    await facts()
    expect(hub.requests.some(({ at, authorization }) => at === 'hub' && authorization !== null)).toBe(true)
    expect(hub.requests.filter(({ at }) => at === 'cdn').length).toBeGreaterThan(0)
    expect(hub.requests.filter(({ at, authorization }) => at === 'cdn' && authorization !== null)).toEqual([])
  })
})

describe('the first rows of a file that is not here', () => {
  const preview = async (file: string, rows = 3) =>
    previewFile(await open('dataset', 'me/tables'), file, rows, signal())
  it('parquet: the footer and the first pages', async () => {
    const file = 'data/train-00000-of-00001.parquet'
    const seen = await preview(file)
    expect(seen.totalRows).toBe(60_000)
    expect(seen.columns).toContainEqual({ name: 'prompt', type: 'list<struct<role: string, content: string>>' })
    const question = seen.rows[1]?.[seen.columns.findIndex(({ name }) => name === 'prompt')]
    expect(question).toBe('[{"role":"user","content":"What is 1 + 1?"}]')
    expect(seen.bytesRead).toBeLessThan((await stat(join(folder, file))).size / 2)
  })
  it('parquet: every kind of value, and text stays text', async () => {
    const { columns, rows } = await preview('data/kinds-00000-of-00001.parquet')
    expect(Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]))).toEqual({
      big: '9007199254740993',
      day: '"2026-11-23"',
      at: '"2026-11-23T04:00:00.000Z"',
      bytes: '"ffd8"',
      list: '[1,2]',
      nothing: 'null',
      map: expect.stringContaining('"k"') as string,
      decimal: '1.5',
      html: '"<img src=x onerror=alert(1)>"',
    })
  })
  it.each(['rows.jsonl', 'list.json', 'packed.jsonl.gz', 'packed.jsonl.zst'])('%s', async (file) => {
    const { columns, rows, bytesRead } = await preview(file)
    expect(rows).toHaveLength(3)
    const question = rows[2]?.[columns.findIndex(({ name }) => name === 'prompt')]
    expect(question).toBe('[{"role":"user","content":"What is 2 + 2?"}]')
    expect(bytesRead).toBeLessThanOrEqual(1024 * 1024)
  })
  it('CSV', async () => {
    expect(await preview('rows.csv', 2)).toMatchObject({
      columns: [{ name: 'a' }, { name: 'b' }],
      rows: [
        ['"0"', '"x, \\"y\\""'],
        ['"1"', '"x, \\"y\\""'],
      ],
    })
  })
  it.each([
    ['data/large-00000-of-00001.parquet', 'groups'],
    ['old.arrow', 'arrow'],
    ['broken.parquet', 'damaged'],
    ['bomb.jsonl.gz', 'long'],
  ])('%s cannot be shown: %s', async (file, detail) => {
    await expect(preview(file)).rejects.toMatchObject({
      data: { code: 'PREVIEW_IMPOSSIBLE', params: { file, detail } },
    })
  })
  it('configs and splits are those of the folder', async () => {
    const { card: remote } = await datasetCard(await open('dataset', 'me/tables'), signal())
    expect(remote).toEqual((await datasetCard(await folderReader(folder, true), signal())).card)
    expect(remote.configs[0]?.splits.map(({ name }) => name)).toEqual(['train', 'test', 'kinds', 'large'])
  })
})

describe('after it arrived', () => {
  const codes = async (name: string, files: Record<string, string | Buffer | null>) => {
    const { findings, template: drawn } = await checkModel(
      await modelFolder(join(root, name), { ...usual, ...files }),
      signal(),
    )
    return { codes: findings.map(({ code }) => code), drawn }
  }
  it('a good model has nothing to say but its question', async () => {
    expect(await codes('good', {})).toEqual({ codes: [], drawn: '<|user|>What is 1 + 1?<|assistant|>' })
  })
  it.each<[string, string, Record<string, string | Buffer | null>]>([
    ['a shard is missing', 'MODEL_INDEX_WRONG', { ...shards(3), 'model-2-of-3.safetensors': null }],
    ['weights are cut', 'PLAN_MODEL_INCOMPLETE', { 'model.safetensors': safetensors(tensors()).subarray(0, 90_000) }],
    ['no tokenizer', 'MODEL_TOKENIZER_MISSING', { 'tokenizer.json': null }],
    ['a tokenizer cut off', 'MODEL_FILE_BAD', { 'tokenizer.json': '{"model": {' }],
    ['another model’s tokenizer', 'MODEL_VOCABULARY_LARGER', { 'tokenizer.json': tokenizer.replace('999', '5000') }],
    ['an end beyond the vocabulary', 'MODEL_EOS_OUTSIDE', { 'generation_config.json': '{"eos_token_id": 1000}' }],
    ['no template', 'MODEL_NO_TEMPLATE', { 'tokenizer_config.json': '{}' }],
  ])('%s: %s', async (name, code, files) => {
    expect((await codes(name, files)).codes).toEqual([code])
  })
  it('every file of a data set is opened', async () => {
    const { findings } = await checkDataset(folder, signal())
    expect(findings).toContainEqual({ code: 'DATASET_ROWS', severity: 'info', params: { files: 4, rows: 180_051 } })
    expect(findings.filter(({ severity }) => severity === 'error').map(({ params }) => params['file'])).toEqual([
      join(folder, 'broken.parquet'),
    ])
  })
})
