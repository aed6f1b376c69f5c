import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../main/core/errors'
import { createNetworkProfile } from '../../main/core/net/profile'
import { loadPresets } from '../../main/core/net/presets'
import { mayKnowToken, nextPage } from '../../main/core/hub/sources/huggingface'
import { endpointOf, openSource, type NetworkSource } from '../../main/core/hub/sources/open'
import type { RepoRef } from '../../main/core/hub/types'
import { defaultSettings } from '../../main/contract'
import { makeAuthority, servers } from '../support/network'
import { startHub, type HubServer } from '../support/hub-server'

const network = createNetworkProfile(() => ({ ...defaultSettings.network }), { environment: {} })
const signal = () => AbortSignal.timeout(30_000)
const at = servers()
let hub: HubServer
let other: HubServer
const config = JSON.stringify({ model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'] })

const repositories = [
  {
    kind: 'model' as const,
    id: 'Qwen/Tiny',
    files: { 'config.json': config, 'model.safetensors': { size: 3_000_000, seed: 1 }, 'a #?%/汉 字.json': '{}' },
    revisions: { 'feature/x': { 'config.json': '{}' } },
    renamedFrom: ['Old/Tiny'],
    info: { cardData: { license: 'apache-2.0' }, downloads: 7, likes: 2, safetensors: { total: 1_500_000 } },
  },
  {
    kind: 'dataset' as const,
    id: 'openai/gsm8k',
    files: { 'main/train.parquet': 'x', 'README.md': '# x' },
    info: { tags: ['license:mit'] },
  },
  {
    kind: 'model' as const,
    id: 'meta/Gated',
    files: { 'config.json': config },
    gated: 'manual' as const,
    granted: ['good'],
  },
  { kind: 'model' as const, id: 'me/Private', files: { 'config.json': config }, private: true, granted: ['good'] },
  { kind: 'model' as const, id: 'bad/Disabled', files: { 'config.json': config }, disabled: true },
]

beforeAll(async () => {
  hub = await startHub({ repositories, tokens: ['good', 'stranger'], prefix: '/hf' })
  other = await startHub({ repositories, tokens: ['good'] })
})
afterEach(() => {
  hub.clearFaults()
  hub.requests.length = 0
  other.requests.length = 0
  Object.assign(hub.settings, { pageSize: 1000, linkBase: null })
})
afterAll(async () => {
  at.closeAll()
  await Promise.all([hub.close(), other.close(), network.dispose()])
})

const hubs = { huggingface: 'http://127.0.0.1:9', modelscope: 'http://127.0.0.1:9' }
function source(endpoint = hub.endpoint, token: string | null = null, kind: NetworkSource['kind'] = 'huggingface') {
  return openSource({ kind, endpoint }, { network, hubs, token: () => token, pauseMs: 1, environment: {} })
}
const model = (id: string): RepoRef => ({ kind: 'model', id })
async function errorOf(doing: Promise<unknown>) {
  const thrown: unknown = await doing.then(
    () => null,
    (reason: unknown) => reason,
  )
  return thrown instanceof AppError ? thrown.data : thrown
}

describe('a repository of Hugging Face', () => {
  it('is resolved to a commit, and listed with sizes and digests, without one HEAD', async () => {
    const one = source()
    const repo = await one.resolve(model('Qwen/Tiny'), null, signal())
    expect(repo).toEqual({
      ...{ kind: 'model', id: 'Qwen/Tiny', revision: 'main', commit: hub.commitOf('model', 'Qwen/Tiny') },
      ...{
        gated: false,
        private: false,
        license: 'apache-2.0',
        endpoint: hub.endpoint,
        page: `${hub.endpoint}/Qwen/Tiny`,
      },
    })
    const files = await one.list(repo, signal())
    expect(files.map(({ path, size, digest }) => [path, size, digest?.algorithm])).toEqual([
      ['a #?%/汉 字.json', 2, 'git-sha1'],
      ['config.json', config.length, 'git-sha1'],
      ['model.safetensors', 3_000_000, 'sha256'],
    ])
    expect(hub.requests.filter(({ method, headers }) => method !== 'GET' || headers['referer'] !== undefined)).toEqual(
      [],
    )
    const address = one.address(repo, 'a #?%/汉 字.json')
    expect((await fetch(address.url, { headers: address.headers })).status).toBe(200)
    const dataset = await one.resolve({ kind: 'dataset', id: 'openai/gsm8k' }, null, signal())
    expect(dataset).toMatchObject({ license: 'mit', page: `${hub.endpoint}/datasets/openai/gsm8k` })
    const file = one.address(dataset, 'README.md')
    expect(await (await fetch(file.url)).text()).toBe('# x')
  })

  it('takes a branch with a slash, a commit, and says which revision is missing', async () => {
    const branch = await source().resolve(model('Qwen/Tiny'), 'feature/x', signal())
    expect(branch.commit).toBe(hub.commitOf('model', 'Qwen/Tiny', 'feature/x'))
    const commit = await source().resolve(model('Qwen/Tiny'), branch.commit, signal())
    expect(commit).toMatchObject({ revision: branch.commit, commit: branch.commit })
    expect(await errorOf(source().resolve(model('Qwen/Tiny'), 'v9', signal()))).toEqual({
      code: 'HUB_REVISION_MISSING',
      params: { id: 'Qwen/Tiny', revision: 'v9' },
    })
  })

  it('is listed page by page from the configured endpoint, whatever host the pages name, which gets no token', async () => {
    Object.assign(hub.settings, { pageSize: 1, linkBase: `${other.endpoint}` })
    const one = source(hub.endpoint, 'good')
    const files = await one.list(await one.resolve(model('Qwen/Tiny'), null, signal()), signal())
    expect(files).toHaveLength(3)
    expect(other.requests).toEqual([])
    expect(
      nextPage('<https://x/api/a?c=1>; rel="first", <https://y/p/api/b?c=2>; rel="next"', 'http://h/p/api/b'),
    ).toBe('/api/b?c=2')
  })

  it('is shown by its new id when it was renamed', async () => {
    const one = source(hub.endpoint, 'good')
    const repo = await one.resolve(model('Old/Tiny'), null, signal())
    expect(repo.id).toBe('Qwen/Tiny')
    expect(hub.requests.map(({ authorization }) => authorization)).toEqual(['Bearer good', 'Bearer good'])
  })

  it('of the other kind is said to be one', async () => {
    const params = { id: 'openai/gsm8k', kind: 'dataset' }
    expect(await errorOf(source().resolve(model('openai/gsm8k'), null, signal()))).toEqual({
      code: 'HUB_WRONG_KIND',
      params,
    })
    expect(await errorOf(source().resolve({ kind: 'dataset', id: 'Qwen/Tiny' }, null, signal()))).toMatchObject({
      code: 'HUB_WRONG_KIND',
      params: { kind: 'model' },
    })
  })

  it.each([
    ['missing/Model', null, 'HUB_NOT_FOUND'],
    ['missing/Model', 'good', 'HUB_NOT_FOUND'],
    ['me/Private', null, 'HUB_NOT_FOUND'],
    ['me/Private', 'stranger', 'HUB_NOT_FOUND'],
    ['Qwen/Tiny', 'wrong', 'HUB_TOKEN_BAD'],
    ['bad/Disabled', null, 'HUB_DISABLED'],
  ])('%s with the token %s: %s', async (id, token, code) => {
    expect(await errorOf(source(hub.endpoint, token).resolve(model(id), null, signal()))).toMatchObject({ code })
  })

  it.each([
    ['meta/Gated', null, 'HUB_GATED'],
    ['meta/Gated', 'stranger', 'HUB_GATED_PENDING'],
    ['meta/Gated', 'wrong', 'HUB_TOKEN_BAD'],
    ['Qwen/Tiny', null, 'HUB_FILE_MISSING'],
  ])('a file of %s that is refused to the token %s: %s', async (id, token, code) => {
    const repo = await source(hub.endpoint, token === 'wrong' ? null : token).resolve(model(id), null, signal())
    const one = source(hub.endpoint, token)
    const path = code === 'HUB_FILE_MISSING' ? 'none.json' : 'config.json'
    const { url, headers } = one.address(repo, path)
    const answer = await fetch(url, { headers, redirect: 'manual' })
    const refused = {
      status: answer.status,
      url,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    }
    const { data } = one.explain(repo, path, refused)
    expect(data).toMatchObject({ code })
    if (code.startsWith('HUB_GATED')) expect(data.params).toEqual({ id, page: `${hub.endpoint}/${id}` })
  })

  it.each([
    [403, {}, '', 'HUB_BLOCKED'],
    [403, {}, '{"error":"no such right"}', 'HUB_FORBIDDEN'],
    [403, { 'x-error-code': 'GatedRepo' }, '', 'HUB_GATED'],
    [451, {}, '', 'HUB_DISABLED'],
    [429, { ratelimit: '"resolvers";r=0;t=55' }, '', 'HUB_RATE_LIMITED'],
    [418, {}, '', 'HUB_NOT_A_HUB'],
    [503, {}, '', 'NETWORK_UNREACHABLE'],
    [404, {}, '', 'HUB_FILE_MISSING'],
  ])('a file answered with %i %j %s: %s', async (status, headers, body, code) => {
    const one = source()
    const repo = await one.resolve(model('Qwen/Tiny'), null, signal())
    const { url } = one.address(repo, 'config.json')
    expect(one.explain(repo, 'config.json', { status, url, headers, body }).data).toMatchObject({ code })
    // A storage host's words are not the hub's.
    const cdn = one.explain(repo, 'config.json', { status: 403, url: `${hub.cdn}/x`, headers: {}, body }).data
    expect(cdn).toMatchObject({ code: 'FILE_NOT_OFFERED', params: { status: 403 } })
  })

  it('is asked for again after what passes, and not for ever', async () => {
    hub.fault({ do: 'status', status: 502, place: 'api', times: 2 })
    await source().resolve(model('Qwen/Tiny'), null, signal())
    expect(hub.requests.map(({ status }) => status)).toEqual([502, 502, 200])
    hub.fault({ do: 'status', status: 503, place: 'api' })
    expect(await errorOf(source().resolve(model('Qwen/Tiny'), null, signal()))).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
    })
    expect(hub.requests).toHaveLength(6)
  })

  it.each(['RateLimit', 'Retry-After'] as const)(
    'says until when requests are limited (%s), and waits for a short one',
    async (header) => {
      const stop = hub.fault({ do: 'rateLimit', seconds: 300, header, place: 'api' })
      const error = await errorOf(source().resolve(model('Qwen/Tiny'), null, signal()))
      const seconds = header === 'RateLimit' ? 301 : 300
      expect(error).toEqual({ code: 'HUB_RATE_LIMITED', params: { endpoint: hub.endpoint, seconds } })
      expect(hub.requests).toHaveLength(1)
      stop()
      hub.fault({ do: 'rateLimit', seconds: 0, header, place: 'api', times: 1 })
      expect((await source().resolve(model('Qwen/Tiny'), null, signal())).id).toBe('Qwen/Tiny')
    },
  )

  it('is found by searching', async () => {
    expect(await source().search('model', 'tiny', 10, signal())).toEqual([
      {
        ...{ kind: 'model', id: 'Qwen/Tiny', downloads: 7, likes: 2, gated: false, parameters: 1_500_000 },
        updatedAt: Date.parse('2025-07-26T03:46:27.000Z'),
      },
    ])
    expect(await source().search('dataset', 'gsm', 10, signal())).toMatchObject([
      { kind: 'dataset', id: 'openai/gsm8k' },
    ])
  })
})

describe('an endpoint', () => {
  it('that sends us on to another hub for good is left for that one, without the token', async () => {
    hub.fault({ do: 'moved', to: other.endpoint })
    const one = source(hub.endpoint, 'good')
    expect(await one.probe(signal())).toMatchObject({ endpoint: hub.endpoint, movedTo: other.endpoint, problem: null })
    const repo = await one.resolve(model('Qwen/Tiny'), null, signal())
    expect(repo).toMatchObject({ endpoint: other.endpoint, page: `${other.endpoint}/Qwen/Tiny` })
    expect(await one.list(repo, signal())).toHaveLength(3)
    expect(one.address(repo, 'config.json')).toMatchObject({ url: expect.stringContaining(other.endpoint) as string })
    expect(one.address(repo, 'config.json').headers).not.toHaveProperty('authorization')
    expect(hub.requests).toHaveLength(1)
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([null, null, null])
    // And a token is what is missing there, not what was refused.
    const gated = await one.resolve(model('meta/Gated'), null, signal())
    const { url } = one.address(gated, 'config.json')
    const headers = { 'x-error-code': 'GatedRepo' }
    expect(one.explain(gated, 'config.json', { status: 401, url, headers, body: '' }).data.code).toBe('HUB_GATED')
  })

  it('that answers with pages for people, or nothing at all, is no hub', async () => {
    hub.fault({ do: 'html', place: 'api' })
    const params = { endpoint: hub.endpoint, detail: 'text/html' }
    expect(await errorOf(source().resolve(model('Qwen/Tiny'), null, signal()))).toEqual({
      code: 'HUB_NOT_A_HUB',
      params,
    })
    expect(await source().probe(signal())).toMatchObject({ problem: { code: 'HUB_NOT_A_HUB', params } })
    const nobody = 'http://127.0.0.1:9'
    expect(await source(nobody).probe(signal())).toMatchObject({ problem: { code: 'NETWORK_UNREACHABLE' } })
    hub.clearFaults()
    expect(await source().probe(signal())).toMatchObject({ endpoint: hub.endpoint, movedTo: null, problem: null })
  })

  it.each(['loop', 'pages', 'json', 'id'])('that answers nonsense is no hub: %s', async (what) => {
    const server = createServer((request, response) => {
      const path = request.url ?? ''
      if (what === 'loop') return void response.writeHead(307, { location: path }).end()
      const link = { link: `<http://x${path}>; rel="next"` }
      if (path.includes('/tree/')) return void response.writeHead(200, link).end('[]')
      if (what === 'json') return void response.end('{"sha":1}')
      response.end(JSON.stringify({ sha: 'a'.repeat(40), id: what === 'id' ? '../../etc' : 'a/b' }))
    })
    const one = source(`http://127.0.0.1:${await at.listen(server)}`)
    const all = one.resolve(model('a/b'), null, signal()).then((repo) => one.list(repo, signal()))
    expect(await errorOf(all)).toMatchObject({ code: 'HUB_NOT_A_HUB' })
  })

  it('is the one asked for, else of the settings, the environment, the service', async () => {
    const { hubs: own } = await loadPresets('resources')
    const of = (asked: string | null, set: string | null, environment: NodeJS.ProcessEnv) =>
      endpointOf(
        { kind: 'huggingface', endpoint: asked },
        { network: { ...network, hubEndpoint: () => set }, hubs: own, token: () => null, environment },
      )
    expect(of('http://a/', 'http://b', { HF_ENDPOINT: 'http://c' })).toBe('http://a')
    expect(of(null, 'http://b/x/', { HF_ENDPOINT: 'http://c' })).toBe('http://b/x')
    expect(of(null, null, { HF_ENDPOINT: 'c.example/' })).toBe('https://c.example')
    expect(of(null, null, {})).toBe('https://huggingface.co')
  })

  it.each([
    ['https://huggingface.co/api', 'https://hf-mirror.com', true],
    ['https://hf.co/api', 'https://hf-mirror.com', true],
    ['http://huggingface.co/api', 'https://hf-mirror.com', false],
    ['https://huggingface.co.evil.com/', 'https://hf-mirror.com', false],
    ['https://huggingface.co:8443/', 'https://hf-mirror.com', false],
    ['https://cdn-lfs.huggingface.co/', 'https://huggingface.co', false],
    ['https://hub.local:81/', 'https://hub.local:80', false],
    ['http://hub.local/x', 'https://hub.local', false],
    ['https://hub.local/x', 'http://hub.local', true],
    ['http://hub.local/x', 'http://hub.local/prefix', true],
  ])('%s: a token for %s may be known there: %s', (url, configured, expected) => {
    expect(mayKnowToken(new URL(url), new URL(configured))).toBe(expected)
  })

  it('whose connection is read along is said to be, and by whom; with the CA set it answers, over a proxy too', async () => {
    const company = makeAuthority('Example Corp')
    const relay = (request: IncomingMessage, response: ServerResponse) => {
      void fetch(`${other.endpoint}${request.url ?? ''}`).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
      })
    }
    const endpoint = `https://mirror.test:${await at.https(company, relay)}`
    const { port } = await at.proxy()
    const of = (caFile: string | null) => {
      const settings = { ...defaultSettings.network, proxy: `http://127.0.0.1:${port}`, caFile }
      const profile = createNetworkProfile(() => settings, { environment: {} })
      return openSource({ kind: 'huggingface', endpoint }, { network: profile, hubs, token: () => null, pauseMs: 1 })
    }
    expect(await errorOf(of(null).resolve(model('Qwen/Tiny'), null, signal()))).toEqual({
      code: 'TLS_INTERCEPTED',
      params: { address: new URL(endpoint).host, issuer: 'Example Corp' },
    })
    expect(await of(company.caFile).resolve(model('Qwen/Tiny'), null, signal())).toMatchObject({
      id: 'Qwen/Tiny',
      endpoint,
    })
  })

  it('gets no request after a cancellation', async () => {
    const stop = new AbortController()
    stop.abort()
    const thrown: unknown = await source()
      .resolve(model('Qwen/Tiny'), null, stop.signal)
      .catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ name: 'AbortError' })
    expect(hub.requests).toEqual([])
  })
})

describe('a repository of ModelScope', () => {
  const modelscope = (token: string | null = null) => source(hub.endpoint, token, 'modelscope')

  it('is resolved and listed, each file with its sha256', async () => {
    const one = modelscope()
    const repo = await one.resolve(model('Qwen/Tiny'), null, signal())
    expect(repo).toMatchObject({
      revision: 'master',
      commit: hub.commitOf('model', 'Qwen/Tiny'),
      page: `${hub.endpoint}/models/Qwen/Tiny`,
    })
    const files = await one.list(repo, signal())
    expect(files.map(({ path, digest }) => [path, digest?.algorithm])).toEqual([
      ['a #?%/汉 字.json', 'sha256'],
      ['config.json', 'sha256'],
      ['model.safetensors', 'sha256'],
    ])
    const { url } = one.address(repo, 'a #?%/汉 字.json')
    expect(await (await fetch(url)).text()).toBe('{}')
  })

  it('of data is listed page by page', async () => {
    Object.assign(hub.settings, { pageSize: 1 })
    const one = modelscope()
    const repo = await one.resolve({ kind: 'dataset', id: 'openai/gsm8k' }, null, signal())
    expect((await one.list(repo, signal())).map(({ path }) => path)).toEqual(['README.md', 'main/train.parquet'])
  })

  it('says what is wrong', async () => {
    expect(await errorOf(modelscope().resolve(model('missing/Model'), null, signal()))).toMatchObject({
      code: 'HUB_NOT_FOUND',
    })
    expect(await errorOf(modelscope().resolve(model('openai/gsm8k'), null, signal()))).toMatchObject({
      code: 'HUB_WRONG_KIND',
    })
    expect(await errorOf(modelscope().resolve(model('Qwen/Tiny'), 'v9', signal()))).toMatchObject({
      code: 'HUB_REVISION_MISSING',
    })
    expect(await errorOf(modelscope('wrong').resolve(model('Qwen/Tiny'), null, signal()))).toMatchObject({
      code: 'HUB_TOKEN_BAD',
    })
    expect(await errorOf(modelscope().resolve(model('me/Private'), null, signal()))).toMatchObject({
      code: 'HUB_NOT_FOUND',
    })
    expect(await modelscope('good').resolve(model('me/Private'), null, signal())).toMatchObject({ id: 'me/Private' })
    expect(hub.requests.at(-1)?.headers).toMatchObject({ cookie: 'm_session_id=good', authorization: 'Bearer good' })
    expect(await modelscope().probe(signal())).toMatchObject({ problem: null })
  })

  it('is walked folder by folder where the listing is cut off at 3000, and found by searching', async () => {
    const names = Array.from({ length: 3100 }, (_, n) => `${n % 2 === 0 ? 'even' : 'odd'}/${n}.txt`)
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
      const send = (Data: unknown) => void response.end(JSON.stringify({ Code: 200, Success: true, Data }))
      if (pathname.startsWith('/openapi/')) {
        return void response.end(
          JSON.stringify({ data: { models: [{ id: 'a/b', downloads: 3, last_modified: 1_700_000_000 }] } }),
        )
      }
      if (pathname.endsWith('/revisions')) return send({ RevisionMap: { Branches: [{ Revision: 'master' }] } })
      if (!pathname.endsWith('/repo/files')) return send({})
      const root = searchParams.get('Root')
      if (searchParams.get('Recursive') === 'False')
        return send({ Files: ['even', 'odd'].map((Path) => ({ Path, Type: 'tree' })) })
      const found = names.filter((name) => root === null || name.startsWith(`${root}/`))
      send({ Files: found.slice(0, 3000).map((Path) => ({ Path, Type: 'blob', Size: 1, Sha256: 'a'.repeat(64) })) })
    })
    const one = source(`http://127.0.0.1:${await at.listen(server)}`, null, 'modelscope')
    const repo = await one.resolve(model('a/b'), null, signal())
    expect(repo.commit).toMatch(/^[0-9a-f]{40}$/)
    expect(await one.list(repo, signal())).toHaveLength(3100)
    expect(await one.search('model', 'b', 5, signal())).toMatchObject([
      { id: 'a/b', downloads: 3, updatedAt: 1_700_000_000_000 },
    ])
  })
})
