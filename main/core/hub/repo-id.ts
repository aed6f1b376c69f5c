import type { RepoKind } from '#contract'
import { AppError } from '../errors'

/** What a person typed or pasted, understood. */
export interface ParsedRepo {
  kind: RepoKind
  /** "org/name", or "name" of the oldest repositories. */
  id: string
  /** As the address or "@revision" said; null: nothing was said. */
  revision: string | null
  /** The hub that the address is of, with its path prefix and without a trailing slash; null: no address. */
  endpoint: string | null
  /** null: not known from the address; a mirror of Hugging Face may have any name. */
  service: 'modelscope' | null
  /** The file that the page shows; null: a page of the whole repository. */
  file: string | null
}

/** Words of `idProblem` in the locales. */
type Problem = 'empty' | 'spaces' | 'characters' | 'parts' | 'address' | 'space'

/** Words of a page's address after which comes a revision. */
const views = new Set(['tree', 'blob', 'resolve', 'raw', 'blame', 'commits', 'commit', 'edit', 'delete'])

/**
 * An id ("org/name", "gpt2", "datasets/org/name"), the address of any page of a repository on a hub, a mirror or
 * ModelScope, "hf://...", or what `git clone` takes. `kind` is what is looked for; an address knows better.
 * Errors: HUB_ID_BAD (text, detail).
 */
export function parseRepo(text: string, kind: RepoKind): ParsedRepo {
  const bad = (detail: Problem) => new AppError('HUB_ID_BAD', { text: text.trim().slice(0, 200), detail })
  const typed = cleaned(text)
  if (typed === '') throw bad('empty')
  const found = asAddress(typed) ?? asScheme(typed) ?? { parts: typed.split('/'), revision: null, endpoint: null }
  const { parts, endpoint } = found
  const place = located(parts, kind)
  // A file may have a space in its name.
  if (/\s/.test(place === null ? parts.join('') : place === 'space' ? '' : place.id.join(''))) throw bad('spaces')
  if (place === 'space') throw bad('space')
  if (place === null || !place.id.every((part) => part !== '')) throw bad(endpoint === null ? 'parts' : 'address')
  const id = place.id.join('/')
  if (!isRepoId(id)) throw bad('characters')
  return {
    kind: place.kind,
    id,
    revision: found.revision ?? place.revision,
    endpoint: endpoint === null ? null : [endpoint, ...place.prefix].join('/'),
    service: endpoint !== null && isModelScope(endpoint) ? 'modelscope' : null,
    file: place.file,
  }
}

/**
 * huggingface_hub's own rule (utils/_validators.py): ASCII letters, digits, "-", "_", ".", at most 96 a part, no "--"
 * and "..", starting and ending with a letter, digit or "_".
 */
export function isRepoId(id: string): boolean {
  const parts = id.split('/')
  return (
    parts.length <= 2 &&
    parts.every((part) => /^\w(?:[\w.-]{0,94}\w)?$/.test(part)) &&
    !/--|\.\./.test(id) &&
    !/\.git$/i.test(id)
  )
}

/**
 * The address of a hub as people type it: without scheme, with a trailing slash, with a path prefix.
 * null: that is no address.
 */
export function normalEndpoint(text: string): string | null {
  const typed = cleaned(text)
  if (typed === '' || /\s/.test(typed)) return null
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `${schemeOf(typed)}://${typed}`
  if (!URL.canParse(whole)) return null
  const url = new URL(whole)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null
  return trimmed(url.origin + url.pathname)
}

interface Typed {
  parts: string[]
  revision: string | null
  /** Scheme and host. */
  endpoint: string | null
}

interface Place {
  prefix: string[]
  kind: RepoKind
  id: string[]
  revision: string | null
  file: string | null
}

/** Full-width letters, quotes, what copying adds (zero width, byte order mark), a `git clone` before it. */
function cleaned(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .trim()
    .replace(/^(?:git (?:lfs )?clone )/, '')
    .replaceAll(/^[\s"'`<“”‘’「『《]+|[\s"'`>“”‘’」』》,;。、]+$/g, '')
}

function asAddress(typed: string): Typed | null {
  const git = /^(?:ssh:\/\/)?git@([\w.-]+)[:/](.+)$/.exec(typed)
  if (git !== null) return asAddress(`${git[1] ?? ''}/${git[2] ?? ''}`)
  const hasScheme = /^https?:\/\//i.test(typed)
  // "hf.co/gpt2" and "localhost:8080/a/b": an organisation has no colon, and an id has two parts at most.
  const [first = '', ...rest] = typed.split('/')
  const isHost = rest.length > 0 && (first.includes(':') || (first.includes('.') && (rest.length > 1 || isHub(first))))
  if (!hasScheme && (!isHost || /^[a-z]+:$/i.test(first))) return null
  const whole = hasScheme ? typed : `${schemeOf(typed)}://${typed}`
  if (!URL.canParse(whole)) return null
  const url = new URL(whole)
  const parts = url.pathname.split('/').slice(1).map(decoded)
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  const query = url.searchParams.get('Revision') ?? url.searchParams.get('revision')
  return { parts, revision: query, endpoint: url.origin }
}

/** "hf://datasets/org/name@revision/path" (huggingface_hub's file system). */
function asScheme(typed: string): Typed | null {
  const found = /^(?:hf|modelscope):\/\/(.+)$/.exec(typed)
  if (found === null) return null
  const [before = '', after] = (found[1] ?? '').split('@', 2)
  const parts = before.split('/').filter((part) => part !== '')
  if (after === undefined) {
    const owned = parts[0] === 'datasets' || parts[0] === 'models' || parts[0] === 'spaces' ? 3 : 2
    const file = parts.slice(owned)
    return { parts: [...parts.slice(0, owned), ...(file.length > 0 ? ['blob', '', ...file] : [])], ...unsaid }
  }
  const [revision = '', ...file] = after.split('/')
  // A branch may hold a "/", written as "%2F" there as in the addresses of pages.
  return {
    parts: [...parts, ...(file.length > 0 ? ['blob', '', ...file] : [])],
    revision: decoded(revision),
    endpoint: null,
  }
}
const unsaid = { revision: null, endpoint: null }

/** Which parts are the id; "space" for a demo, which cannot be downloaded; null: none are. */
function located(parts: string[], kind: RepoKind): Place | 'space' | null {
  const kindAt = parts.findIndex((part) => part === 'datasets' || part === 'models' || part === 'spaces')
  if (kindAt >= 0 && parts[kindAt] === 'spaces') return 'space'
  const viewAt = parts.findIndex((part, at) => at > 0 && views.has(part))
  if (kindAt >= 0) {
    // ModelScope: /models/org/name/summary, /files, /file/view/REVISION/PATH.
    const rest = parts.slice(kindAt + 1)
    const view = rest.findIndex((part, at) => at > 0 && (views.has(part) || pages.has(part)))
    const id = view < 0 ? rest : rest.slice(0, view)
    const said = parts[kindAt] === 'datasets' ? 'dataset' : 'model'
    return shaped(parts.slice(0, kindAt), said, id, view < 0 ? [] : rest.slice(view))
  }
  if (viewAt < 0) {
    const page = parts.findIndex((part, at) => at > 1 && pages.has(part))
    return shaped([], kind, page < 0 ? parts : parts.slice(0, page), [])
  }
  // A mirror below a path: the id is what stands right before the view.
  const id = parts.slice(Math.max(0, viewAt - 2), viewAt)
  return shaped(parts.slice(0, Math.max(0, viewAt - 2)), kind, id, parts.slice(viewAt))
}
const pages = new Set([
  'summary',
  'files',
  'file',
  'discussions',
  'community',
  'settings',
  'viewer',
  'dataPeview',
  'feedback',
])

function shaped(prefix: string[], kind: RepoKind, id: string[], rest: string[]): Place | null {
  if (id.length < 1 || id.length > 2) return null
  const bare = id.map((part, at) => (at === id.length - 1 ? part.replace(/\.git$/, '') : part))
  const [view = '', revision = '', ...file] = rest[0] === 'file' && rest[1] === 'view' ? rest.slice(1) : rest
  const said = views.has(view) || view === 'view'
  return {
    ...{ prefix, kind, id: bare },
    revision: said && revision !== '' ? revision : null,
    file: said && view !== 'tree' && file.length > 0 ? file.join('/') : null,
  }
}

/** A machine of one's own seldom has a certificate. */
const schemeOf = (host: string) => (/^(localhost|127\.|\[::1\]|10\.|192\.168\.)/.test(host) ? 'http' : 'https')

const isModelScope = (endpoint: string) => /(^|\.)modelscope\.(cn|ai)$/.test(new URL(endpoint).hostname)
const isHub = (host: string) => /^(www\.)?(huggingface\.co|hf\.co|hf-mirror\.com|modelscope\.(cn|ai))$/i.test(host)
const trimmed = (address: string) => address.replace(/\/+$/, '')

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
