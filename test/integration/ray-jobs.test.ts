import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Agent } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterArgv } from '../../main/core/cluster/cluster-argv'
import { createClusters, type Clusters } from '../../main/core/cluster/clusters'
import { openSecretFile } from '../../main/core/hub/secret-file'
import { startRay, type RayCluster } from '../support/ray-cluster'
import { verlPythons, type VerlPythons } from '../support/verl-pythons'

/** A real Ray head with two worker nodes, each with a pretended card: the scheduling is real, the cards are not used. */
let pythons: VerlPythons
let ray: RayCluster
let clusters: Clusters
const folder = mkdtempSync(join(tmpdir(), 'ray jobs 集群 '))
const dispatcher = new Agent()

beforeAll(async () => {
  pythons = await verlPythons(['0.6.1'])
  ray = await startRay(pythons.python('0.6.1'), 2)
  clusters = createClusters({ secrets: openSecretFile(join(folder, 'secrets.json')), dispatcher: () => dispatcher })
}, 900_000)
afterAll(async () => {
  await ray.close()
  await pythons.close()
  await dispatcher.close()
}, 60_000)

describe('a Ray cluster', () => {
  it('says what it has', async () => {
    const view = await clusters.look(ray.address)
    expect(view.ray).toBe('2.49.2')
    expect(view.nodes.map(({ head, gpus, cpus }) => ({ head, gpus, cpus }))).toEqual([
      { head: true, gpus: 0, cpus: 4 },
      { head: false, gpus: 1, cpus: 4 },
      { head: false, gpus: 1, cpus: 4 },
    ])
    expect(view.python).toBe(pythons.python('0.6.1'))
    // What a plan for one card becomes on it.
    const argv = ['python', '-m', 'verl.trainer.main_ppo', 'trainer.nnodes=1', 'ray_kwargs.ray_init.num_cpus=8']
    expect(clusterArgv([...argv, 'trainer.n_gpus_per_node=1'], view)).toEqual([
      view.python,
      ...['-m', 'verl.trainer.main_ppo', 'trainer.nnodes=2', 'trainer.n_gpus_per_node=1'],
    ])
  })

  it('is told from what is none, from one that wants a token, and from nothing', async () => {
    const server = createServer((request, response) => {
      const known = request.headers.authorization === 'Bearer right'
      response.writeHead(known ? 200 : 401, { 'content-type': 'text/html' }).end('<html>')
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const code = (thrown: unknown) => (thrown as { data: { code: string } }).data.code
    expect(await clusters.look(address).catch(code)).toBe('CLUSTER_REFUSED')
    await clusters.setToken(address, 'right')
    expect(await clusters.look(address).catch(code)).toBe('CLUSTER_NOT_RAY')
    await new Promise((closed) => server.close(closed))
    expect(await clusters.look(address).catch(code)).toBe('CLUSTER_UNREACHABLE')
  })
})

const script = `
import os, sys, time, ray
ray.init()
@ray.remote(num_gpus=1, num_cpus=1)
def where():
    return ray.get_runtime_context().get_node_id()
print("nodes", len(set(ray.get([where.remote() for _ in range(2)]))), os.environ["WORD"], flush=True)
for step in range(1, int(sys.argv[1]) + 1):
    print(f"step:{step} - critic/rewards/mean:{step / 10}", flush=True)
    time.sleep(0.5)
sys.exit(int(sys.argv[2]))
`

function job(id: string, steps: number, code: number) {
  const work = mkdtempSync(join(folder, 'work '))
  writeFileSync(join(work, 'train.py'), script)
  const python = pythons.python('0.6.1')
  const argv = [python, 'train.py', `${steps}`, `${code}`]
  const asked = JSON.stringify({ address: ray.address, id, argv, env: { WORD: '汉 字' }, workingDir: work })
  const start = () => {
    const child = spawn(python, [resolve('resources/python/ray_job.py'), asked], {
      env: { ...process.env, NO_PROXY: '*' },
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const seen = async (text: string) => {
      while (!output.includes(text) && child.exitCode === null) await new Promise((later) => setTimeout(later, 100))
    }
    const ended = once(child, 'exit').then(([exit]) => exit as number | null)
    return { child, seen, ended, output: () => output }
  }
  return { start }
}

describe('a command as its job', () => {
  it(
    'runs on both nodes with its files, and its output and end are the command’s own',
    { timeout: 180_000 },
    async () => {
      const run = job('whole', 4, 7).start()
      expect(await run.ended).toBe(7)
      expect(run.output()).toContain('nodes 2 汉 字')
      for (const step of [1, 2, 3, 4]) expect(run.output().split(`step:${step} - `)).toHaveLength(2)
    },
  )

  it(
    'goes on when who follows it is killed, and is followed again without a line lost or twice',
    { timeout: 180_000 },
    async () => {
      const one = job('kept', 16, 0)
      const first = one.start()
      await first.seen('step:3 - ')
      first.child.kill('SIGKILL')
      await first.ended
      const second = one.start()
      expect(await second.ended).toBe(0)
      expect(second.output()).toContain('following it')
      for (let step = 1; step <= 16; step += 1) expect(second.output().split(`step:${step} - `)).toHaveLength(2)
    },
  )

  it('stops when it is interrupted here', { timeout: 180_000 }, async () => {
    const run = job('stopped', 500, 0).start()
    await run.seen('step:2 - ')
    run.child.kill('SIGINT')
    expect(await run.ended).toBe(130)
    expect(run.output()).toContain('STOPPED')
  })
})
