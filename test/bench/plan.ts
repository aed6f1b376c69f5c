import { execa, execaSync } from 'execa'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createPlanner } from '../../main/core/plan/planner'
import { loadKnowledge } from '../../main/core/plan/knowledge'
import { readModel } from '../../main/core/plan/model-files'
import { loadGpuTable } from '../../main/core/hardware/gpu-table'
import { gpu, machine } from '../support/machine'
import { modelFolder, shards } from '../support/model'

const SHARDS = 100
const ROUNDS = 7

/** Our own header reading against the format's own library: both open every shard and count the parameters. */
const PEER = `
import sys, time, glob
from safetensors import safe_open
best = None
for _ in range(${ROUNDS}):
    begun = time.perf_counter()
    count = 0
    for file in sorted(glob.glob(sys.argv[1] + "/*.safetensors")):
        with safe_open(file, "np") as shard:
            for name in shard.keys():
                size = 1
                for edge in shard.get_slice(name).get_shape(): size *= edge
                count += size
    spent = time.perf_counter() - begun
    best = spent if best is None else min(best, spent)
print(best * 1000)
`

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

async function timed(work: () => Promise<unknown>): Promise<number> {
  const spent: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now()
    await work()
    spent.push(performance.now() - begun)
  }
  return median(spent)
}

/** The Python of a practice environment made before (`npm run practice`, or the tests), for the peers; null: there is none. */
export function findPracticePython(): string | null {
  for (const root of [join(homedir(), 'verl-launchpad'), join(homedir(), '.cache', 'verl-launchpad', 'test-root')]) {
    const envs = join(root, 'envs')
    const found = existsSync(envs) ? readdirSync(envs).map((name) => join(envs, name, 'prefix', 'bin', 'python')) : []
    const python = found.find((file) => existsSync(file))
    if (python !== undefined) return python
  }
  return null
}

/** `python` has safetensors and torch in it (an environment of ours), or null. */
export async function measurePlanning(python: string | null) {
  const folder = await modelFolder(
    join(mkdtempSync(join(tmpdir(), 'bench-model-')), 'model'),
    shards(SHARDS, manyTensors()),
  )
  const planner = createPlanner({
    knowledge: await loadKnowledge('resources'),
    cards: await loadGpuTable('resources'),
    machine: () => Promise.resolve(machine([gpu('NVIDIA GeForce RTX 4060', '8.9', 8)])),
  })
  const ask = (model: string) =>
    planner.make({
      version: 1,
      model,
      algorithm: 'auto',
      goal: 'fast',
      data: null,
      hardware: null,
      gpu: null,
      changes: {},
    })
  await ask('Qwen/Qwen2.5-0.5B-Instruct')
  return {
    shards: SHARDS,
    factsMs: await timed(() => readModel(folder)),
    peerFactsMs: python === null ? null : Number(execaSync(python, ['-c', PEER, folder]).stdout),
    planMs: await timed(() => ask('Qwen/Qwen2.5-0.5B-Instruct')),
    refusedMs: await timed(() => ask('Qwen/Qwen2.5-7B-Instruct')),
    doctorMs: await timed(doctor),
    peerDoctorMs: python === null ? null : collectEnv(python),
  }
}

/** The shapes of a 70B model's 80 layers, cut to one row each: headers as long as real ones, little data. */
function manyTensors(): Record<string, number[]> {
  const parts = [
    'self_attn.q_proj',
    'self_attn.k_proj',
    'self_attn.v_proj',
    'self_attn.o_proj',
    'mlp.gate_proj',
    'mlp.up_proj',
    'mlp.down_proj',
    'input_layernorm',
    'post_attention_layernorm',
  ]
  const names = Array.from({ length: 80 }, (_, layer) =>
    parts.map((part) => `model.layers.${layer}.${part}.weight`),
  ).flat()
  return Object.fromEntries(names.map((name) => [name, [1, 64]]))
}

/** `launchpad doctor` as a user calls it, with a card whose driver answers as a real one did. */
async function doctor(): Promise<void> {
  const env = {
    PATH: `${resolve('test/fixtures/fake-nvidia-smi')}:${process.env['PATH'] ?? ''}`,
    FAKE_NVIDIA_SMI: resolve('test/fixtures/hardware/rtx-4090'),
  }
  const root = mkdtempSync(join(tmpdir(), 'bench-doctor-'))
  const { stdout } = await execa(process.execPath, ['dist/node/launchpad.mjs', 'doctor', '--root', root], { env })
  if (!stdout.includes('4090')) throw new Error(`doctor: ${stdout}`)
}

function collectEnv(python: string): number {
  const begun = performance.now()
  execaSync(python, ['-m', 'torch.utils.collect_env'])
  return performance.now() - begun
}
