import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execaSync } from 'execa'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { lockFolder, verifyFile } from '../../main/core/hub/transfer'
import { bundled } from '../support/hub-process'
import { blobOf, startHub, type Content, type HubServer } from '../support/hub-server'
import { sha256Of, transfer, wantedFiles } from '../support/transfer'
import type { TransferOrder } from '../support/transfer-process'

const MB = 1024 * 1024
const large = { size: 40 * MB, seed: 9 }
const files: Record<string, Content> = { 'model.safetensors': large, 'config.json': '{}' }
const model = { kind: 'model' as const, id: 'org/tiny', files }

const hubs: HubServer[] = []
async function hubOf(options: Partial<Parameters<typeof startHub>[0]> = {}): Promise<HubServer> {
  const hub = await startHub({ repositories: [model], ...options })
  hubs.push(hub)
  return hub
}
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()))
})

const newFolder = () => mkdtempSync(join(tmpdir(), 'launchpad 续传 '))
const orderOf = (hub: HubServer, folder: string): TransferOrder => ({
  endpoint: hub.endpoint,
  id: 'org/tiny',
  commit: hub.commitOf('model', 'org/tiny'),
  folder,
  files,
  connections: 4,
})

let [home, program] = ['', '']
beforeAll(async () => {
  // Below the repository: its packages are found from there.
  home = mkdtempSync(resolve('node_modules', '.launchpad-test-'))
  program = await bundled('test/support/transfer-process.ts', home)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function start(order: TransferOrder) {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
  const end = new Promise<{ code: number | null; said: Record<string, unknown> | null }>((done) =>
    child.on('close', (code) =>
      done({ code, said: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) }),
    ),
  )
  return { child, end }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(10)
}

test('killed in the middle, it fetches at most 8 MB again, and the lock of the dead is no obstacle', async () => {
  const hub = await hubOf({ shape: { bytesPerSecond: 10 * MB } })
  const order = orderOf(hub, newFolder())
  for (const at of [12, 26]) {
    const { child, end } = start(order)
    await until(() => hub.sent() > at * MB)
    child.kill('SIGKILL')
    await end
  }
  const { said } = await start(order).end
  expect(said?.['errors']).toEqual([null, null])
  expect(await sha256Of(join(order.folder, 'model.safetensors'))).toBe(blobOf(large).sha256)
  expect(hub.sent('model.safetensors') - large.size).toBeLessThan(2 * 8 * MB)
})

test('the account on the disk claims only what was synced, and another boot believes nothing else', async () => {
  const hub = await hubOf({ shape: { bytesPerSecond: 20 * MB } })
  const order = orderOf(hub, newFolder())
  const { child, end } = start(order)
  await until(() => hub.sent() > 20 * MB)
  child.kill('SIGKILL')
  await end
  const parts = join(order.folder, '.launchpad', 'parts')
  const live = readdirSync(parts).find((name) => name.endsWith('.live')) ?? ''
  const account = JSON.parse(readFileSync(join(parts, live), 'utf8')) as { boot: string; segments: number[][] }
  expect(account.segments.length).toBeGreaterThan(0)
  // As after a power cut: the bytes that the page cache held are gone, and so is the boot.
  writeFileSync(join(parts, live), JSON.stringify({ ...account, boot: 'another' }))
  const part = join(parts, live.replace('.live', '.part'))
  writeFileSync(part, Buffer.alloc(large.size))
  const before = hub.sent('model.safetensors')
  const { said } = await start(order).end
  expect(said?.['errors']).toEqual([null, null])
  expect(said?.['counters']).toMatchObject({ againBytes: 0 })
  expect(hub.sent('model.safetensors') - before).toBeGreaterThanOrEqual(large.size)
  expect(await sha256Of(join(order.folder, 'model.safetensors'))).toBe(blobOf(large).sha256)
})

test('two processes never write one folder', async () => {
  const hub = await hubOf({ shape: { bytesPerSecond: 4 * MB } })
  const order = orderOf(hub, newFolder())
  const first = start(order)
  await until(() => hub.sent('model.safetensors') > MB)
  const second = await start(order).end
  expect(second.code).toBe(3)
  expect(second.said?.['refused']).toMatchObject({ code: 'FOLDER_IN_USE', params: { pid: first.child.pid } })
  first.child.kill('SIGKILL')
  await first.end
  await (await lockFolder(join(order.folder, '.launchpad', 'parts'))).release()
})

test('a lock is free again once released, also within one process', async () => {
  const folder = newFolder()
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow('FOLDER_IN_USE')
  await lock.release()
  await (await lockFolder(folder)).release()
  writeFileSync(join(folder, 'lock'), 'half writ')
  await (await lockFolder(folder)).release()
})

test('paused and resumed, nothing is fetched twice, and another hub with the same bytes goes on with it', async () => {
  const first = await hubOf({ shape: { bytesPerSecond: 10 * MB } })
  const folder = newFolder()
  const pause = new AbortController()
  const order = orderOf(first, folder)
  let landed = 0
  const run = transfer(wantedFiles(order, files), folder, {
    signal: pause.signal,
    onLanded: (bytes) => {
      landed += bytes
      if (landed > 15 * MB) pause.abort()
    },
  })
  await expect(run).rejects.toThrow(/abort/)
  expect(existsSync(join(folder, 'model.safetensors'))).toBe(false)
  const other = await hubOf({ prefix: '/mirror' })
  const again = await transfer(wantedFiles(orderOf(other, folder), files), folder)
  expect(again.results.map(({ error }) => error)).toEqual([null, null])
  expect(await sha256Of(join(folder, 'model.safetensors'))).toBe(blobOf(large).sha256)
  expect(other.sent('model.safetensors')).toBeLessThanOrEqual(large.size - 15 * MB)
  expect(again.landed()).toBe(large.size + '{}'.length)
})

test('a limit holds for all connections together', async () => {
  const hub = await hubOf()
  const folder = newFolder()
  const began = performance.now()
  await transfer(wantedFiles(orderOf(hub, folder), files), folder, { limit: 40 * MB })
  // 40 MB at 40 MB/s; a tenth of a second is given in advance, and it may take longer.
  expect(performance.now() - began).toBeGreaterThan(800)
})

test('a full disk is told with its numbers, everything is kept, and it goes on when there is room', async () => {
  const hub = await hubOf()
  const folder = newFolder()
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const mounted = execaSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { reject: false })
  if (mounted.failed) return // only root may; the rest of the rules are tested without it
  try {
    const wanted = wantedFiles(orderOf(hub, disk), files)
    await expect(transfer(wanted, disk)).rejects.toMatchObject({
      data: { code: 'DISK_FULL', params: { path: join(disk, '.launchpad', 'parts') } },
    })
    const before = hub.sent('model.safetensors')
    expect(before).toBeGreaterThan(10 * MB)
    execaSync('mount', ['-o', 'remount,size=64m', disk])
    const again = await transfer(wanted, disk)
    expect(again.results.map(({ error }) => error)).toEqual([null, null])
    expect(await sha256Of(join(disk, 'model.safetensors'))).toBe(blobOf(large).sha256)
    expect(hub.sent('model.safetensors') - before).toBeLessThan(large.size - 8 * MB)
  } finally {
    execaSync('umount', [disk], { reject: false })
  }
})

test('many small files are one request each beyond their redirections, over few connections', async () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`data/${n}.bin`, { size: 10_000, seed: n }]))
  const hub = await hubOf({ repositories: [{ ...model, files: many }] })
  const folder = newFolder()
  const order = { ...orderOf(hub, folder), files: many }
  const { results } = await transfer(wantedFiles(order, many), folder)
  expect(results.every(({ error }) => error === null)).toBe(true)
  expect(hub.requests.length).toBe(240)
  expect(new Set(hub.requests.map(({ connection }) => connection)).size).toBeLessThanOrEqual(16) // 4, twice as many for small files, at two origins
})

test('verifies what is there: the size first, then every byte', async () => {
  const folder = newFolder()
  const [file, whole] = [join(folder, '文件'), blobOf({ size: 2 * MB, seed: 1 })]
  writeFileSync(file, whole.read(0, whole.size))
  const { signal } = new AbortController()
  let read = 0
  const sha256 = { algorithm: 'sha256' as const, hex: whole.sha256 }
  expect(await verifyFile(file, whole.size, sha256, signal, (bytes) => (read += bytes))).toBe(true)
  expect(read).toBe(whole.size)
  expect(await verifyFile(file, whole.size, { algorithm: 'git-sha1', hex: whole.gitSha1 }, signal)).toBe(true)
  expect(await verifyFile(file, whole.size - 1, sha256, signal)).toBe(false)
  expect(await verifyFile(join(folder, 'nothing'), 1, sha256, signal)).toBe(false)
  writeFileSync(file, whole.read(0, whole.size).fill(1, 7, 8))
  expect(await verifyFile(file, whole.size, sha256, signal)).toBe(false)
})
