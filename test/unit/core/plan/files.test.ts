import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readData } from '../../../../main/core/plan/data-files'
import { exportPlan, importPlan } from '../../../../main/core/plan/export'
import { readModel } from '../../../../main/core/plan/model-files'
import { createPlanner } from '../../../../main/core/plan/planner'
import { gpu, machine } from '../../../support/machine'
import { config, modelFolder, safetensors, shards, tensors } from '../../../support/model'
import { cards, knowledge, planFor, request } from './knowledge'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), '模型 folder-'))
})
const PARAMETERS = 1000 * 64 + 64 + 2 * (2 * 64 * 64 + 2 * 32 * 64 + 64 + 2 * 32 + 3 * 64 * 128 + 2 * 64)

describe('facts of a model folder', () => {
  test('come from config.json and the headers: counted, not guessed', async () => {
    const facts = await readModel(await modelFolder(join(root, 'whole')))
    expect(facts).toMatchObject({
      architecture: 'Qwen2ForCausalLM',
      parameters: PARAMETERS,
      weightBytes: PARAMETERS * 2,
      dtype: 'bfloat16',
      headDim: 16,
      kvHeads: 2,
      tied: true,
      maxPositions: 512,
    })
  })
  test('are the same from shards', async () => {
    const facts = await readModel(await modelFolder(join(root, 'shards'), shards(5)))
    expect(facts.parameters).toBe(PARAMETERS)
  })

  test('are there while the weights are still on their way, and say how much is missing', async () => {
    const whole = safetensors(tensors())
    const facts = await readModel(
      await modelFolder(join(root, 'on its way'), { 'model.safetensors': whole.subarray(0, whole.length - 5000) }),
    )
    expect(facts).toMatchObject({ parameters: PARAMETERS, missingBytes: 5000 })
  })

  const bad: [string, string, Record<string, string | Buffer | null>][] = [
    ['no config', 'MODEL_NO_CONFIG', { 'config.json': null }],
    ['a config that is no JSON', 'MODEL_CONFIG_BAD', { 'config.json': '{"hidden_size": 6' }],
    ['a config without sizes', 'MODEL_CONFIG_BAD', { 'config.json': '{"architectures":["LlamaForCausalLM"]}' }],
    ['an unknown architecture', 'MODEL_ARCHITECTURE', { 'config.json': '{"architectures":["CLIPModel"]}' }],
    [
      'code of its own',
      'MODEL_REMOTE_CODE',
      { 'config.json': JSON.stringify({ ...config, auto_map: { AutoModelForCausalLM: 'modeling_x.X' } }) },
    ],
    ['no weights', 'MODEL_NO_WEIGHTS', { 'model.safetensors': null }],
    ['a pickle only', 'MODEL_PICKLE_ONLY', { 'model.safetensors': null, 'pytorch_model.bin': 'x' }],
    ['a missing shard', 'MODEL_INDEX_WRONG', { ...shards(3), 'model-2-of-3.safetensors': null }],
    [
      'an index that names a tensor no shard has',
      'MODEL_INDEX_WRONG',
      { ...shards(2), 'model-1-of-2.safetensors': safetensors({ other: [2] }) },
    ],
    ['an index that is none', 'MODEL_INDEX_WRONG', { ...shards(2), 'model.safetensors.index.json': '{}' }],
    ['a header cut off', 'MODEL_WEIGHTS_BAD', { 'model.safetensors': safetensors(tensors()).subarray(0, 900) }],
    ['a file of web page', 'MODEL_WEIGHTS_BAD', { 'model.safetensors': '<!DOCTYPE html><html></html>' }],
    ['an empty file', 'MODEL_WEIGHTS_BAD', { 'model.safetensors': '' }],
  ]
  test.each(bad)('%s: %s', async (name, code, files) => {
    const folder = await modelFolder(join(root, name), files)
    await expect(readModel(folder)).rejects.toMatchObject({ data: { code } })
  })
  test('a folder that is not there is no model', async () => {
    await expect(readModel(join(root, 'nothing'))).rejects.toMatchObject({ data: { code: 'MODEL_UNKNOWN' } })
  })
})

test('rows and prompt lengths are read from JSON lines and leave room rather than cut', async () => {
  const file = join(root, 'train.jsonl')
  const question = 'How many apples? '.repeat(20)
  await writeFile(file, Array.from({ length: 50 }, () => JSON.stringify({ question, answer: '#### 1' })).join('\n'))
  const facts = await readData(root)
  expect(facts).toMatchObject({ rows: 50, exact: false })
  expect(facts.prompt.max).toBeGreaterThan(question.length / 4)
  await writeFile(join(root, 'odd.jsonl'), '{"colour":"red"}\n')
  await expect(readData(join(root, 'odd.jsonl'))).rejects.toMatchObject({ data: { code: 'DATA_UNREADABLE' } })
  await expect(readData(join(root, 'none.parquet'))).rejects.toMatchObject({ data: { code: 'DATA_UNREADABLE' } })
})

describe('an exported plan', () => {
  const wanted = request({ changes: { 'data.train_batch_size': '4' }, hardware: machine([gpu('汉 card', '8.9', 24)]) })
  const plan = planFor([gpu('NVIDIA GeForce RTX 4090', '8.9', 24)], { changes: wanted.changes })
  test.each(['sh', 'yaml', 'json'] as const)(
    'as %s holds the reasons and is read back as it was asked',
    async (format) => {
      const { name, text } = await exportPlan(wanted, plan, format, 'en')
      expect(name).toBe(`plan-Qwen2.5-0.5B-Instruct.${format}`)
      expect(text).toContain('data.train_batch_size')
      expect(text).toContain("PyTorch's own attention")
      expect(importPlan(text)).toEqual(wanted)
    },
  )
  test('speaks the language asked for', async () => {
    expect((await exportPlan(wanted, plan, 'yaml', 'zh-CN')).text).toContain('显卡')
  })
  test.each(['', 'hello', '{"request":{}}', '# launchpad-plan: {'])('is told from %j', (text) => {
    const thrown = (() => {
      try {
        return importPlan(text)
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toMatchObject({ data: { code: 'PLAN_UNREADABLE' } })
  })
})

test('the planner knows models by id and by folder, and names what it does not know', async () => {
  const here = machine([gpu('NVIDIA GeForce RTX 4090', '8.9', 24)])
  const planner = createPlanner({ knowledge, cards, machine: () => Promise.resolve(here) })
  const folder = await modelFolder(join(root, 'own model'))
  const plan = await planner.make(request({ model: folder }))
  expect(plan).toMatchObject({ runnable: true, model: { folder, parameters: PARAMETERS } })
  expect(plan.command).toContain(`actor_rollout_ref.model.path='${folder}'`)
  await expect(planner.make(request({ model: 'no/such' }))).rejects.toMatchObject({ data: { code: 'MODEL_UNKNOWN' } })
})
