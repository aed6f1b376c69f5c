import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { EnvironmentView } from '#contract'
import type { Runs } from '../../main/core/train/runs'
import { createTensorBoards } from '../../main/core/train/tensorboard'
import { verlPythons } from '../support/verl-pythons'

const line = (step: number, value: number) =>
  JSON.stringify({ step, data: { 'critic/rewards/mean': value, 'actor/grad_norm': null } }) + '\n'

test('the metrics of all attempts are in a real TensorBoard, and go on', { timeout: 900_000 }, async () => {
  const pythons = await verlPythons(['0.6.1'])
  const folder = join(await mkdtemp(join(tmpdir(), 'board 看板 ')), 'run')
  await mkdir(folder)
  await writeFile(join(folder, 'metrics.jsonl'), line(1, 0.5) + line(2, 0.25))
  await writeFile(join(folder, 'metrics-2.jsonl'), line(3, 0.75))
  const environment = { id: 'verl', program: pythons.python('0.6.1') } as EnvironmentView
  const boards = createTensorBoards({
    runs: { spec: () => ({ environment: 'verl' }), folder: () => folder } as unknown as Runs,
    resources: resolve('resources'),
    environments: () => ({ verl: environment }),
    variables: () => Promise.resolve({ PATH: process.env['PATH'] ?? '' }),
  })
  try {
    const { address } = await boards.open('run')
    // Asked for twice it is one.
    expect((await boards.open('run')).address).toBe(address)
    expect(new URL(address).hostname).toBe('127.0.0.1')
    const scalars = async () => {
      const asked = new URL('data/plugin/scalars/scalars?run=run&tag=critic/rewards/mean', address)
      const answer = await fetch(asked)
      return answer.ok ? ((await answer.json()) as [number, number, number][]).map(([, ...rest]) => rest) : []
    }
    const until = async (count: number) => {
      for (let tries = 0; tries < 120 && (await scalars()).length < count; tries += 1)
        await new Promise((later) => setTimeout(later, 500))
      return scalars()
    }
    // At once: its page does not look again by itself.
    expect(await scalars()).toEqual([
      [1, 0.5],
      [2, 0.25],
      [3, 0.75],
    ])
    await appendFile(join(folder, 'metrics-2.jsonl'), line(4, 1))
    expect((await until(4)).at(-1)).toEqual([4, 1])
  } finally {
    await boards.dispose()
    await pythons.close()
  }
})
