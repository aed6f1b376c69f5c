import { createHash } from 'node:crypto'
import { blobOf, type Blob, type Content } from './content'

type Files = Record<string, Content>

export interface HubRepository {
  kind: 'model' | 'dataset'
  id: string
  files: Files
  /** Other branches and tags by name. The default one is "main", and "master" at ModelScope. */
  revisions?: Record<string, Files>
  /** Facts and the tree are public, the files are for `granted` tokens. */
  gated?: boolean | 'auto' | 'manual'
  /** Only `granted` tokens can see it at all. */
  private?: boolean
  granted?: string[]
  disabled?: boolean
  /** Names it once had: they redirect here. */
  renamedFrom?: string[]
  /** Put into the answer of the API as it is: cardData, safetensors, config, downloads, likes, lastModified. */
  info?: Record<string, unknown>
  /** Paths that are LFS files; else those of 1 MB or with a name of weights or tables. */
  lfs?: (path: string) => boolean
}

export interface StoredFile {
  path: string
  blob: Blob
  lfs: boolean
}

export interface StoredRevision {
  commit: string
  files: Map<string, StoredFile>
}

export interface Stored {
  given: HubRepository
  revisions: Map<string, StoredRevision>
}

const looksLfs = (path: string, { size }: Blob) =>
  size >= 1_000_000 || /\.(safetensors|bin|pt|pth|gguf|parquet|arrow|msgpack|h5|onnx|zip)$/.test(path)

export function store(given: HubRepository): Stored {
  const revisions = new Map<string, StoredRevision>()
  const all: [string, Files][] = [['main', given.files], ...Object.entries(given.revisions ?? {})]
  for (const [name, files] of all) {
    const kept = new Map<string, StoredFile>()
    const commit = createHash('sha1').update(`${given.kind} ${given.id} ${name}`)
    for (const path of Object.keys(files).sort()) {
      const blob = blobOf(files[path] ?? '')
      kept.set(path, { path, blob, lfs: given.lfs?.(path) ?? looksLfs(path, blob) })
      commit.update(`${path} ${blob.size} ${blob.sha256}\n`)
    }
    revisions.set(name, { commit: commit.digest('hex'), files: kept })
  }
  return { given, revisions }
}

/** By branch, tag or commit. */
export function revisionOf(stored: Stored, name: string): StoredRevision | null {
  const wanted = name === 'master' && !stored.revisions.has('master') ? 'main' : name
  return stored.revisions.get(wanted) ?? [...stored.revisions.values()].find(({ commit }) => commit === wanted) ?? null
}

export interface Access {
  status: number
  code: string | null
  message: string
}

const GATED = 'GatedRepo'

/** Why somebody with this token may not have it (files or facts), or null. As huggingface.co answers. */
export function refusal(
  stored: Stored | null,
  token: string | null,
  tokens: readonly string[],
  what: 'files' | 'facts',
): Access | null {
  if (token !== null && !tokens.includes(token)) {
    return { status: 401, code: null, message: 'Invalid credentials in Authorization header' }
  }
  const unseen: Access =
    token === null
      ? { status: 401, code: null, message: 'Invalid username or password.' }
      : { status: 404, code: 'RepoNotFound', message: 'Repository not found' }
  if (stored === null) return unseen
  const { given } = stored
  const granted = token !== null && (given.granted ?? []).includes(token)
  if (given.private === true && !granted) return unseen
  if (given.disabled === true) return { status: 403, code: null, message: 'Access to this resource is disabled.' }
  if (what === 'files' && (given.gated ?? false) !== false && !granted) {
    const restricted = `Access to ${given.kind} ${given.id} is restricted`
    return token === null
      ? { status: 401, code: GATED, message: `${restricted}. You must have access to it and be authenticated.` }
      : { status: 403, code: GATED, message: `${restricted} and you are not in the authorized list.` }
  }
  return null
}
