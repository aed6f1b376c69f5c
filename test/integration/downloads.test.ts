import { createHash } from 'node:crypto'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openHubRoom, tinyModel, type HubRoom } from '../support/hub-room'
import type { HubOptions } from '../support/hub-server'

const MB = 1024 * 1024
const big = {
  kind: 'dataset' as const,
  id: 'lab/rows',
  files: { 'data/train.jsonl': { size: 24 * MB, seed: 7 }, 'README.md': '# rows' },
}

let room: HubRoom
afterEach(() => room.close())
const open = async (more: Partial<HubOptions> = {}) =>
  (room = await openHubRoom({ repositories: [tinyModel, big], ...more }))

const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('a model arrives whole, with what training needs and nothing else, and is looked at', async () => {
  await open()
  const job = await room.get({ repo: tinyModel.id })
  expect(job).toMatchObject({ status: 'done', error: null })
  const item = await room.item(`models/${tinyModel.id}`)
  expect(item).toMatchObject({ state: 'whole', promised: true, revision: 'main', damaged: [] })
  expect(item.arrival?.template).toContain('<assistant>')
  expect((await readdir(item.folder)).sort()).toEqual(expect.arrayContaining(['config.json', 'model.safetensors']))
  await expect(stat(join(item.folder, 'pytorch_model.bin'))).rejects.toThrow('ENOENT')
  // The same again asks what there is and fetches nothing.
  const before = room.hub.sent()
  await room.get({ repo: tinyModel.id })
  expect(room.hub.sent()).toBe(before)
  const { downloads } = await room.state()
  expect(Object.values(downloads)).toHaveLength(1)
  expect(Object.values(downloads)[0]).toMatchObject({ state: 'done', place: 0, againBytes: 0 })
})

test('the repository is shown before it is fetched: files with reasons, facts, and whether it fits', async () => {
  await open()
  const source = { kind: 'huggingface' as const, endpoint: null }
  const info = await room.client.hub.info({ source, kind: 'model', repo: ` ${tinyModel.id} `, revision: null })
  expect(info.files.find(({ path }) => path === 'pytorch_model.bin')).toMatchObject({
    wanted: false,
    skipped: 'pickle',
  })
  expect(info.model).toMatchObject({ architecture: 'Qwen2ForCausalLM', template: true, context: 512, problem: null })
  expect(info.model?.fit).not.toBeNull()
  expect(info.presentBytes).toBe(0)
  const found = await room.client.hub.search({ source, kind: 'dataset', text: 'rows', limit: 5 })
  expect(found.map(({ id }) => id)).toEqual(['lab/rows'])
  const preview = await room.client.hub
    .preview({
      source,
      kind: 'dataset',
      repo: `${room.hub.endpoint}/datasets/lab/rows`,
      revision: null,
      file: 'README.md',
      rows: 1,
    })
    .catch((error: unknown) => error)
  expect(preview).toMatchObject({ data: { code: 'PREVIEW_IMPOSSIBLE' } })
})

test('a download is paused and goes on where it was, also by another core', async () => {
  await open({ shape: { bytesPerSecond: 6 * MB } })
  await room.client.settings.update({ downloads: { connections: 2 } })
  const job = await room.start({ repo: big.id, kind: 'dataset' })
  const done = async () => (await room.state()).downloads[job]?.bytes.done ?? 0
  await until(async () => (await done()) > 4 * MB)
  await room.client.hub.pause({ id: job })
  expect(await room.ended(job)).toMatchObject({ status: 'paused', error: null })
  // Told a moment after the job, when its end is on the disk.
  await until(async () => (await room.state()).downloads[job]?.state === 'paused')
  await room.reopen()
  expect((await room.state()).downloads[job]).toMatchObject({ state: 'paused', id: big.id })
  room.hub.shape({ bytesPerSecond: null })
  await room.client.hub.resume({ id: job, requestId: 'again' })
  expect(await room.ended(job)).toMatchObject({ status: 'done' })
  // What was on the way when it stopped may come twice; what was on the disk may not.
  expect(room.hub.sent('data/train.jsonl')).toBeLessThan(24 * MB + 8 * MB)
  expect((await room.item('datasets/lab/rows')).state).toBe('whole')
})

test('one at a time: the next one waits in its place, and can be moved to the front', async () => {
  const more = { ...big, id: 'lab/more' }
  await open({ repositories: [tinyModel, big, more], shape: { bytesPerSecond: MB } })
  await room.client.settings.update({ downloads: { connections: 1 } })
  const first = await room.start({ repo: big.id, kind: 'dataset' })
  await until(async () => (await room.state()).downloads[first]?.state === 'running')
  const second = await room.start({ repo: more.id, kind: 'dataset' })
  // In the queue is who has been planned: two at once may come in either order.
  await until(async () => (await room.state()).downloads[second]?.place === 1)
  const third = await room.start({ repo: tinyModel.id })
  await until(async () => (await room.state()).downloads[third]?.place === 2)
  expect((await room.state()).downloads[second]).toMatchObject({ state: 'queued', place: 1 })
  await room.client.hub.first({ id: third })
  await until(async () => (await room.state()).downloads[third]?.place === 1)
  await room.client.jobs.cancel({ id: second })
  expect(await room.ended(second)).toMatchObject({ status: 'cancelled' })
  room.hub.shape({ bytesPerSecond: null })
  expect([(await room.ended(first)).status, (await room.ended(third)).status]).toEqual(['done', 'done'])
})

test('a file that was changed is found by reading, and only that one is fetched again', async () => {
  await open()
  await room.get({ repo: tinyModel.id })
  const key = `models/${tinyModel.id}`
  const { folder } = await room.item(key)
  const file = join(folder, 'model.safetensors')
  const right = await sha256(file)
  const bytes = await readFile(file)
  bytes[bytes.length - 5] = 1
  await writeFile(file, bytes)
  const verified = await room.ended((await room.client.library.verify({ key, requestId: 'v' })).job)
  expect(verified.steps[0]?.findings).toMatchObject([{ params: { file: 'model.safetensors' } }])
  expect(await room.item(key)).toMatchObject({ state: 'damaged', damaged: ['model.safetensors'] })
  room.hub.requests.length = 0
  const repaired = await room.ended((await room.client.library.repair({ key, requestId: 'r' })).job)
  expect(repaired.status).toBe('done')
  expect(await sha256(file)).toBe(right)
  const fetched = new Set(room.hub.requests.filter(({ bytes }) => bytes > 0).map((request) => request.file))
  fetched.delete(null)
  expect([...fetched]).toEqual(['model.safetensors'])
  expect((await room.item(key)).state).toBe('whole')
})

test('another revision takes over what has not changed, for Python too', async () => {
  const files = { ...tinyModel.files, 'config.json': tinyModel.files['config.json'].replace('512', '256') }
  await open({ repositories: [{ ...tinyModel, revisions: { 'v1.0': files } }] })
  await room.get({ repo: tinyModel.id, revision: 'v1.0' })
  room.hub.requests.length = 0
  expect(await room.get({ repo: tinyModel.id })).toMatchObject({ status: 'done' })
  const fetched = room.hub.requests.filter(({ bytes, at, path }) => bytes > 0 && (at === 'cdn' || /resolve/.test(path)))
  expect(new Set(fetched.map(({ file }) => file))).toEqual(new Set(['config.json']))
  const { folder, commit } = await room.item(`models/${tinyModel.id}`)
  expect(commit).toBe(room.hub.commitOf('model', tinyModel.id))
  const metadata = await readFile(join(folder, '.cache/huggingface/download/model.safetensors.metadata'), 'utf8')
  expect(metadata.split('\n')[0]).toBe(commit)
})

test('a gated repository says where to ask, and comes with a token that no other origin sees', async () => {
  const gated = { ...tinyModel, id: 'meta/gated', gated: true, granted: ['hf_good'] }
  await open({ repositories: [gated], tokens: ['hf_good', 'hf_other'] })
  expect(await room.get({ repo: gated.id })).toMatchObject({
    status: 'failed',
    error: { code: 'HUB_GATED', params: { id: gated.id } },
  })
  await room.client.hub.setToken({ service: 'huggingface', token: 'hf_other' })
  expect(await room.get({ repo: gated.id })).toMatchObject({ error: { code: 'HUB_GATED_PENDING' } })
  await room.client.hub.setToken({ service: 'huggingface', token: 'hf_good' })
  expect(await room.get({ repo: gated.id })).toMatchObject({ status: 'done' })
  const elsewhere = room.hub.requests.filter(({ at }) => at === 'cdn')
  expect(elsewhere.length).toBeGreaterThan(0)
  expect(elsewhere.map(({ authorization }) => authorization)).toEqual(elsewhere.map(() => null))
  const kept = await stat(join(room.root, 'secrets.json'))
  expect(kept.mode & 0o077).toBe(0)
  expect(JSON.stringify(await room.state())).not.toContain('hf_good')
})

test('the source is switched half-way, and what came is kept', async () => {
  await open({ shape: { bytesPerSecond: 6 * MB } })
  const job = await room.start({ repo: big.id, kind: 'dataset' })
  await until(async () => ((await room.state()).downloads[job]?.bytes.done ?? 0) > 6 * MB)
  await room.client.hub.pause({ id: job })
  await room.ended(job)
  room.hub.shape({ bytesPerSecond: null })
  const source = { kind: 'modelscope' as const, endpoint: room.hub.endpoint }
  expect(await room.get({ repo: big.id, kind: 'dataset', source })).toMatchObject({ status: 'done' })
  expect(room.hub.sent('data/train.jsonl')).toBeLessThan(24 * MB + 8 * MB)
  expect(Object.values((await room.state()).downloads)).toHaveLength(1)
})

test('a folder is imported with what it promises, and is the same afterwards', async () => {
  await open()
  await room.get({ repo: tinyModel.id })
  const { folder } = await room.item(`models/${tinyModel.id}`)
  const other = await openHubRoom({ repositories: [] })
  try {
    const source = { kind: 'folder' as const, path: folder }
    expect(await other.get({ repo: '.', source })).toMatchObject({ status: 'done', error: null })
    const item = await other.item(`models/${tinyModel.id}`)
    expect(item).toMatchObject({ state: 'whole', promised: true })
    expect(await sha256(join(item.folder, 'model.safetensors'))).toBe(await sha256(join(folder, 'model.safetensors')))
  } finally {
    await other.close()
  }
})

test('what is in the library is planned with, and what is not is asked from the hub', async () => {
  await open()
  const request = {
    version: 1 as const,
    model: tinyModel.id,
    algorithm: 'auto' as const,
    goal: 'fits' as const,
    data: null,
    hardware: null,
    gpu: null,
    changes: {},
  }
  const before = await room.client.plan.make(request)
  expect(before.findings.map(({ code }) => code)).toContain('MODEL_NOT_HERE')
  await room.get({ repo: tinyModel.id })
  const after = await room.client.plan.make(request)
  expect(after.model.folder).toBe((await room.item(`models/${tinyModel.id}`)).folder)
  expect(after.findings.map(({ code }) => code)).not.toContain('MODEL_NOT_HERE')
  await room.client.plan.keep(request)
  expect((await room.item(`models/${tinyModel.id}`)).usedBy).toEqual(['plan'])
})

test('deleted is gone, and a download that is dismissed takes its unfinished bytes along', async () => {
  await open({ shape: { bytesPerSecond: 4 * MB } })
  const job = await room.start({ repo: big.id, kind: 'dataset' })
  await until(async () => ((await room.state()).downloads[job]?.bytes.done ?? 0) > MB)
  await expect(room.client.library.remove({ key: 'datasets/lab/rows' })).rejects.toMatchObject({
    data: { code: 'BUSY' },
  })
  await room.client.jobs.cancel({ id: job })
  await room.ended(job)
  const { folder } = await room.item('datasets/lab/rows')
  await room.client.hub.dismiss({ id: job, bytes: true })
  expect((await room.state()).downloads).toEqual({})
  await expect(stat(join(folder, '.launchpad', 'parts'))).rejects.toThrow('ENOENT')
  await room.client.library.remove({ key: 'datasets/lab/rows' }).catch(() => undefined)
  expect((await room.state()).library).toEqual({})
  await expect(stat(folder)).rejects.toThrow('ENOENT')
})
