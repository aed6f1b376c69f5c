import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { Fault, HubOptions, HubRequest, Shape } from './hub-server'
import type { HubCall } from './hub/process'

/** The hub in a process of its own, so that its work is not counted as ours. */
export interface HubProcess {
  endpoint: string
  cdn: string
  pid: number
  fault(fault: Fault): Promise<void>
  clearFaults(): Promise<void>
  shape(shape: Partial<Shape>): Promise<void>
  requests(): Promise<HubRequest[]>
  /** Bytes of bodies of files sent, of all or one. */
  sent(file?: string): Promise<number>
  /** Forgets the requests so far. */
  forget(): Promise<void>
  close(): Promise<void>
}

/** A program of ours in TypeScript as one file that plain Node runs; packages stay outside. */
export async function bundled(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, entry.split('/').at(-1)?.replace(/\.ts$/, '.mjs') ?? 'program.mjs')
  await build({
    entryPoints: [resolve(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  return outfile
}

export async function startHubProcess(options: HubOptions): Promise<HubProcess> {
  // Below the repository, so that packages are found from there.
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-hub-'))
  const program = await bundled('test/support/hub/process.ts', folder)
  const child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>()
  let calls = 0
  child.on('message', (message: { id: number; value?: unknown; error?: string }) => {
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) asked?.done(message.value)
    else asked?.failed(new Error(message.error))
  })
  child.on('exit', () => {
    for (const { failed } of waiting.values()) failed(new Error('the hub is gone'))
  })
  const ask = <T>(call: HubCall) =>
    new Promise<T>((done, failed) => {
      const id = ++calls
      waiting.set(id, { done: done as (value: unknown) => void, failed })
      child.send({ id, call })
    })
  const { endpoint, cdn } = await ask<{ endpoint: string; cdn: string }>({ do: 'start', options })
  return {
    endpoint,
    cdn,
    pid: child.pid ?? 0,
    fault: (fault) => ask({ do: 'fault', fault }),
    clearFaults: () => ask({ do: 'clearFaults' }),
    shape: (shape) => ask({ do: 'shape', shape }),
    requests: () => ask({ do: 'requests' }),
    sent: (file) => ask({ do: 'sent', ...(file === undefined ? {} : { file }) }),
    forget: () => ask({ do: 'forget' }),
    async close() {
      const gone = new Promise((done) => child.once('exit', done))
      child.disconnect()
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
