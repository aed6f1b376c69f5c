import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EnvironmentView, Gpu, PreflightReport, PreflightRequest } from '#contract'
import { words } from '../../main/contract/locales'
import { openPlanner } from '../../main/core/plan/planner'
import { readScript } from '../../main/core/preflight/command'
import { createPreflight } from '../../main/core/preflight/preflight'
import { gpu, machine } from '../support/machine'
import { talkingModel, tutorialOverrides, tutorialScript } from '../support/preflight'
import { copyTo, runSql, sums } from '../support/tables'
import { verlRecipes, type VerlVersion } from '../support/verl-environments'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'

const resources = resolve('resources')
const versions = Object.keys(verlRecipes) as VerlVersion[]
let pythons: VerlPythons
let root: string
let model: string
let right: string
let wrong: string
let columnless: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'preflight 检查-'))
  model = await talkingModel(join(root, '小 model'))
  right = join(root, 'data 数据')
  wrong = join(root, 'tutorial 教程')
  columnless = join(root, 'no answers 无')
  await Promise.all([right, wrong, columnless].map((folder) => mkdir(folder)))
  const boxed = `SELECT format('What is {} plus 1? Put it in \\boxed{{}}.', i) AS prompt, format('\\boxed{{{}}}', i + 1) AS chosen FROM range(7473) AS t(i)`
  await runSql(
    copyTo(sums(300), join(right, 'train.parquet'), 'FORMAT parquet'),
    copyTo(sums(64), join(right, 'test.parquet'), 'FORMAT parquet'),
    copyTo(boxed, join(wrong, 'train.parquet'), 'FORMAT parquet'),
    copyTo(boxed, join(wrong, 'test.parquet'), 'FORMAT parquet'),
    ...['train', 'test'].map((name) =>
      copyTo(`SELECT * EXCLUDE reward_model FROM (${sums(64)})`, join(columnless, `${name}.parquet`), 'FORMAT parquet'),
    ),
  )
  pythons = await verlPythons()
}, 600_000)
afterAll(async () => {
  await pythons.close()
  await rm(root, { recursive: true, force: true })
})

const environment = (id: string, recipe: string | null, program: string) =>
  ({ id, recipe, program, status: 'ready', current: true }) as unknown as EnvironmentView

async function check(verl: VerlVersion, request: Omit<PreflightRequest, 'name' | 'restarts' | 'cluster'>) {
  const view = environment('here', verlRecipes[verl], pythons.python(verl))
  const preflight = createPreflight({
    planner: () => openPlanner(resources, () => Promise.reject(new Error('the plan says its machine'))),
    environments: () => ({ here: view }),
    clusters: { look: () => Promise.reject(new Error('no cluster here')) },
    resources,
    runs: join(root, 'runs'),
    variables: () => Promise.resolve({ PATH: process.env['PATH'] ?? '', HOME: root }),
  })
  let report: PreflightReport | null = null
  const whole = { ...request, name: 'x', restarts: 0, cluster: null }
  for await (const news of preflight(whole, AbortSignal.timeout(170_000)))
    if (news.kind === 'result') report = news.value
  if (report === null) throw new Error('no report')
  return report
}

const command = (argv: string[], env: Record<string, string> = {}, gpu = true) => ({
  work: { kind: 'command' as const, argv, cwd: root, env, steps: null },
  environment: 'here',
  gpu,
})
const main = (...overrides: string[]) => command(['python3', '-m', 'verl.trainer.main_ppo', ...overrides], {}, false)

/** The finding of this code about this option. */
const found = (report: PreflightReport, code: string, key = '') =>
  report.findings.find((one) => one.code === code && (key === '' || one.keys.includes(key)))

function expectSentences({ findings }: PreflightReport) {
  for (const { code } of findings) {
    expect(Object.keys(words.en.finding)).toContain(code)
    expect(Object.keys(words['zh-CN'].finding)).toContain(code)
  }
}

describe('the command of the tutorial', () => {
  it.each(versions)('verl %s: every mistake is named at once, with what to do', { timeout: 180_000 }, async (verl) => {
    const { argv, env } = readScript(tutorialScript(model, wrong))
    expect(argv.slice(3)).toEqual(tutorialOverrides(model, wrong))
    const report = await check(verl, command(argv, env))
    expect(report).toMatchObject({ passed: false, verl, environment: 'here' })
    expectSentences(report)
    // The paths of this test hold 汉字, which Hydra reads in quotes alone; what else is wrong is found all the same.
    const unquoted = found(report, 'PREFLIGHT_OVERRIDE_UNQUOTED', 'data.train_files')
    expect(unquoted?.remedy?.value).toBe(`data.train_files='${wrong}/train.parquet'`)
    const offload = found(report, 'PREFLIGHT_KEY_IGNORED', 'actor_rollout_ref.fsdp_config.cpu_offload')
    expect(offload?.remedy).toEqual({
      change: 'set',
      key: 'actor_rollout_ref.actor.fsdp_config.param_offload',
      value: 'true',
    })
    expect(found(report, 'PREFLIGHT_KEY_IGNORED', 'actor_rollout_ref.fsdp_config.offload_params')).toBeDefined()
    expect(found(report, 'PREFLIGHT_VARIABLE_OPTION', 'VLLM_DTYPE')).toBeDefined()
    expect(found(report, 'PREFLIGHT_VARIABLE_UNREAD', 'TRITON_MAX_SHARED_MEMORY')).toBeDefined()
    expect(found(report, 'PREFLIGHT_KL_DEAD')?.remedy?.key).toBe('algorithm.use_kl_in_reward')
    expect(found(report, 'PREFLIGHT_NO_KL')).toBeDefined()
    expect(found(report, 'PREFLIGHT_CRITIC_FLASH')?.remedy?.value).toBe('grpo')
    expect(found(report, 'PREFLIGHT_FLASH_ATTENTION')).toBeDefined()
    expect(found(report, 'PREFLIGHT_BATCH_ONE')).toBeDefined()
    for (const key of ['data.train_files', 'data.val_files']) {
      expect(found(report, 'PREFLIGHT_DATA_PREFERENCES', key)?.remedy?.change).toBe('data')
      expect(found(report, 'PREFLIGHT_PROMPT_PLAIN', key)).toBeDefined()
      expect(found(report, 'PREFLIGHT_BOXED', key)).toBeDefined()
    }
    expect(found(report, 'PREFLIGHT_NO_GPU')?.area).toBe('gpu')
    expect(found(report, 'PREFLIGHT_ENGINE_MISSING')?.severity).toBe('error')
    expect(found(report, 'PREFLIGHT_MANY_CHECKPOINTS')?.params).toMatchObject({ count: 1495 })
    // Up to 0.6 the window is prompt and answer; later it is the whole context of the model.
    expect(found(report, 'PREFLIGHT_BATCHED_TOKENS') !== undefined).toBe(verl === '0.9.1')
  })
})

/** A plan for another machine. */
const planned = (card: Gpu, data: string) => ({
  kind: 'plan' as const,
  steps: null,
  plan: {
    ...{ version: 1 as const, model, algorithm: 'grpo' as const, goal: 'fits' as const, data, gpu: null, changes: {} },
    // Two processors, as the machines of the tests have: the plan gives Ray its tickets.
    hardware: machine([card], { cpu: { ...machine([]).cpu, threads: 2 } }),
  },
})

const cards: Record<VerlVersion, Gpu> = {
  '0.5.0': gpu('Tesla P40', '6.1', 22.4, { driver: '535.183.01' }),
  '0.6.1': gpu('Tesla T4', '7.5', 15),
  '0.9.1': gpu('NVIDIA GeForce RTX 4090', '8.9', 24),
}

describe('a plan of ours', () => {
  it.each(versions)('verl %s takes it as it is', { timeout: 180_000 }, async (verl) => {
    const report = await check(verl, {
      work: planned(cards[verl], right),
      environment: null,
      gpu: false,
    })
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(report).toMatchObject({ passed: true, verl })
    const state = Object.fromEntries(report.areas.map(({ area, state }) => [area, state]))
    expect(state).toMatchObject({ config: 'passed', batch: 'passed', data: 'passed', reward: 'passed', gpu: 'skipped' })
  })
})

it('PPO on Pascal: the patches reach the critic, and are asked', { timeout: 180_000 }, async () => {
  const work = planned(cards['0.5.0'], right)
  const ppo = { ...work, plan: { ...work.plan, algorithm: 'ppo' as const } }
  const report = await check('0.5.0', { work: ppo, environment: null, gpu: false })
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
})

describe('a plan for TRL', () => {
  const old = gpu('Tesla M40 24GB', '5.2', 22.4)
  const request = (data: string) => ({ work: planned(old, data), environment: 'here', gpu: false })
  it('is checked as the practice is', { timeout: 120_000 }, async () => {
    const report = await check('0.9.1', request(right))
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(report.areas.find(({ area }) => area === 'data')?.state).toBe('passed')
  })
  it('says what is wrong with its data', { timeout: 120_000 }, async () => {
    const report = await check('0.9.1', request(columnless))
    expect(report).toMatchObject({ passed: false, verl: null })
    expectSentences(report)
    expect(found(report, 'COLUMN_PRESENT')?.area).toBe('data')
  })
})

describe('options that verl does not take', () => {
  it('are all named, and do not hide each other', { timeout: 180_000 }, async () => {
    const report = await check(
      '0.6.1',
      main(
        `data.train_files='${right}/train.parquet'`,
        `data.val_files='${right}/test.parquet'`,
        `actor_rollout_ref.model.path='${model}'`,
        'actor_rollout_ref.rollout.name=vllm',
        'data.trian_batch_size=4',
        '+data.seed=3',
        'data.max_prompt_length=abc',
        '++actor_rollout_ref.actor.nonsense=3',
        'ray_init.num_cpus=8',
        'actor_rollout_ref.model.override_config.attn_implementation=sdpa',
        '+actor_rollout_ref.rollout.engine_kwargs.vllm.disable_cascade_attn=True',
        'actor_rollout_ref.actor.ppo_mini_batch_size=7',
        'algorithm.adv_estimator=grpo',
        'trainer.n_gpus_per_node=1',
        'data.train_batch_size={',
      ),
    )
    expectSentences(report)
    expect(found(report, 'PREFLIGHT_KEY_NEAR')?.remedy).toMatchObject({ key: 'data.train_batch_size', value: '4' })
    expect(found(report, 'PREFLIGHT_PLUS_TOO_MANY')?.remedy?.value).toBe('data.seed=3')
    expect(found(report, 'PREFLIGHT_WRONG_TYPE')?.remedy?.value).toBe('512')
    expect(found(report, 'PREFLIGHT_VERL_REFUSES', 'actor_rollout_ref.actor')?.params['detail']).toContain('nonsense')
    expect(found(report, 'PREFLIGHT_KEY_MOVED')?.remedy?.key).toBe('ray_kwargs.ray_init.num_cpus')
    expect(found(report, 'PREFLIGHT_PLUS_MISSING')?.remedy?.value).toMatch(/^\+actor_rollout_ref\.model\.override/)
    expect(found(report, 'PREFLIGHT_OVERRIDE_UNREADABLE')).toBeDefined()
    expect(
      found(report, 'PREFLIGHT_MICRO_MISSING', 'actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu'),
    ).toBeDefined()
    expect(found(report, 'PREFLIGHT_TENSOR_PARALLEL')).toBeDefined()
    expect(found(report, 'PREFLIGHT_GRPO_SINGLE')).toBeDefined()
    expect(report.findings.some(({ keys }) => keys.join().includes('disable_cascade_attn'))).toBe(false)
    expect(report.areas.find(({ area }) => area === 'reward')?.state).toBe('passed')
  })

  it("lengths, rows and a reward of one's own are tried, not believed", { timeout: 180_000 }, async () => {
    const reward = join(root, 'reward 奖励.py')
    await writeFile(reward, 'def score(data_source, solution_str, ground_truth, extra_info=None):\n    return 1.0\n')
    const report = await check(
      '0.6.1',
      main(
        `data.train_files='${right}/train.parquet'`,
        `data.val_files='${right}/gone.parquet'`,
        'data.max_prompt_length=2',
        'data.train_batch_size=1000',
        `actor_rollout_ref.model.path='${model}/'`,
        'actor_rollout_ref.rollout.name=hf',
        `custom_reward_function.path='${reward}'`,
        'custom_reward_function.name=score',
      ),
    )
    expect(found(report, 'PREFLIGHT_PROMPTS_ALL_LONG')?.params).toMatchObject({ limit: 2, count: 256 })
    expect(found(report, 'PREFLIGHT_ROWS_FEW')?.params).toEqual({ rows: 300, batch: 1000 })
    expect(found(report, 'PREFLIGHT_DATA_MISSING', 'data.val_files')).toBeDefined()
    expect(found(report, 'PREFLIGHT_REWARD_FLAT')?.params).toMatchObject({ gold: 1, wrong: 1 })
    expect(found(report, 'PREFLIGHT_PATH_SLASH')?.remedy?.value).toBe(model)
    expect(found(report, 'PREFLIGHT_HF_ROLLOUT_GONE')).toBeDefined()
    // Nobody said which logger: verl's own default wants a key of wandb.
    expect(found(report, 'PREFLIGHT_WANDB_KEY')).toBeDefined()
  })

  it('a program that is not there is said, one that is there is left alone', { timeout: 60_000 }, async () => {
    const gone = await check('0.6.1', command(['no-such-program-here']))
    expect(gone.findings.map(({ code }) => code)).toEqual(['PREFLIGHT_PROGRAM_MISSING'])
    expect((await check('0.6.1', command(['sh', '-c', 'true']))).passed).toBe(true)
  })
})
