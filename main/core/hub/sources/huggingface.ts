import * as z from 'zod'
import type { EndpointView, RepoKind, RepoSummary } from '#contract'
import { AppError, toAppError } from '../../errors'
import { encodedPath } from '../file-names'
import { isRepoId } from '../repo-id'
import type { FileAddress, RefusedAnswer, RemoteFile, RepoRef, Resolved } from '../types'
import { header } from '../transfer/headers'
import { createClient, parsed, type Answer, type ClientOptions } from './client'
import { explainRefusal, type Asked } from './refusal'
import type { Source } from './source'

export interface HuggingFaceOptions extends Pick<ClientOptions, 'network' | 'pauseMs'> {
  /** With a path prefix, without a trailing slash: huggingface.co or a mirror that speaks as it does. */
  endpoint: string
  /** Asked for each request: it may be set or taken back in between. */
  token: () => string | null
}

const Commit = z.string().regex(/^[0-9a-f]{40}$/)
const Gated = z.union([z.boolean(), z.enum(['auto', 'manual'])])
const License = z.union([z.string(), z.array(z.string())]).nullish()

const Info = z.object({
  id: z.string().optional(),
  sha: Commit,
  gated: Gated.default(false),
  private: z.boolean().default(false),
  disabled: z.boolean().nullish(),
  cardData: z.object({ license: License, license_name: z.string().nullish() }).nullish().catch(null),
  tags: z.array(z.string()).nullish(),
})

const Entry = z.object({
  type: z.string(),
  path: z.string(),
  size: z.number().int().min(0).optional(),
  oid: z.string().optional(),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().min(0) }).nullish(),
})

const Found = z.array(
  z.object({
    id: z.string(),
    downloads: z.number().nullish(),
    likes: z.number().nullish(),
    gated: Gated.default(false),
    lastModified: z.string().nullish(),
    safetensors: z.object({ total: z.number() }).nullish().catch(null),
  }),
)

const ownHosts = new Set(['huggingface.co', 'hf.co'])
/** A hub that gives us a new next page for ever is none: 1000 entries a page. */
const MOST_PAGES = 2_000

/**
 * Whether a token of Hugging Face may go to `url`: to the endpoint that was set up, and to huggingface.co itself
 * wherever a mirror sends us on to it (as huggingface_hub does since its #4739). Never over http where https was set.
 */
export function mayKnowToken(url: URL, configured: URL): boolean {
  if (url.host === configured.host) return url.protocol === 'https:' || configured.protocol === 'http:'
  return url.protocol === 'https:' && ownHosts.has(url.host)
}

/** Hugging Face's protocol, which its mirrors speak as well (measured.md A1, A4). */
export function openHuggingFace(options: HuggingFaceOptions): Source {
  /** Who answers; another one once the first sent us on for good. */
  let endpoint = options.endpoint
  const configured = new URL(options.endpoint)
  function credentials(url: URL): Record<string, string> {
    const token = mayKnowToken(url, configured) ? options.token() : null
    return token === null ? {} : { authorization: `Bearer ${token}` }
  }
  const client = createClient({ ...options, headers: credentials, endpoint: () => endpoint })

  /** Remembers where a permanent redirection led. */
  async function get(path: string, signal: AbortSignal): Promise<Answer> {
    const answer = await client.get(endpoint + path, signal)
    const api = answer.url.indexOf('/api/')
    if (answer.moved && api > 0) endpoint = answer.url.slice(0, api)
    return answer
  }
  const askedFor = (ref: RepoRef, revision: string, file: string | null, gated: boolean | null): Asked => ({
    ...{ kind: ref.kind, id: ref.id, revision, file, endpoint, gated },
    page: pageOf(endpoint, ref),
    token: credentials(new URL(endpoint))['authorization'] !== undefined,
  })

  async function resolve(ref: RepoRef, revision: string | null, signal: AbortSignal): Promise<Resolved> {
    // The default branch of every repository there (measured.md A1).
    const named = revision ?? 'main'
    const answer = await get(`${apiPath(ref)}/revision/${encodeURIComponent(named)}`, signal)
    if (answer.status !== 200) {
      const error = explainRefusal(askedFor(ref, named, null, null), answer)
      if (error.data.code === 'HUB_NOT_FOUND') await refuseWrongKind(ref, signal)
      throw error
    }
    const info = parsed(answer, Info, endpoint)
    const id = info.id ?? ref.id
    if (!isRepoId(id)) throw new AppError('HUB_NOT_A_HUB', { endpoint, detail: 'JSON id' })
    if (info.disabled === true) throw new AppError('HUB_DISABLED', { id })
    return {
      ...{ kind: ref.kind, id, revision: named, commit: info.sha, private: info.private, endpoint },
      gated: info.gated !== false,
      license: licenseOf(info),
      page: pageOf(endpoint, { kind: ref.kind, id }),
    }
  }

  /** A dataset's id among the models, or the other way round. */
  async function refuseWrongKind(ref: RepoRef, signal: AbortSignal): Promise<void> {
    const kind: RepoKind = ref.kind === 'model' ? 'dataset' : 'model'
    const answer = await get(apiPath({ kind, id: ref.id }), signal)
    if (answer.status === 200) throw new AppError('HUB_WRONG_KIND', { id: ref.id, kind })
  }

  async function list(repo: Resolved, signal: AbortSignal): Promise<RemoteFile[]> {
    const files = new Map<string, RemoteFile>()
    const asked = new Set<string>()
    let next: string | null = `${apiPath(repo)}/tree/${repo.commit}?recursive=true&expand=false`
    while (next !== null) {
      if (asked.has(next) || asked.size >= MOST_PAGES) {
        throw new AppError('HUB_NOT_A_HUB', { endpoint, detail: 'Link' })
      }
      asked.add(next)
      const answer = await get(next, signal)
      if (answer.status !== 200) throw explainRefusal(askedFor(repo, repo.revision, null, null), answer)
      for (const entry of parsed(answer, z.array(Entry), endpoint)) {
        if (entry.type !== 'file') continue
        files.set(entry.path, fileOf(entry))
      }
      next = nextPage(header(answer.headers, 'link'), answer.url)
    }
    return [...files.values()]
  }

  return {
    resolve,
    list,
    address(repo: Resolved, path: string): FileAddress {
      const kind = repo.kind === 'dataset' ? 'datasets/' : ''
      const url = `${repo.endpoint}/${kind}${encodedPath(repo.id)}/resolve/${repo.commit}/${encodedPath(path)}`
      return { url, headers: { 'user-agent': 'verl-launchpad', ...credentials(new URL(url)) } }
    },
    explain(repo: Resolved, path: string, answer: RefusedAnswer): AppError {
      const token = credentials(new URL(repo.endpoint))['authorization'] !== undefined
      const asked = askedFor(repo, repo.revision, path, repo.gated)
      return explainRefusal({ ...asked, token, endpoint: repo.endpoint, page: repo.page ?? asked.page }, answer)
    },
    async search(kind: RepoKind, text: string, limit: number, signal: AbortSignal): Promise<RepoSummary[]> {
      const query = new URLSearchParams({ limit: String(limit), sort: 'downloads', direction: '-1' })
      if (text.trim() !== '') query.set('search', text.trim())
      const wanted = ['downloads', 'likes', 'gated', 'lastModified', ...(kind === 'model' ? ['safetensors'] : [])]
      for (const name of wanted) query.append('expand[]', name)
      const answer = await get(`/api/${kind}s?${query.toString()}`, signal)
      if (answer.status !== 200) throw explainRefusal(askedFor({ kind, id: text }, '', null, null), answer)
      return parsed(answer, Found, endpoint).map((found) => ({
        ...{ kind, id: found.id, downloads: found.downloads ?? null, likes: found.likes ?? null },
        gated: found.gated !== false,
        updatedAt: timeOf(found.lastModified),
        parameters: found.safetensors?.total ?? null,
      }))
    },
    async probe(signal: AbortSignal): Promise<EndpointView> {
      const asked = endpoint
      const began = performance.now()
      const view = { endpoint: asked, movedTo: null, latencyMs: null, problem: null }
      try {
        const answer = await get('/api/models?limit=1', signal)
        const latencyMs = Math.round(performance.now() - began)
        if (answer.status !== 200) throw explainRefusal(askedFor({ kind: 'model', id: '' }, '', null, null), answer)
        parsed(answer, Found, endpoint)
        return { ...view, latencyMs, movedTo: endpoint === asked ? null : endpoint }
      } catch (thrown) {
        signal.throwIfAborted()
        return { ...view, problem: toAppError(thrown).data }
      }
    },
  }
}

const apiPath = ({ kind, id }: RepoRef) => `/api/${kind}s/${encodedPath(id)}`
const pageOf = (endpoint: string, { kind, id }: RepoRef) => `${endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${id}`

/** An LFS file's own oid is that of its pointer, so sha256 there and git's name of the bytes elsewhere. */
function fileOf({ path, lfs, size, oid }: z.infer<typeof Entry>): RemoteFile {
  if (lfs) return { path, size: lfs.size, digest: { algorithm: 'sha256', hex: lfs.oid } }
  const digest = /^[0-9a-f]{40}$/.test(oid ?? '') ? { algorithm: 'git-sha1' as const, hex: oid ?? '' } : null
  return { path, size: size ?? 0, digest }
}

/** The path and query below the endpoint: a mirror may leave another hub's address in it, which is not asked. */
export function nextPage(link: string | null, asked: string): string | null {
  const address = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1]
  if (address === undefined || !URL.canParse(address, asked)) return null
  const { pathname, search } = new URL(address, asked)
  const api = pathname.indexOf('/api/')
  return api < 0 ? null : pathname.slice(api) + search
}

function licenseOf({ cardData, tags }: z.infer<typeof Info>): string | null {
  const said = cardData?.license
  const license = Array.isArray(said) ? said.join(', ') : said
  if (license === 'other' && cardData?.license_name) return cardData.license_name
  return license ?? tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null
}

function timeOf(text: string | null | undefined): number | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : time
}
