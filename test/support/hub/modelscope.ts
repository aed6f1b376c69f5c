import type { IncomingMessage, ServerResponse } from 'node:http'
import { actionOf } from './faults'
import { sendJson, type Hub } from './hub'
import { refusal, revisionOf, type Stored } from './repositories'

const CODE_MISSING = 10010205001

/** ModelScope's API over the same repositories (measured.md A4; modelscope_hub): branch "master", a sha256 for each file. */
export function answerModelScope(hub: Hub, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const found = /^\/api\/v1\/(models|datasets)\/([^/]+\/[^/]+)(?:\/(revisions|repo\/files|repo\/tree|repo))?$/.exec(
    url.pathname,
  )
  if (found === null) return sendFault(response, 404, 'not found')
  const [, kinds = '', rawId = '', what = ''] = found
  const kind = kinds === 'models' ? 'model' : 'dataset'
  const stored = hub.find(kind, decodeURIComponent(rawId))
  const no = refusal(stored, tokenFrom(request), hub.tokens, what === 'repo' ? 'files' : 'facts')
  // It answers 404 where the other hub answers 401: whoever may not see it is told that it is not there.
  if (stored === null || (no !== null && no.code === null && tokenFrom(request) === null))
    return sendFault(response, 404, 'the requested resource does not exist')
  if (no !== null) return sendFault(response, no.status, no.message)
  const name = url.searchParams.get('Revision') ?? 'master'
  const revision = revisionOf(stored, name)
  if (revision === null) return sendFault(response, 404, `revision ${name} not found`)
  if (what === '') {
    const [owner, short] = stored.given.id.split('/')
    return sendData(response, { Id: 1, Path: owner, Name: short, Revision: 'master', ...stored.given.info })
  }
  if (what === 'revisions') return sendData(response, revisionsOf(stored))
  if (what === 'repo') {
    const path = url.searchParams.get('FilePath') ?? ''
    const file = revision.files.get(path)
    if (file === undefined) return sendFault(response, 404, `file ${path} not found`)
    response.writeHead(302, { location: hub.signed(stored, file), 'content-length': '0' }).end()
    return
  }
  const files = [...revision.files.values()].map(({ path, blob, lfs }) => ({
    Name: path.split('/').at(-1),
    Path: path,
    Type: 'blob',
    Size:
      blob.size +
      (actionOf(
        hub.faultsOf('api', path, (action) => action.do === 'lieSize'),
        'lieSize',
      )?.by ?? 0),
    Sha256: blob.sha256,
    IsLFS: lfs,
    Revision: revision.commit,
  }))
  const folders = new Set(
    files.flatMap(({ Path }) =>
      Path.split('/')
        .slice(0, -1)
        .map((_, n, all) => all.slice(0, n + 1).join('/')),
    ),
  )
  const all = [
    ...[...folders].map((path) => ({ Name: path.split('/').at(-1), Path: path, Type: 'tree', Size: 0, Sha256: '' })),
    ...files,
  ]
  if (what === 'repo/files') return sendData(response, { Files: all })
  const size = Math.min(hub.settings.pageSize, Number(url.searchParams.get('PageSize') ?? 200))
  const start = (Number(url.searchParams.get('PageNumber') ?? 1) - 1) * size
  sendData(response, { Files: all.slice(start, start + size) }, { TotalCount: all.length })
}

function revisionsOf(stored: Stored) {
  const branches = [...stored.revisions].map(([name, { commit }]) => ({
    Revision: name === 'main' ? 'master' : name,
    CommitId: commit,
  }))
  return { RevisionMap: { Branches: branches, Tags: [] } }
}

/** A Bearer token, or the cookie that its site sets. */
function tokenFrom(request: IncomingMessage): string | null {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return bearer ?? /(?:^|;\s*)m_session_id=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null
}

const sendData = (response: ServerResponse, Data: unknown, more: Record<string, unknown> = {}) =>
  sendJson(response, 200, { Code: 200, Success: true, Message: 'success', RequestId: 'x', Data, ...more })

const sendFault = (response: ServerResponse, status: number, Message: string) =>
  sendJson(response, status, { Code: CODE_MISSING, Success: false, Message, RequestId: 'x', Data: null })
