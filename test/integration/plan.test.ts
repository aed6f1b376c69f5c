import { execa } from 'execa'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { modelFolder } from '../support/model'

const run = execa
const launchpad = resolve('dist/node/launchpad.mjs')
const card = (name: string) => resolve('test/fixtures/hardware', name, 'nvidia-smi-q.xml')

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), '计划 root-'))
})

const Printed = z.looseObject({
  runnable: z.boolean(),
  recipe: z.string().nullable(),
  trainer: z.string().nullable(),
  overrides: z.array(z.looseObject({ key: z.string(), value: z.string(), reason: z.string(), rule: z.string() })),
  env: z.record(z.string(), z.string()),
  memory: z.looseObject({}).nullable(),
  findings: z.array(z.looseObject({ code: z.string(), message: z.string() })),
})

async function plan(...args: string[]) {
  const { stdout } = await run(process.execPath, [launchpad, 'plan', '--root', root, '--json', ...args])
  return Printed.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
}

async function failure(...args: string[]): Promise<string> {
  const failed: unknown = await run(process.execPath, [launchpad, 'plan', '--root', root, '--json', ...args]).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const { stdout } = z.looseObject({ stdout: z.string() }).parse(failed)
  const Failed = z.looseObject({ error: z.looseObject({ code: z.string() }) })
  return Failed.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).error.code
}

test('a raw nvidia-smi file of another machine is planned for, every value with its reason', async () => {
  const made = await plan('--hardware', card('rtx-4090'), '--ram', '64', '--disk', '200')
  expect(made).toMatchObject({ runnable: true, trainer: 'verl' })
  for (const { key, reason } of made.overrides) {
    expect(reason, key).not.toMatch(/^rule\.|\{\{/)
    expect(reason.length, key).toBeGreaterThan(8)
  }
  for (const { message } of made.findings) expect(message).not.toMatch(/^finding\.|\{\{|\$t/)
})

test('a card that cannot is refused with sentences, in Chinese too', async () => {
  const args = [
    launchpad,
    'plan',
    '--root',
    root,
    '--hardware',
    card('rtx-4060-laptop'),
    '--model',
    'Qwen/Qwen2.5-7B-Instruct',
  ]
  const { stdout } = await run(process.execPath, args, { env: { LC_ALL: 'zh_CN.UTF-8' } })
  expect(stdout).toContain('显存不足')
  expect(stdout).not.toMatch(/\{\{|\$t\(|rule\.|finding\./)
})

test('a model folder with spaces and 汉字 in its name, exported, changed and imported again', async () => {
  const folder = await modelFolder(join(root, '小 model'))
  const args = ['--hardware', card('rtx-3090'), '--ram', '64', '--disk', '200', '--model', folder]
  const { stdout } = await run(process.execPath, [launchpad, 'plan', '--root', root, ...args, '--export', 'sh'])
  const script = join(root, 'plan.sh')
  await writeFile(script, stdout)
  await run('sh', ['-n', script])
  expect(await readFile(script, 'utf8')).toContain('小 model')
  const again = await plan(
    '--import',
    script,
    '--set',
    'data.train_batch_size=4',
    '--set',
    'actor_rollout_ref.actor.ppo_mini_batch_size=4',
  )
  expect(again.overrides.find(({ key }) => key === 'data.train_batch_size')).toMatchObject({ value: '4' })
  expect(again.runnable).toBe(true)
})

test('what cannot be read has a code of its own', async () => {
  const garbage = join(root, 'garbage.xml')
  await writeFile(garbage, '<nvidia_smi_log><gpu>')
  expect(await failure('--hardware', garbage)).toBe('HARDWARE_UNREADABLE')
  expect(await failure('--hardware', join(root, 'none.xml'))).toBe('BAD_INPUT')
  expect(await failure('--model', join(root, 'none'))).toBe('MODEL_UNKNOWN')
  const empty = await modelFolder(join(root, 'no config'), { 'config.json': null })
  expect(await failure('--model', empty)).toBe('MODEL_NO_CONFIG')
  expect(await failure('--import', garbage)).toBe('PLAN_UNREADABLE')
  expect(await failure('--set', 'nonsense')).toBe('BAD_INPUT')
})
