import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { serveBytes, type Shape } from './hub/body'
import { actionOf, createFaults, type Fault, type FaultAction } from './hub/faults'
import { answerHuggingFace } from './hub/huggingface'
import { addressOf, type Hub, type HubSettings } from './hub/hub'
import { answerModelScope } from './hub/modelscope'
import { store, type HubRepository, type Stored, type StoredFile } from './hub/repositories'

export type { Shape } from './hub/body'
export { blobOf, randomOf, type Content } from './hub/content'
export type { Fault } from './hub/faults'
export type { HubRepository } from './hub/repositories'

/** A request as it came, and what went out. */
export interface HubRequest {
  at: 'hub' | 'cdn'
  method: string
  /** The name and port that were asked for. */
  host: string
  /** With its query. */
  path: string
  headers: Record<string, string | string[] | undefined>
  authorization: string | null
  range: string | null
  /** The file of the repository, where it is one. */
  file: string | null
  status: number
  /** Of the body. */
  bytes: number
  /** Its number among the connections: requests that share one have the same. */
  connection: number
}

export interface HubOptions {
  repositories: HubRepository[]
  /** Tokens that are good at all; which repositories one opens is said by `granted`. */
  tokens?: string[]
  /** Put before every path of the hub: "/hf". */
  prefix?: string
  settings?: Partial<HubSettings>
  shape?: Partial<Shape>
  seed?: number
}

/**
 * A hub on loopback as measured.md (A1, A4) describes them: huggingface.co's API and ModelScope's, with the bytes of
 * large files at another origin. Made to misbehave by `fault` and `shape`, also while it runs.
 */
export interface HubServer {
  /** For HF_ENDPOINT and for ModelScope's API alike; with the prefix, without a trailing slash. */
  endpoint: string
  /** The origin of the bytes. */
  cdn: string
  requests: HubRequest[]
  settings: HubSettings
  fault(fault: Fault): () => void
  clearFaults(): void
  shape(shape: Partial<Shape>): void
  add(repository: HubRepository): void
  commitOf(kind: 'model' | 'dataset', id: string, revision?: string): string
  /** Bytes of bodies of files sent, of all or one. */
  sent(file?: string): number
  close(): Promise<void>
}

export async function startHub(options: HubOptions): Promise<HubServer> {
  const repositories = options.repositories.map(store)
  const faults = createFaults(options.seed ?? 1)
  const shape: Shape = { latencyMs: 0, bytesPerSecond: null, cutPerMiB: 0, ...options.shape }
  const settings: HubSettings = { pageSize: 1000, linkBase: null, signedSeconds: 3600, ...options.settings }
  const requests: HubRequest[] = []
  const under = new WeakMap<IncomingMessage, HubRequest>()
  const prefix = options.prefix ?? ''
  let origins = { hub: '', cdn: '' }
  let bodies = 0

  const find = (kind: string, id: string) =>
    repositories.find(({ given }) => given.kind === kind && given.id === id) ??
    repositories.find(({ given }) => given.kind === kind && given.renamedFrom?.includes(id)) ??
    null

  const hub: Hub = {
    prefix,
    tokens: options.tokens ?? [],
    settings,
    endpoint: () => origins.hub + prefix,
    all: () => repositories,
    find,
    signed: (stored, file) => signedAddress(origins.cdn, stored, file, settings.signedSeconds),
    faultsOf: (place, file, happens) => faults.of(place, file, happens),
    async bytes(request, response, file, headers) {
      const record = under.get(request)
      const range = request.headers.range
      const length = lengthOf(range, file.blob.size)
      const from = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
      const actions = faults.of('body', file.path, (action) => {
        if (action.do === 'busy') return bodies >= action.connections
        if (request.method !== 'GET') return false
        if (action.do === 'cut') return action.after === 'anywhere' || action.after < length
        if (action.do === 'stall' || action.do === 'trickle') return action.after < length
        if (action.do === 'flip') return action.at >= from && action.at < from + length
        if (action.do === 'expired') return record?.at === 'cdn'
        if (/Range/.test(action.do)) return range !== undefined
        return true
      })
      if (refusedBy(actions, response)) return
      bodies += 1
      try {
        const onSent = (bytes: number) => void (record !== undefined && (record.bytes += bytes))
        await serveBytes(request, response, { blob: file.blob, headers, actions, shape, faults, onSent })
      } finally {
        bodies -= 1
      }
    },
  }

  async function answer(at: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = recordOf(at, request)
    requests.push(record)
    under.set(request, record)
    response.on('close', () => (record.status = response.headersSent ? response.statusCode : 0))
    if (shape.latencyMs > 0) await setTimeout(shape.latencyMs * (isFirst(request.socket) ? 2 : 1))
    const url = new URL(request.url ?? '/', origins[at])
    if (at === 'cdn') return answerCdn(request, response, url, record)
    if (!url.pathname.startsWith(`${prefix}/`)) return void response.writeHead(404).end()
    url.pathname = url.pathname.slice(prefix.length)
    record.file = fileIn(url)
    const place = /^\/api\/resolve-cache\//.test(url.pathname) ? 'body' : record.file === null ? 'api' : 'resolve'
    if (place !== 'body' && refusedBy(faults.of(place, record.file, isRefusal), response, url)) return
    if (url.pathname.startsWith('/api/v1/')) return answerModelScope(hub, request, response, url)
    return answerHuggingFace(hub, request, response, url)
  }

  async function answerCdn(request: IncomingMessage, response: ServerResponse, url: URL, record: HubRequest) {
    const [, kind = '', id = '', commit = ''] = url.pathname.split('/').map(decodeURIComponent)
    const path = url.searchParams.get('file') ?? ''
    record.file = path
    const revision = [...(find(kind, id)?.revisions.values() ?? [])].find(
      (known) => known.files.get(path)?.blob.sha256 === commit,
    )
    const file = revision?.files.get(path)
    const late = Number(url.searchParams.get('Expires')) * 1000 < Date.now()
    if (file === undefined || late || url.searchParams.get('Signature') !== signature(url)) {
      return void response
        .writeHead(403, { 'content-type': 'application/xml' })
        .end('<Error><Code>AccessDenied</Code></Error>')
    }
    await hub.bytes(request, response, file, {})
  }

  const servers = { hub: createServer(), cdn: createServer() }
  for (const [at, server] of Object.entries(servers) as ['hub' | 'cdn', Server][]) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.on('error', () => {})
      answer(at, request, response).catch(() => response.destroy())
    })
    server.keepAliveTimeout = 60_000
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  }
  const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  origins = { hub: originOf(servers.hub), cdn: originOf(servers.cdn) }

  return {
    endpoint: origins.hub + prefix,
    cdn: origins.cdn,
    requests,
    settings,
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    shape: (change) => void Object.assign(shape, change),
    add: (repository) => void repositories.push(store(repository)),
    commitOf: (kind, id, revision = 'main') => find(kind, id)?.revisions.get(revision)?.commit ?? '',
    sent: (file) =>
      requests.reduce((sum, { bytes, ...one }) => sum + (file === undefined || one.file === file ? bytes : 0), 0),
    async close() {
      await Promise.all(
        Object.values(servers).map(
          (server) => new Promise<void>((done) => (server.close(() => done()), server.closeAllConnections())),
        ),
      )
    },
  }
}

let connections = 0
const numbers = new WeakMap<Socket, number>()
const asked = new WeakSet<Socket>()

function recordOf(at: 'hub' | 'cdn', request: IncomingMessage): HubRequest {
  const connection = numbers.get(request.socket) ?? ++connections
  numbers.set(request.socket, connection)
  return {
    at,
    method: request.method ?? '',
    host: request.headers.host ?? '',
    path: request.url ?? '',
    headers: { ...request.headers },
    authorization: request.headers.authorization ?? null,
    range: request.headers.range ?? null,
    file: null,
    status: 0,
    bytes: 0,
    connection,
  }
}

function isFirst(socket: Socket): boolean {
  const first = !asked.has(socket)
  asked.add(socket)
  return first
}

function lengthOf(range: string | undefined, size: number): number {
  const found = /^bytes=(\d+)-(\d*)$/.exec(range ?? '')
  if (found === null) return size
  return Math.max(0, (found[2] === '' ? size : Math.min(size, Number(found[2]) + 1)) - Number(found[1]))
}

/** The file that a request to the hub is about. */
function fileIn(url: URL): string | null {
  const path =
    /\/resolve\/[^/]+\/(.+)$/.exec(url.pathname)?.[1] ??
    /\/resolve-cache\/.+\/[0-9a-f]{40}\/(.+)$/.exec(url.pathname)?.[1]
  return path === undefined ? url.searchParams.get('FilePath') : decodeURIComponent(path)
}

const isRefusal = ({ do: what }: FaultAction) => ['status', 'rateLimit', 'moved', 'blocked', 'html'].includes(what)

/** Answers, and is true, when something else than the file is to come. */
function refusedBy(actions: FaultAction[], response: ServerResponse, url?: URL): boolean {
  const send = (status: number, headers: Record<string, string> = {}, body = '') =>
    void response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body)
  const [status, limited, moved] = [
    actionOf(actions, 'status'),
    actionOf(actions, 'rateLimit'),
    actionOf(actions, 'moved'),
  ]
  if (moved !== undefined && url !== undefined) send(308, { location: moved.to + url.pathname + url.search })
  else if (status !== undefined) send(status.status, status.headers, status.body)
  else if (limited !== undefined) send(429, rateHeaders(limited.seconds, limited.header ?? 'RateLimit'))
  else if (actionOf(actions, 'blocked')) send(403)
  else if (actionOf(actions, 'busy')) send(503)
  else if (actionOf(actions, 'expired'))
    send(403, { 'content-type': 'application/xml' }, '<Error><Code>AccessDenied</Code></Error>')
  else if (actionOf(actions, 'html'))
    send(200, { 'content-type': 'text/html' }, '<!doctype html><title>Welcome</title>')
  else return false
  return true
}

/** As hub-docs/rate-limits.md has them. */
function rateHeaders(seconds: number, header: 'RateLimit' | 'Retry-After' | 'none'): Record<string, string> {
  if (header === 'none') return {}
  if (header === 'Retry-After') return { 'retry-after': String(seconds) }
  return { ratelimit: `"resolvers";r=0;t=${seconds}`, 'ratelimit-policy': '"fixed window";"resolvers";q=3000;w=300' }
}

function signedAddress(cdn: string, { given }: Stored, { path, blob }: StoredFile, seconds: number): string {
  const url = new URL(`${cdn}/${given.kind}/${encodeURIComponent(given.id)}/${addressOf(blob.sha256)}`)
  url.searchParams.set('file', path)
  url.searchParams.set('Expires', String(Math.floor(Date.now() / 1000) + seconds))
  url.searchParams.set('Signature', signature(url))
  return url.href
}

const signature = (url: URL) =>
  createHash('sha256')
    .update(`${url.pathname} ${url.searchParams.get('file')} ${url.searchParams.get('Expires')}`)
    .digest('hex')
