import type { IncomingMessage, ServerResponse } from 'node:http'
import { actionOf } from './faults'
import { refusal, revisionOf, type Stored, type StoredFile, type StoredRevision } from './repositories'
import { addressOf, sendJson, sendRefusal, tokenOf, type Hub } from './hub'

/** The API and the addresses of files as huggingface.co has them (hub-docs, huggingface_hub; measured.md A1). */
export async function answerHuggingFace(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = url.pathname
  const cached = /^\/api\/resolve-cache\/(models|datasets)\/(.+)\/([0-9a-f]{40})\/(.+)$/.exec(path)
  if (cached !== null) return smallFile(hub, request, response, cached)
  const list = /^\/api\/(models|datasets)\/?$/.exec(path)
  if (list !== null) return search(hub, response, list[1] === 'models' ? 'model' : 'dataset', url)
  const api = /^\/api\/(models|datasets)\/(.+?)(?:\/(revision|tree|auth-check|paths-info)(?:\/(.*))?)?$/.exec(path)
  if (api !== null) return answerApi(hub, request, response, url, api)
  const file = /^\/(datasets\/)?(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(path)
  if (file !== null) return resolveFile(hub, request, response, file)
  sendRefusal(response, { status: 404, code: null, message: 'Not found' })
}

const kindOf = (word: string) => (word.startsWith('dataset') ? 'dataset' : 'model')

async function answerApi(hub: Hub, request: IncomingMessage, response: ServerResponse, url: URL, found: string[]) {
  const [, kinds = '', rawId = '', what = 'revision', rest = ''] = found
  const kind = kindOf(kinds)
  const id = decodeURIComponent(rawId)
  const stored = hub.find(kind, id)
  if (stored !== null && stored.given.id !== id) {
    const to = url.pathname.replace(`/${kinds}/${rawId}`, `/${kinds}/${stored.given.id}`)
    response.writeHead(307, { location: hub.prefix + to + url.search, 'content-length': '0' }).end()
    return
  }
  const facts = what === 'auth-check' ? 'files' : 'facts'
  const no = refusal(stored, tokenOf(request), hub.tokens, facts)
  if (no !== null || stored === null) return sendRefusal(response, no ?? notFound)
  if (what === 'auth-check') return sendJson(response, 200, {})
  // A revision is one segment, quoted; what follows it is a folder.
  const [rawRevision = 'main', ...folder] = rest === '' ? ['main'] : rest.split('/')
  const name = decodeURIComponent(rawRevision)
  const revision = revisionOf(stored, name)
  if (revision === null) return sendRefusal(response, { ...noRevision, message: `Invalid rev id: ${name}` })
  if (what === 'revision') return sendJson(response, 200, infoOf(stored, revision))
  if (what === 'paths-info') {
    const asked = new URLSearchParams((await bodyOf(request)).toString())
    const paths = asked.getAll('paths')
    const items = [...revision.files.values()].filter((file) => paths.includes(file.path)).map((file) => item(file, 0))
    return sendJson(response, 200, items)
  }
  return sendTree(hub, response, url, revision, folder.map(decodeURIComponent).join('/'))
}

const notFound = { status: 404, code: 'RepoNotFound', message: 'Repository not found' }
const noRevision = { status: 404, code: 'RevisionNotFound' }

function infoOf({ given }: Stored, revision: StoredRevision) {
  return {
    _id: revision.commit.slice(0, 24),
    id: given.id,
    ...(given.kind === 'model' ? { modelId: given.id } : {}),
    author: given.id.split('/')[0],
    sha: revision.commit,
    lastModified: '2025-07-26T03:46:27.000Z',
    createdAt: '2025-04-27T03:40:08.000Z',
    private: given.private === true,
    gated: given.gated === true ? 'auto' : (given.gated ?? false),
    disabled: given.disabled === true,
    downloads: 0,
    likes: 0,
    tags: [],
    siblings: [...revision.files.keys()].map((rfilename) => ({ rfilename })),
    ...given.info,
  }
}

function search(hub: Hub, response: ServerResponse, kind: 'model' | 'dataset', url: URL): void {
  const text = (url.searchParams.get('search') ?? '').toLowerCase()
  const limit = Number(url.searchParams.get('limit') ?? 1000)
  const found = hub
    .all()
    .filter(({ given }) => given.kind === kind && given.private !== true && given.id.toLowerCase().includes(text))
  const infos = found.slice(0, limit).map((stored) => {
    const revision = revisionOf(stored, 'main')
    if (revision === null) throw new Error('a repository has a main revision')
    const { siblings: _siblings, ...info } = infoOf(stored, revision)
    return info
  })
  sendJson(response, 200, infos)
}

function item({ path, blob, lfs }: StoredFile, lie: number) {
  const size = blob.size + lie
  if (!lfs) return { type: 'file', oid: blob.gitSha1, size, path }
  // The git object of an LFS file is its pointer; a small text whose own id nobody needs.
  return { type: 'file', oid: blob.gitSha1, size, lfs: { oid: blob.sha256, size, pointerSize: 134 }, path }
}

function sendTree(hub: Hub, response: ServerResponse, url: URL, revision: StoredRevision, folder: string): void {
  const recursive = /^(true|1)$/i.test(url.searchParams.get('recursive') ?? '')
  const below = folder === '' ? '' : `${folder}/`
  const folders = new Set<string>()
  const files = [...revision.files.values()].filter(({ path }) => {
    if (!path.startsWith(below)) return false
    const parts = path.slice(below.length).split('/')
    const deep = recursive ? parts.length - 1 : Math.min(1, parts.length - 1)
    for (let n = 1; n <= deep; n++) folders.add(below + parts.slice(0, n).join('/'))
    return recursive || parts.length === 1
  })
  if (folder !== '' && files.length === 0 && folders.size === 0) {
    return sendRefusal(response, { status: 404, code: 'EntryNotFound', message: `${folder} does not exist` })
  }
  const lieOf = (path: string) =>
    actionOf(
      hub.faultsOf('api', path, (action) => action.do === 'lieSize'),
      'lieSize',
    )?.by
  const items = [
    ...[...folders].map((path) => ({ type: 'directory', oid: revision.commit, size: 0, path })),
    ...files.map((file) => item(file, lieOf(file.path) ?? 0)),
  ]
  const start = Number(url.searchParams.get('cursor') ?? 0)
  const size = Math.min(hub.settings.pageSize, Number(url.searchParams.get('limit') ?? Infinity))
  const headers: Record<string, string> = {}
  if (start + size < items.length) {
    const next = new URL(`${hub.settings.linkBase ?? hub.endpoint()}${url.pathname}${url.search}`)
    next.searchParams.set('cursor', String(start + size))
    headers['link'] = `<${next.href}>; rel="next"`
  }
  sendJson(response, 200, items.slice(start, start + size), headers)
}

function resolveFile(hub: Hub, request: IncomingMessage, response: ServerResponse, found: string[]): void {
  const [, datasets = '', rawId = '', rawRevision = '', rawPath = ''] = found
  const [id, path] = [decodeURIComponent(rawId), rawPath.split('/').map(decodeURIComponent).join('/')]
  const kind = kindOf(datasets)
  const stored = hub.find(kind, id)
  if (stored !== null && stored.given.id !== id) {
    const location = `${hub.prefix}/${datasets}${addressOf(stored.given.id)}/resolve/${rawRevision}/${rawPath}`
    response.writeHead(307, { location, 'content-length': '0' }).end()
    return
  }
  const no = refusal(stored, tokenOf(request), hub.tokens, 'files')
  if (no !== null || stored === null) return sendRefusal(response, no ?? notFound)
  const revision = revisionOf(stored, decodeURIComponent(rawRevision))
  if (revision === null) {
    return sendRefusal(response, { ...noRevision, message: `Invalid rev id: ${rawRevision}` })
  }
  const file = revision.files.get(path)
  const commit = { 'x-repo-commit': revision.commit }
  if (file === undefined) {
    return sendRefusal(response, { status: 404, code: 'EntryNotFound', message: 'Entry not found' }, commit)
  }
  const actions = hub.faultsOf('resolve', path, ({ do: what }) => what === 'lieSize' || what === 'headBroken')
  if (request.method === 'HEAD' && actionOf(actions, 'headBroken')) return void response.writeHead(200).end()
  const body = 'Temporary Redirect. Redirecting to elsewhere'
  const head: Record<string, string> = { ...commit, 'content-type': 'text/plain', 'content-length': `${body.length}` }
  if (file.lfs) {
    response.writeHead(302, {
      ...head,
      'x-linked-etag': `"${file.blob.sha256}"`,
      'x-linked-size': String(file.blob.size + (actionOf(actions, 'lieSize')?.by ?? 0)),
      location: hub.signed(stored, file),
    })
  } else {
    const to = `/api/resolve-cache/${kind}s/${addressOf(id)}/${revision.commit}/${addressOf(path)}`
    response.writeHead(307, {
      ...head,
      etag: `"${file.blob.gitSha1}"`,
      location: `${hub.prefix}${to}?${encodeURIComponent(path)}=&etag=%22${file.blob.gitSha1}%22`,
    })
  }
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function smallFile(hub: Hub, request: IncomingMessage, response: ServerResponse, found: string[]): Promise<void> {
  const [, kinds = '', id = '', commit = '', path = ''] = found.map(decodeURIComponent)
  const stored = hub.find(kindOf(kinds), id)
  const no = refusal(stored, tokenOf(request), hub.tokens, 'files')
  const file = stored === null ? undefined : revisionOf(stored, commit)?.files.get(path)
  if (no !== null || file === undefined) return sendRefusal(response, no ?? notFound)
  const headers = {
    'content-type': /\.html?$/.test(path) ? 'text/html' : 'text/plain; charset=utf-8',
    etag: `"${file.blob.gitSha1}"`,
    'x-repo-commit': commit,
  }
  await hub.bytes(request, response, file, headers)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const whole = Buffer.concat(pieces)
  if (!request.headers['content-type']?.includes('json')) return whole
  const { paths = [] } = JSON.parse(whole.toString()) as { paths?: string[] }
  return Buffer.from(new URLSearchParams(paths.map((path) => ['paths', path])).toString())
}
