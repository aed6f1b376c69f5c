import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { originalPath } from './engines'

export interface RayCluster {
  address: string
  close(): Promise<void>
}

/**
 * A real Ray head and worker nodes, as processes of this machine; each worker says that it has one card. The folder is
 * short: Ray's sockets lie below it, and a socket's path may have 107 bytes. `variables`: what its jobs find there.
 */
export async function startRay(
  python: string,
  workers: number,
  variables: Record<string, string> = {},
): Promise<RayCluster> {
  const folder = mkdtempSync('/tmp/vlr-')
  const ray = join(dirname(python), 'ray')
  const [port, dashboard] = [await freePort(), await freePort()]
  const children: ChildProcess[] = []
  const start = (...words: string[]) => {
    const common = ['start', '--block', '--num-cpus=4', '--disable-usage-stats', '--object-store-memory=100000000']
    const child = spawn(ray, [...common, ...words], {
      stdio: 'ignore',
      detached: true,
      // A proxy of this machine has nothing to say about its own addresses.
      env: { ...process.env, PATH: originalPath, NO_PROXY: '*', no_proxy: '*', RAY_ADDRESS: '', ...variables },
    })
    children.push(child)
  }
  const address = `http://127.0.0.1:${dashboard}`
  const close = async () => {
    for (const { pid } of children) if (pid !== undefined) killGroup(pid)
    for (const child of children) if (child.exitCode === null) await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  start('--head', `--port=${port}`, `--dashboard-port=${dashboard}`, '--num-gpus=0', `--temp-dir=${folder}`)
  const nodes = async () => {
    const answer = await fetch(`${address}/api/v0/nodes`).then((got) => got.json() as Promise<Nodes>)
    return answer.data.result.result.filter(({ state }) => state === 'ALIVE').length
  }
  try {
    await until(async () => (await nodes()) >= 1)
    // One after the other: two that look for free ports at the same time find the same ones.
    for (let nth = 1; nth <= workers; nth += 1) {
      start(`--address=127.0.0.1:${port}`, '--num-gpus=1')
      await until(async () => (await nodes()) > nth)
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { address, close }
}

interface Nodes {
  data: { result: { result: { state: string }[] } }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    if (await holds().catch(() => false)) return
    await setTimeout(500)
  }
  throw new Error('Ray did not come up')
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // Ended by itself.
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}
