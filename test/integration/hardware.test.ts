import { mkdtempSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { Agent } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MachineReport, type GpuUse } from '#contract'
import { openDoor } from '#core'
import { loadGpuTable } from '../../main/core/hardware/gpu-table'
import { measureGpus } from '../../main/core/hardware/gpus'
import { measureMachine } from '../../main/core/hardware/measure'
import { probeMirrors } from '../../main/core/hardware/mirrors'
import { createGpuWatch } from '../../main/core/hardware/watch'

const resources = resolve('resources')
const before = { ...process.env }
const root = () => mkdtempSync(join(tmpdir(), 'launchpad 机器 '))

/** From now on, nvidia-smi is ours, and speaks as told. */
function pretend(what: string): void {
  process.env['PATH'] = `${resolve('test/fixtures/fake-nvidia-smi')}${delimiter}${before['PATH'] ?? ''}`
  process.env['FAKE_NVIDIA_SMI'] = what
  process.env['FAKE_NVIDIA_SMI_PAUSE'] = '0.1'
}
const card = (name: string) => resolve('test/fixtures/hardware', name)

beforeEach(() => pretend('empty'))
afterEach(() => {
  process.env = { ...before }
})

describe('measuring a machine', () => {
  it('with a card: all of it, in time, in the form of the contract', async () => {
    pretend(card('p40'))
    const started = performance.now()
    const report = await measureMachine(root(), resources, { oldestDriver: '525.60.13' })
    // Python's own start on a busy machine is most of it; the probes run side by side.
    expect(performance.now() - started).toBeLessThan(4_000)
    expect(MachineReport.parse(report)).toEqual(report)
    expect(report.gpus).toMatchObject({
      state: 'found',
      value: [{ computeCapability: '6.1', cuda: '10.1' }, { index: 1 }],
    })
    expect(report.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['GPU_DRIVER_OLD', 'GPU_HELD']))
    expect(report.findings.find(({ code }) => code === 'GPU_HELD')?.params).toMatchObject({ who: 'python (4123)' })
    expect(report.disk.totalBytes).toBeGreaterThan(0)
    expect(report.host.libc.state).toBe('found')
  })

  it('slices of a card carry what CUDA_VISIBLE_DEVICES wants', async () => {
    pretend(card('a100-mig'))
    const { gpus } = await measureGpus(await loadGpuTable(resources))
    expect(gpus).toMatchObject({
      state: 'found',
      value: [{ mig: { slices: [{ uuid: 'MIG-5c9e6c4e-7f0a-5b57-9d5f-000000000001' }, {}] } }],
    })
  })

  it.each([
    ['fail', /couldn't communicate/],
    ['lost', /^Unable to determine the device handle/],
    ['mismatch', /version mismatch$/],
    ['garbage', /damaged or cut off/],
    ['empty', /said nothing/],
  ])('nvidia-smi that answers with "%s" leaves us not knowing, and says why', async (what, reason) => {
    pretend(what)
    const { gpus } = await measureGpus(await loadGpuTable(resources))
    expect(gpus).toEqual({ state: 'unknown', reason: expect.stringMatching(reason) as string })
  })

  it('nvidia-smi that hangs is given up at the deadline', async () => {
    pretend('hang')
    const started = performance.now()
    const { gpus } = await measureGpus(await loadGpuTable(resources), 400)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(gpus).toEqual({ state: 'unknown', reason: 'nvidia-smi did not answer in 0.4 s' })
  })

  it('no nvidia-smi is no card, which is something else', async () => {
    process.env['PATH'] = '/nowhere'
    expect(await measureGpus(await loadGpuTable(resources))).toEqual({ gpus: { state: 'absent' }, unreadable: [] })
  })
})

describe('mirrors', () => {
  it('answer with their time, or are out of reach with the reason, all at once', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/slow') return
      response.statusCode = { '/missing': 404, '/broken': 503 }[request.url ?? ''] ?? 200
      response.end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const mirror = (path: string) => ({ name: path, kind: 'hub' as const, address: `${address}/${path}` })
    const dispatcher = new Agent()
    const started = performance.now()
    const probed = await probeMirrors(
      [
        mirror('fine'),
        mirror('missing'),
        mirror('broken'),
        mirror('slow'),
        { name: 'gone', kind: 'torch', address: 'http://127.0.0.1:1/' },
        { name: 'official', kind: 'packages', address: null },
      ],
      dispatcher,
      500,
    )
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(probed).toMatchObject([
      { name: 'fine', latencyMs: expect.any(Number) as number, detail: null },
      { name: 'missing', latencyMs: expect.any(Number) as number, detail: 'HTTP 404' },
      { name: 'broken', latencyMs: null, detail: 'HTTP 503' },
      { name: 'slow', latencyMs: null, detail: 'no answer in 0.5 s' },
      { name: 'gone', latencyMs: null, detail: 'ECONNREFUSED' },
    ])
    await dispatcher.destroy()
    server.closeAllConnections()
    server.close()
  })
})

describe('live use', () => {
  it('is sampled once for all who listen, and only while somebody does', async () => {
    pretend(card('t4'))
    const watch = createGpuWatch()
    const [first, second] = [new AbortController(), new AbortController()]
    const take = async (signal: AbortSignal, count: number) => {
      const uses: GpuUse[] = []
      for await (const use of watch.watch(signal)) if (uses.push(use) === count) break
      return uses
    }
    const [a, b] = await Promise.all([take(first.signal, 3), take(second.signal, 3)])
    expect(a).toHaveLength(3)
    expect(a.map(({ at }) => at)).toEqual(b.map(({ at }) => at))
    expect(a[0]?.gpus).toMatchObject([
      { index: 0, utilization: 37 },
      { index: 1, utilization: null },
    ])
    // Again after everybody left: a new sampler.
    expect(await take(new AbortController().signal, 1)).toHaveLength(1)
    first.abort()
    expect(await take(first.signal, 1)).toEqual([])
  })

  it('ends where there is no card, and when the watch is disposed', async () => {
    process.env['PATH'] = '/nowhere'
    for await (const _use of createGpuWatch().watch()) throw new Error('there is none')
    pretend(card('t4'))
    const watch = createGpuWatch()
    for await (const _use of watch.watch()) watch.dispose()
  })

  it('comes through the core’s door', async () => {
    pretend(card('t4'))
    const door = openDoor({ root: root(), resources, version: 'test' })
    const client = await door.client()
    for await (const use of await client.machine.watchGpus()) {
      expect(use.gpus).toHaveLength(2)
      break
    }
    await door.dispose()
  })
})

it('a report kept by the first version is ignored, and not called damaged', async () => {
  const folder = root()
  const door = openDoor({ root: folder, resources, version: 'test' })
  await (await door.client()).snapshot()
  await door.dispose()
  await writeFile(
    join(folder, 'machine.json'),
    JSON.stringify({ version: 1, measuredAt: 1, gpus: { state: 'absent' } }),
  )
  const again = openDoor({ root: folder, resources, version: 'test' })
  const state = await (await again.client()).snapshot()
  expect(state.machine).toBeNull()
  expect(state.info.findings).toEqual([])
  expect(readFileSync(join(folder, 'machine.json'), 'utf8')).toContain('"version":1')
  await again.dispose()
})
