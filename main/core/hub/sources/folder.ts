import { createHash } from 'node:crypto'
import { lstat, readFile, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Digest } from '#contract'
import { AppError, errnoOf } from '../../errors'
import { isUnsafe } from '../file-names'
import { readManifest, type Manifest } from '../layout'
import { isRepoId } from '../repo-id'
import type { RemoteFile, RepoRef, Resolved } from '../types'

/** A folder to import from. Its files are copied by `copyVerified`, not transferred. */
export interface FolderSource {
  /** What the folder itself says it is; null: it does not. */
  guess(): Promise<RepoRef | null>
  /** Errors: NOT_FOUND (no such folder), HUB_REVISION_MISSING (a cache that has not that one). */
  resolve(ref: RepoRef, revision: string | null, signal: AbortSignal): Promise<Resolved>
  /** Digests that the folder's own records promise, else null. */
  list(repo: Resolved, signal: AbortSignal): Promise<RemoteFile[]>
  /** Absolute, with links followed; only of files that were listed. */
  file(path: string): string
}

/** A file as it was found: where its bytes lie, and what is known of them. */
interface Seen {
  absolute: string
  size: number
  mtimeMs: number
  digest: Digest | null
}

interface Snapshot {
  files: Map<string, Seen>
  /** null: the folder does not know. */
  commit: string | null
}

/**
 * Reads three kinds of folders: a `--local-dir` download (or one of ours), a repository of huggingface_hub's cache
 * ("models--org--name", also when its links were lost on the way), and plain files. A link that leads out of the
 * folder is not followed.
 */
export function openFolder(path: string): FolderSource {
  let read: { revision: string | null; snapshot: Promise<Snapshot> } | null = null
  let latest: Snapshot = { files: new Map(), commit: null }

  async function snapshotOf(revision: string | null, signal: AbortSignal): Promise<Snapshot> {
    if (read === null || read.revision !== revision) read = { revision, snapshot: readFolder(path, revision, signal) }
    latest = await read.snapshot.catch((thrown: unknown) => {
      read = null
      throw thrown
    })
    return latest
  }

  return {
    guess: () => guessed(path),
    async resolve(ref, revision, signal) {
      const snapshot = await snapshotOf(revision, signal)
      const commit = snapshot.commit ?? fingerprint(snapshot.files)
      return {
        ...{ kind: ref.kind, id: ref.id, revision: revision ?? snapshot.commit ?? 'main', commit },
        ...{ gated: false, private: false, license: null, page: null },
        endpoint: pathToFileURL(path).href,
      }
    },
    async list(repo, signal) {
      // Opened anew after it was resolved: by what it was resolved to.
      const { files } = await snapshotOf(read === null ? repo.revision : read.revision, signal)
      return [...files].map(([name, { size, digest }]) => ({ path: name, size, digest }))
    },
    file(name) {
      const found = latest.files.get(name)
      if (found === undefined) throw new AppError('HUB_FILE_MISSING', { id: path, file: name })
      return found.absolute
    },
  }
}

async function readFolder(path: string, revision: string | null, signal: AbortSignal): Promise<Snapshot> {
  const root = await rootOf(path)
  const cache = await cacheOf(root)
  if (cache !== null) return readCache(cache.repo, revision ?? cache.commit, signal)
  const manifest = await readManifest(root)
  const files = new Map<string, Seen>()
  const commits = new Map<string, number>()
  for await (const [name, absolute] of walk(root, root, signal)) {
    const { size, mtimeMs } = await stat(absolute)
    const record = await recordOf(root, name, mtimeMs)
    if (record !== null) commits.set(record.commit, (commits.get(record.commit) ?? 0) + 1)
    const promised = manifest === null || manifest === 'damaged' ? null : promisedBy(manifest, name, size)
    files.set(name, { absolute, size, mtimeMs, digest: promised ?? record?.digest ?? null })
  }
  const ours = manifest === null || manifest === 'damaged' ? null : manifest.commit
  const most = [...commits].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
  return { files, commit: ours ?? most }
}

const promisedBy = ({ files }: Manifest, name: string, size: number): Digest | null =>
  files.find((file) => file.path === name && file.size === size)?.digest ?? null

async function rootOf(path: string): Promise<string> {
  try {
    const root = await realpath(path)
    if ((await stat(root)).isDirectory()) return root
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT' && errnoOf(thrown) !== 'ENOTDIR') throw thrown
  }
  throw new AppError('NOT_FOUND', { what: 'folder', id: path })
}

/** What huggingface_hub wrote down of a file, unless the file was changed since (by its rule). */
async function recordOf(
  root: string,
  name: string,
  mtimeMs: number,
): Promise<{ commit: string; digest: Digest } | null> {
  const text = await textOf(join(root, '.cache', 'huggingface', 'download', `${name}.metadata`))
  const [commit = '', etag = '', time = ''] = (text ?? '').split('\n').map((line) => line.trim())
  const digest = digestFrom(etag)
  if (!/^[0-9a-f]{40}$/.test(commit) || digest === null || !(mtimeMs / 1000 - 1 <= Number(time))) return null
  return { commit, digest }
}

/** Its etags, and the names of its blobs: sha256 of an LFS file, git's name of any other. */
function digestFrom(etag: string): Digest | null {
  if (/^[0-9a-f]{64}$/.test(etag)) return { algorithm: 'sha256', hex: etag }
  return /^[0-9a-f]{40}$/.test(etag) ? { algorithm: 'git-sha1', hex: etag } : null
}

/** A repository of the cache: the folder itself, or one of its snapshots, whose links lead out of it. */
async function cacheOf(root: string): Promise<{ repo: string; commit: string | null } | null> {
  const above = dirname(root)
  if (basename(above) === 'snapshots' && repoNamed(basename(dirname(above))) !== null) {
    return { repo: dirname(above), commit: basename(root) }
  }
  const isCache = (await isFolder(join(root, 'snapshots'))) && repoNamed(basename(root)) !== null
  return isCache ? { repo: root, commit: null } : null
}

async function readCache(repo: string, revision: string | null, signal: AbortSignal): Promise<Snapshot> {
  const commit = await commitOf(repo, revision)
  const folder = join(repo, 'snapshots', commit)
  const files = new Map<string, Seen>()
  for await (const [name, absolute] of walk(folder, repo, signal)) {
    const target = await blobOf(repo, absolute)
    const { size, mtimeMs } = await stat(target)
    const digest = dirname(target) === join(repo, 'blobs') ? digestFrom(basename(target)) : null
    files.set(name, { absolute: target, size, mtimeMs, digest })
  }
  return { files, commit: /^[0-9a-f]{40}$/.test(commit) ? commit : null }
}

async function commitOf(repo: string, revision: string | null): Promise<string> {
  const all = await readdir(join(repo, 'snapshots'))
  const missing = new AppError('HUB_REVISION_MISSING', { id: basename(repo), revision: revision ?? 'main' })
  if (revision !== null && all.includes(revision)) return revision
  if (revision !== null && isUnsafe(revision)) throw missing
  const named = (await textOf(join(repo, 'refs', ...(revision ?? 'main').split('/'))))?.trim()
  if (named !== undefined && all.includes(named)) return named
  const only = all.length === 1 ? all[0] : undefined
  if (revision !== null || only === undefined) throw missing
  return only
}

/** A link that was copied as text ("../../blobs/<etag>"), as tools without links do, is what it says. */
async function blobOf(repo: string, file: string): Promise<string> {
  const { size } = await stat(file)
  if (size > 200) return file
  const named = /^(?:\.\.[/\\])+blobs[/\\]([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*$/.exec((await textOf(file)) ?? '')?.[1]
  if (named === undefined) return file
  const blob = join(repo, 'blobs', named)
  return (await isFile(blob)) ? blob : file
}

/** Files below `folder` as [name with "/", absolute]; links only to files within `root`. */
async function* walk(folder: string, root: string, signal: AbortSignal, below = ''): AsyncGenerator<[string, string]> {
  signal.throwIfAborted()
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    const absolute = join(folder, ...name.split('/'))
    // Records of downloads, and git's: nothing of the repository.
    if (isUnsafe(entry.isDirectory() ? `${name}/x` : name)) continue
    if (entry.isDirectory()) yield* walk(folder, root, signal, name)
    else if (entry.isFile()) yield [name, absolute]
    else if (entry.isSymbolicLink()) {
      const target = await insideOf(root, absolute)
      if (target !== null) yield [name, target]
    }
  }
}

/** Where a link leads, if that is a file inside; a link to a folder could lead round in a circle. */
async function insideOf(root: string, link: string): Promise<string | null> {
  try {
    const target = await realpath(link)
    const way = relative(root, target)
    if (way === '..' || way.startsWith(`..${sep}`) || way === '') return null
    return (await lstat(target)).isFile() ? target : null
  } catch {
    return null // broken, or a circle
  }
}

async function guessed(path: string): Promise<RepoRef | null> {
  const root = await rootOf(path)
  const manifest = await readManifest(root)
  if (manifest !== null && manifest !== 'damaged') return { kind: manifest.kind, id: manifest.id }
  const cache = await cacheOf(root)
  return cache === null ? null : repoNamed(basename(cache.repo))
}

/** "models--org--name" */
function repoNamed(name: string): RepoRef | null {
  const [kinds, ...parts] = name.split('--')
  const id = parts.join('/')
  if ((kinds !== 'models' && kinds !== 'datasets') || !isRepoId(id)) return null
  return { kind: kinds === 'models' ? 'model' : 'dataset', id }
}

function fingerprint(files: Map<string, Seen>): string {
  const lines = [...files].map(([name, { size, mtimeMs }]) => `${name}\0${size}\0${Math.floor(mtimeMs)}\n`).sort()
  return createHash('sha1').update(lines.join('')).digest('hex')
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    const gone = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(errnoOf(thrown) ?? '')
    if (gone) return null
    throw thrown
  }
}

const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() === true
const isFile = async (path: string) => (await stat(path).catch(() => null))?.isFile() === true
