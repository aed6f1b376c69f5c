import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { blobOf, startHub, type Content, type Fault, type HubServer } from '../support/hub-server'
import { sha256Of, transfer, wantedFiles } from '../support/transfer'

const MB = 1024 * 1024
const large = { size: 20 * MB + 123, seed: 3 }
const files: Record<string, Content> = {
  'config.json': '{"a": 1}',
  '空 文件.txt': '',
  'sub dir/名字 #1?.txt': 'hello',
  'model.safetensors': large,
}

let hub: HubServer
let folder: string
beforeEach(async () => {
  hub = await startHub({
    repositories: [{ kind: 'model', id: 'org/tiny', files, gated: true, granted: ['hf_good'] }],
    tokens: ['hf_good'],
    prefix: '/hf',
  })
  folder = mkdtempSync(join(tmpdir(), 'launchpad 传输 '))
})
afterEach(() => hub.close())

const wanted = (only?: string, token = 'hf_good') => {
  const all = wantedFiles(
    { endpoint: hub.endpoint, id: 'org/tiny', commit: hub.commitOf('model', 'org/tiny'), folder, token },
    files,
    ['config.json', '空 文件.txt'],
  )
  return all.filter(({ path }) => only === undefined || path === only)
}
const isRight = async () => {
  for (const [path, content] of Object.entries(files)) {
    if (existsSync(join(folder, path))) expect(await sha256Of(join(folder, path))).toBe(blobOf(content).sha256)
  }
  return existsSync(join(folder, 'model.safetensors'))
}
const errors = (results: { error: { data: { code: string } } | null }[]) =>
  results.map(({ error }) => error?.data.code ?? null)

test('fetches every file by several connections, and leaves nothing else behind', async () => {
  const { results, states, landed, counters } = await transfer(wanted(), folder)
  expect(errors(results)).toEqual([null, null, null, null])
  expect(await isRight()).toBe(true)
  expect(readFileSync(join(folder, 'sub dir/名字 #1?.txt'), 'utf8')).toBe('hello')
  expect(readdirSync(join(folder, '.launchpad', 'parts'))).toEqual([])
  expect(landed()).toBe(large.size + 13)
  expect(counters).toEqual({ retries: 0, againBytes: 0 })
  expect(
    states
      .filter(({ state }) => state === 'done')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(Object.keys(files).sort())
  const bodies = hub.requests.filter(({ file, at }) => at === 'cdn' && file === 'model.safetensors')
  expect(new Set(bodies.map(({ connection }) => connection)).size).toBeGreaterThan(1)
  // One address is asked for; its signed answer serves every range that began after it was known.
  expect(states.at(-1)?.host ?? hub.cdn).toBe(new URL(hub.cdn).host)
})

test('the token goes to the hub and never to where it sends us', async () => {
  await transfer(wanted(), folder)
  const [toHub, cdn] = ['hub', 'cdn'].map((place) => hub.requests.filter(({ at }) => at === place))
  expect(toHub?.every(({ authorization }) => authorization === 'Bearer hf_good')).toBe(true)
  expect(cdn?.length).toBeGreaterThan(0)
  expect(cdn?.every(({ authorization }) => authorization === null)).toBe(true)
  expect(hub.requests.every(({ headers }) => headers.referer === undefined)).toBe(true)
  expect(hub.requests.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true)
})

describe('what passes', () => {
  const body = { file: 'model.safetensors' } as const
  const faults: Record<string, Fault[]> = {
    'cut once': [{ do: 'cut', after: 3 * MB, times: 1, ...body }],
    'cut every megabyte': [{ do: 'cut', after: MB, ...body }],
    'cut anywhere, half of the time': [{ do: 'cut', after: 'anywhere', probability: 0.5, ...body }],
    'a flipped byte': [{ do: 'flip', at: 13 * MB, times: 1, ...body }],
    'a stall': [{ do: 'stall', after: MB, times: 2, ...body }],
    'no answer at all': [{ do: 'stall', after: 0, times: 2, ...body }],
    'a trickle at the end': [{ do: 'trickle', after: 4 * MB, bytesPerSecond: 10, times: 2, ...body }],
    '503 from the storage': [{ do: 'status', status: 503, times: 2, ...body }],
    '500 from the hub': [{ do: 'status', status: 500, times: 2, place: 'resolve', ...body }],
    'a signed address that is refused': [{ do: 'expired', times: 3, skip: 1, ...body }],
    'no ranges at all': [{ do: 'ignoreRange', ...body }],
    'cut, and no ranges': [
      { do: 'cut', after: 5 * MB, times: 2, ...body },
      { do: 'ignoreRange', ...body },
    ],
    'no Content-Range': [{ do: 'noContentRange', ...body }],
    'a wrong Content-Range': [{ do: 'wrongContentRange', by: 100, times: 2, ...body }],
    'a page in its place': [{ do: 'html', times: 2, ...body }],
    'two connections and no more': [{ do: 'busy', connections: 2, ...body }],
    'a broken HEAD': [{ do: 'headBroken' }],
    'a body that never ends': [{ do: 'endless', ...body }],
    'small files cut and refused': [
      { do: 'cut', after: 2, times: 2, file: /txt|json/ },
      { do: 'status', status: 503, times: 2, file: /txt|json/ },
    ],
  }
  test.each(Object.entries(faults))('%s', async (_, list) => {
    for (const fault of list) hub.fault(fault)
    const { results } = await transfer(wanted(), folder)
    expect(errors(results)).toEqual([null, null, null, null])
    expect(await isRight()).toBe(true)
    expect(readdirSync(join(folder, '.launchpad', 'parts'))).toEqual([])
  })
})

test('a flipped byte costs the file from the start to where it differs, not twice the whole', async () => {
  hub.fault({ do: 'flip', at: 5, times: 1, file: 'model.safetensors' })
  const { counters, landed, results } = await transfer(wanted('model.safetensors'), folder, { connections: () => 1 })
  expect(errors(results)).toEqual([null])
  expect(await isRight()).toBe(true)
  expect(counters.againBytes).toBeLessThanOrEqual(8 * MB)
  expect(landed()).toBe(large.size)
})

test('waits as long as a hub that limits says, and says so', async () => {
  hub.fault({ do: 'rateLimit', seconds: 1, times: 1, place: 'resolve', file: 'model.safetensors' })
  hub.fault({ do: 'rateLimit', seconds: 1, times: 1, header: 'Retry-After', file: 'model.safetensors' })
  const { results, states } = await transfer(wanted(), folder)
  expect(errors(results)).toEqual([null, null, null, null])
  const seconds = states.flatMap(({ problem }) =>
    problem?.code === 'HUB_RATE_LIMITED' ? [problem.params['seconds']] : [],
  )
  expect(seconds).toContain(2) // t + 1
  expect(seconds).toContain(1)
})

describe('what does not pass is told, and never lands', () => {
  const body = { file: 'model.safetensors' } as const
  const faults: [string, Fault, string][] = [
    ['a byte that is always wrong', { do: 'flip', at: 7 * MB, ...body }, 'DIGEST_MISMATCH'],
    ['always a page', { do: 'html', ...body }, 'HUB_NOT_A_HUB'],
    ['always a stall', { do: 'stall', after: 100, ...body }, 'FILE_TOO_SLOW'],
    ['always 503', { do: 'status', status: 503, ...body }, 'NETWORK_UNREACHABLE'],
    ['a filter of words', { do: 'blocked', ...body }, 'HUB_BLOCKED'],
    ['gone', { do: 'status', status: 404, place: 'resolve', ...body }, 'HUB_FILE_MISSING'],
  ]
  test.each(faults)('%s', async (_, fault, code) => {
    hub.fault(fault)
    const { results } = await transfer(wanted(), folder, { timing: { stallMs: 250 } })
    expect(errors(results)).toEqual([null, null, null, code])
    expect(existsSync(join(folder, 'model.safetensors'))).toBe(false)
  })

  test('no token for a gated repository', async () => {
    const { results } = await transfer(wanted('model.safetensors', 'hf_bad'), folder)
    expect(errors(results)).toEqual(['HUB_FILE_MISSING'])
  })

  test.each([-5, 5])('a tree that lies about a size by %i', async (by) => {
    const [file] = wanted('model.safetensors')
    if (file === undefined) throw new Error('no file')
    const { results } = await transfer([{ ...file, size: file.size + by }], folder)
    expect(errors(results)).toEqual(['FILE_SIZE_WRONG'])
    expect(existsSync(file.target)).toBe(false)
  })

  test('a tree that lies about a small file, and a file of no digest that never ends', async () => {
    const [small] = wanted('sub dir/名字 #1?.txt')
    const [whole] = wanted('model.safetensors')
    if (small === undefined || whole === undefined) throw new Error('no file')
    hub.fault({ do: 'endless', ...body })
    const { results } = await transfer(
      [
        { ...small, size: 3 },
        { ...whole, digest: null },
      ],
      folder,
      {
        connections: () => 1,
      },
    )
    expect(errors(results)).toEqual(['FILE_SIZE_WRONG', 'FILE_SIZE_WRONG'])
  })
})

test('counts the digest of a file that came without one', async () => {
  const [file] = wanted('model.safetensors')
  if (file === undefined) throw new Error('no file')
  const { results } = await transfer([{ ...file, digest: null }], folder)
  expect(results[0]?.digest).toEqual({ algorithm: 'sha256', hex: blobOf(large).sha256 })
})
