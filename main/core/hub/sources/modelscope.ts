import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { EndpointView, RepoKind, RepoSummary } from '#contract'
import { AppError, toAppError } from '../../errors'
import { encodedPath } from '../file-names'
import type { FileAddress, RefusedAnswer, RemoteFile, RepoRef, Resolved } from '../types'
import { createClient, parsed, type Answer, type ClientOptions } from './client'
import { explainRefusal, type Asked } from './refusal'
import type { Source } from './source'

export interface ModelScopeOptions extends Pick<ClientOptions, 'network' | 'pauseMs'> {
  endpoint: string
  token: () => string | null
}

const Entry = z.object({
  Path: z.string(),
  Type: z.string().default('blob'),
  Size: z.number().int().min(0).default(0),
  Sha256: z.string().nullish(),
})
const Files = z.object({ Data: z.object({ Files: z.array(Entry).nullish() }) })

const Facts = z.object({
  Data: z.object({
    License: z.string().nullish(),
    Visibility: z.number().nullish(),
    ApprovalMode: z.number().nullish(),
  }),
})

const Branch = z.object({ Revision: z.string(), CommitId: z.string().nullish() })
const Revisions = z.object({
  Data: z.object({
    RevisionMap: z.object({ Branches: z.array(Branch).nullish(), Tags: z.array(Branch).nullish() }),
  }),
})

const Found = z.object({
  id: z.string().nullish(),
  owner: z.string().nullish(),
  name: z.string().nullish(),
  downloads: z.number().nullish(),
  likes: z.number().nullish(),
  last_modified: z.union([z.string(), z.number()]).nullish(),
})
const Search = z.object({
  data: z.object({ models: z.array(Found).nullish(), datasets: z.array(Found).nullish() }),
})

/** `repo/files` is cut off there without a word (modelscope_hub, REPO_FILES_TRUNCATION_LIMIT). */
const CUT_OFF = 3000
const PAGE = 200
const MOST_PAGES = 5_000
/** What its pages show for whoever may see a repository: 5 everybody, 1 its owner (modelscope, Visibility). */
const PUBLIC = 5

/** ModelScope's own API (modelscope_hub, _legacy_api.py; measured.md A4): branch "master", a sha256 for every file. */
export function openModelScope(options: ModelScopeOptions): Source {
  const { endpoint } = options
  const { host } = new URL(endpoint)
  /** Older parts of it know the cookie, newer ones the header; its client sends both. */
  function credentials(url: URL): Record<string, string> {
    const token = url.host === host ? options.token() : null
    return token === null ? {} : { authorization: `Bearer ${token}`, cookie: `m_session_id=${token}` }
  }
  const client = createClient({ ...options, headers: credentials, endpoint: () => endpoint })
  const get = (path: string, signal: AbortSignal) => client.get(endpoint + path, signal)
  const asked = (ref: RepoRef, revision: string, file: string | null): Asked => ({
    ...{ kind: ref.kind, id: ref.id, revision, file, endpoint, gated: null },
    page: pageOf(endpoint, ref),
    token: options.token() !== null,
  })

  /** Errors of the repository itself: `revision` was looked up before. */
  const refused = (ref: RepoRef, revision: string, answer: Answer) => explain(asked(ref, revision, null), answer)

  async function resolve(ref: RepoRef, revision: string | null, signal: AbortSignal): Promise<Resolved> {
    const named = revision ?? 'master'
    const answer = await get(apiPath(ref), signal)
    if (answer.status !== 200) {
      const error = refused(ref, named, answer)
      if (error.data.code === 'HUB_NOT_FOUND') await refuseWrongKind(ref, signal)
      throw error
    }
    const { Data: facts } = parsed(answer, Facts, endpoint)
    const found = await revisionOf(ref, named, signal)
    const repo: Resolved = {
      ...{ kind: ref.kind, id: ref.id, revision: named, endpoint, page: pageOf(endpoint, ref) },
      commit: found?.commit ?? '',
      license: facts.License ?? null,
      gated: (facts.ApprovalMode ?? 0) > 1,
      private: (facts.Visibility ?? PUBLIC) !== PUBLIC,
    }
    // Without a commit, what the listing says stands for one: it changes exactly when the files do.
    return repo.commit === '' ? { ...repo, commit: fingerprint(await list(repo, signal)) } : repo
  }

  async function refuseWrongKind(ref: RepoRef, signal: AbortSignal): Promise<void> {
    const kind: RepoKind = ref.kind === 'model' ? 'dataset' : 'model'
    const answer = await get(apiPath({ kind, id: ref.id }), signal)
    if (answer.status === 200) throw new AppError('HUB_WRONG_KIND', { id: ref.id, kind })
  }

  /** null: neither a branch nor a tag, e.g. a commit; then the listing is what tells whether it exists. */
  async function revisionOf(
    ref: RepoRef,
    named: string,
    signal: AbortSignal,
  ): Promise<{ commit: string | null } | null> {
    const answer = await get(`${apiPath(ref)}/revisions`, signal)
    if (answer.status !== 200) throw refused(ref, named, answer)
    const { Branches, Tags } = parsed(answer, Revisions, endpoint).Data.RevisionMap
    const found = [...(Branches ?? []), ...(Tags ?? [])].find(({ Revision }) => Revision === named)
    if (found === undefined && !/^[0-9a-f]{7,40}$/.test(named)) {
      throw new AppError('HUB_REVISION_MISSING', { id: ref.id, revision: named })
    }
    if (found === undefined) return /^[0-9a-f]{40}$/.test(named) ? { commit: named } : null
    return { commit: /^[0-9a-f]{40}$/.test(found.CommitId ?? '') ? (found.CommitId ?? null) : null }
  }

  async function page(repo: RepoRef & { revision: string }, query: Record<string, string>, signal: AbortSignal) {
    const search = new URLSearchParams({ Revision: repo.revision, Recursive: 'True', ...query })
    const what = repo.kind === 'dataset' ? 'repo/tree' : 'repo/files'
    const answer = await get(`${apiPath(repo)}/${what}?${search.toString()}`, signal)
    if (answer.status === 404) {
      throw new AppError('HUB_REVISION_MISSING', { id: repo.id, revision: repo.revision })
    }
    if (answer.status !== 200) throw refused(repo, repo.revision, answer)
    return parsed(answer, Files, endpoint).Data.Files ?? []
  }

  async function list(repo: Resolved, signal: AbortSignal): Promise<RemoteFile[]> {
    const entries = repo.kind === 'dataset' ? await pages(repo, signal) : await below(repo, null, signal)
    const files = entries.filter(({ Type }) => Type !== 'tree').map(fileOf)
    return [...new Map(files.map((file) => [file.path, file])).values()]
  }

  async function pages(repo: Resolved, signal: AbortSignal): Promise<z.infer<typeof Entry>[]> {
    const all: z.infer<typeof Entry>[] = []
    const seen = new Set<string>()
    for (let number = 1; number <= MOST_PAGES; number++) {
      const found = await page(repo, { PageNumber: String(number), PageSize: String(PAGE) }, signal)
      const fresh = found.filter(({ Path }) => !seen.has(Path))
      for (const entry of fresh) seen.add(entry.Path)
      all.push(...fresh)
      // A page may be shorter than asked for; one with nothing new is the end.
      if (fresh.length === 0) return all
    }
    throw new AppError('HUB_NOT_A_HUB', { endpoint, detail: 'PageNumber' })
  }

  /** A listing that was cut off is asked for folder by folder. */
  async function below(repo: Resolved, root: string | null, signal: AbortSignal): Promise<z.infer<typeof Entry>[]> {
    const at: Record<string, string> = root === null ? {} : { Root: root }
    const whole = await page(repo, at, signal)
    if (whole.length < CUT_OFF) return whole
    const level = await page(repo, { ...at, Recursive: 'False' }, signal)
    const folders = level.filter(({ Type, Path }) => Type === 'tree' && Path !== root)
    const inside: z.infer<typeof Entry>[] = []
    for (const { Path } of folders) inside.push(...(await below(repo, Path, signal)))
    return [...level, ...inside]
  }

  return {
    resolve,
    list,
    address(repo: Resolved, path: string): FileAddress {
      // Not the commit: whether it takes one is not documented. What changes in between has another digest.
      const query = new URLSearchParams({ Revision: repo.revision, FilePath: path })
      const url = `${endpoint}${apiPath(repo)}/repo?${query.toString()}`
      return { url, headers: { 'user-agent': 'verl-launchpad', ...credentials(new URL(url)) } }
    },
    explain(repo: Resolved, path: string, answer: RefusedAnswer): AppError {
      return explain({ ...asked(repo, repo.revision, path), gated: repo.gated }, answer)
    },
    async search(kind: RepoKind, text: string, limit: number, signal: AbortSignal): Promise<RepoSummary[]> {
      const query = new URLSearchParams({ search: text.trim(), page_number: '1', page_size: String(limit) })
      const answer = await get(`/openapi/v1/${kind}s?${query.toString()}`, signal)
      if (answer.status !== 200) throw refused({ kind, id: text }, '', answer)
      const { models, datasets } = parsed(answer, Search, endpoint).data
      return ((kind === 'model' ? models : datasets) ?? []).flatMap((found) => {
        const id = found.id ?? (found.owner && found.name ? `${found.owner}/${found.name}` : null)
        if (id === null) return []
        const rest = { downloads: found.downloads ?? null, likes: found.likes ?? null, gated: false, parameters: null }
        return [{ kind, id, ...rest, updatedAt: timeOf(found.last_modified) }]
      })
    },
    async probe(signal: AbortSignal): Promise<EndpointView> {
      const began = performance.now()
      const view = { endpoint, movedTo: null, latencyMs: null, problem: null }
      try {
        // Its API says in JSON that there is no such repository; what is no ModelScope says something else.
        const answer = await get('/api/v1/models/verl-launchpad/none', signal)
        parsed(answer, z.object({ Code: z.number(), Success: z.boolean() }), endpoint)
        return { ...view, latencyMs: Math.round(performance.now() - began) }
      } catch (thrown) {
        signal.throwIfAborted()
        return { ...view, problem: toAppError(thrown).data }
      }
    },
  }
}

const apiPath = ({ kind, id }: RepoRef) => `/api/v1/${kind}s/${encodedPath(id)}`
const pageOf = (endpoint: string, { kind, id }: RepoRef) => `${endpoint}/${kind}s/${id}`

/** {"Message": "..."} takes the place of Hugging Face's headers. */
function explain(asked: Asked, answer: RefusedAnswer): AppError {
  const message = messageIn(answer.body)
  const { id, endpoint } = asked
  if (new URL(answer.url).host === new URL(endpoint).host) {
    if (answer.status === 401 && asked.token) return new AppError('HUB_TOKEN_BAD', { endpoint })
    if (answer.status === 403 && message !== undefined && asked.gated !== true) {
      return new AppError('HUB_FORBIDDEN', { id, endpoint, detail: message.slice(0, 300) })
    }
  }
  const named = message === undefined ? {} : { 'x-error-message': message }
  return explainRefusal(asked, { ...answer, headers: { ...answer.headers, ...named } })
}

function messageIn(body: string): string | undefined {
  try {
    return z.object({ Message: z.string().min(1) }).parse(JSON.parse(body)).Message
  } catch {
    return undefined
  }
}

function fileOf({ Path, Size, Sha256 }: z.infer<typeof Entry>): RemoteFile {
  const hex = (Sha256 ?? '').toLowerCase()
  return { path: Path, size: Size, digest: /^[0-9a-f]{64}$/.test(hex) ? { algorithm: 'sha256', hex } : null }
}

function fingerprint(files: RemoteFile[]): string {
  const lines = files.map(({ path, size, digest }) => `${path}\0${size}\0${digest?.hex ?? ''}\n`).sort()
  return createHash('sha1').update(lines.join('')).digest('hex')
}

/** A date, or seconds. */
function timeOf(value: string | number | null | undefined): number | null {
  if (typeof value === 'number') return value * 1000
  const time = Date.parse(value ?? '')
  return Number.isNaN(time) ? null : time
}
