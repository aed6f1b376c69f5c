import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { startHubProcess } from '../support/hub-process'
import { startHub, type HubServer } from '../support/hub-server'

const MB = 1024 * 1024
const weights = { size: 3 * MB + 17, seed: 5 }
let hub: HubServer | undefined
afterEach(async () => {
  await hub?.close()
  hub = undefined
})

const model = (more: object = {}) => ({
  kind: 'model' as const,
  id: 'org/tiny',
  files: { 'config.json': '{}', 'sub dir/模型#1?.txt': 'hello', 'model.safetensors': weights },
  ...more,
})
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const json = async (url: string, headers: Record<string, string> = {}) =>
  (await (await fetch(url, { headers })).json()) as unknown

test('lists by pages and serves each file as its digest says, redirected as the real hub does', async () => {
  hub = await startHub({ repositories: [model()], prefix: '/hf', settings: { pageSize: 2 } })
  const { sha } = (await json(`${hub.endpoint}/api/models/org/tiny/revision/main`)) as { sha: string }
  expect(sha).toMatch(/^[0-9a-f]{40}$/)
  const items: { type: string; path: string; size: number; lfs?: { oid: string } }[] = []
  let next: string | undefined = `${hub.endpoint}/api/models/org/tiny/tree/${sha}?recursive=true&expand=false`
  while (next !== undefined) {
    const page: Response = await fetch(next)
    items.push(...((await page.json()) as typeof items))
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
  }
  expect(items.map(({ path }) => path).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'sub dir',
    'sub dir/模型#1?.txt',
  ])
  const large = items.find(({ path }) => path === 'model.safetensors')
  const address = `${hub.endpoint}/org/tiny/resolve/${sha}/model.safetensors`
  const first = await fetch(address, { redirect: 'manual' })
  expect(first.status).toBe(302)
  expect(first.headers.get('x-linked-etag')).toBe(`"${large?.lfs?.oid}"`)
  expect(first.headers.get('location')?.startsWith(hub.cdn)).toBe(true)
  const whole = new Uint8Array(await (await fetch(address)).arrayBuffer())
  expect(sha256(whole)).toBe(large?.lfs?.oid)
  const part = await fetch(address, { headers: { range: `bytes=${MB - 5}-${MB + 4}` } })
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${MB - 5}-${MB + 4}/${weights.size}`])
  expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(whole.subarray(MB - 5, MB + 5)))
  const small = await fetch(
    `${hub.endpoint}/org/tiny/resolve/main/${encodeURIComponent('sub dir')}/${encodeURIComponent('模型#1?.txt')}`,
  )
  expect(await small.text()).toBe('hello')
})

test('says who may not have it, and why', async () => {
  hub = await startHub({
    repositories: [model({ gated: 'manual', granted: ['hf_good'] }), model({ id: 'org/secret', private: true })],
    tokens: ['hf_good', 'hf_other'],
  })
  const file = `${hub.endpoint}/org/tiny/resolve/main/config.json`
  const asked = async (url: string, token?: string) => {
    const answer = await fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
    return [answer.status, answer.headers.get('x-error-code')]
  }
  expect(await asked(file)).toEqual([401, 'GatedRepo'])
  expect(await asked(file, 'hf_other')).toEqual([403, 'GatedRepo'])
  expect(await asked(file, 'hf_good')).toEqual([200, null])
  expect(await asked(file, 'hf_bad')).toEqual([401, null])
  expect(await asked(`${hub.endpoint}/api/models/org/secret`)).toEqual([401, null])
  expect(await asked(`${hub.endpoint}/api/models/org/tiny/revision/nope`)).toEqual([404, 'RevisionNotFound'])
  expect(await asked(`${hub.endpoint}/org/tiny/resolve/main/nope`, 'hf_good')).toEqual([404, 'EntryNotFound'])
})

test('serves the same repositories by ModelScope’s API', async () => {
  hub = await startHub({ repositories: [model(), model({ kind: 'dataset' })] })
  const list = (await json(`${hub.endpoint}/api/v1/models/org/tiny/repo/files?Revision=master&Recursive=True`)) as {
    Data: { Files: { Path: string; Sha256: string }[] }
  }
  const config = list.Data.Files.find(({ Path }) => Path === 'config.json')
  expect(config?.Sha256).toBe(sha256(Buffer.from('{}')))
  const file = await fetch(`${hub.endpoint}/api/v1/datasets/org/tiny/repo?Revision=master&FilePath=config.json`)
  expect(await file.text()).toBe('{}')
})

test('misbehaves as told, and runs as a process of its own', async () => {
  const other = await startHubProcess({ repositories: [model()] })
  const address = `${other.endpoint}/org/tiny/resolve/main/model.safetensors`
  await other.fault({ do: 'cut', after: MB, times: 1 })
  await expect(fetch(address).then((answer) => answer.arrayBuffer())).rejects.toThrow()
  expect(await other.sent('model.safetensors')).toBe(MB)
  await other.fault({ do: 'flip', at: 7, times: 1 })
  const wrong = new Uint8Array(await (await fetch(address)).arrayBuffer())
  const right = new Uint8Array(await (await fetch(address)).arrayBuffer())
  expect(wrong.length).toBe(right.length)
  expect([...wrong.keys()].filter((at) => wrong[at] !== right[at])).toEqual([7])
  await other.fault({ do: 'rateLimit', seconds: 3, place: 'resolve', times: 1 })
  expect((await fetch(address)).headers.get('ratelimit')).toBe('"resolvers";r=0;t=3')
  await other.fault({ do: 'expired', times: 1 })
  expect((await fetch(address)).status).toBe(403)
  await other.close()
})
