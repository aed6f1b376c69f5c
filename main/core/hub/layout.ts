import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import writeFileAtomic from 'write-file-atomic'
import { Digest, HubSource, RepoKind } from '#contract'
import { AppError, errnoOf } from '../errors'
import { peekJson, writeJson } from '../state/atomic-file'
import { checkName, fileSystemOf } from './file-names'
import { isRepoId } from './repo-id'
import type { RemoteFile, RepoRef } from './types'

/**
 * A repository on the disk: real files in one folder, with huggingface_hub's records of a `--local-dir` download in
 * `.cache/huggingface/` (so that it takes every file as it is) and our own in `.launchpad/`.
 */

const KeptFile = z.object({
  path: z.string(),
  size: z.number(),
  digest: Digest,
  /** Whether a hub said this digest; else it was counted here. */
  promised: z.boolean(),
})
export type KeptFile = z.infer<typeof KeptFile>

/** `<folder>/.launchpad/repo.json`: what was asked for and is here when all of it is. */
export const Manifest = z.object({
  version: z.literal(1),
  kind: RepoKind,
  id: z.string(),
  source: HubSource,
  revision: z.string(),
  commit: z.string(),
  /** Every file that was asked for; one whose digest is not known yet is not among them. */
  files: z.array(KeptFile),
  include: z.array(z.string()).nullable(),
  exclude: z.array(z.string()),
  addedAt: z.number(),
  verifiedAt: z.number().nullable(),
})
export type Manifest = z.infer<typeof Manifest>

/** One line of `<folder>/.launchpad/verified.jsonl`: these bytes were read and right, and the file is as it was then. */
const Verified = KeptFile.omit({ promised: true }).extend({ mtimeMs: z.number() })
type Verified = z.infer<typeof Verified>

const manifestFile = (folder: string) => join(folder, '.launchpad', 'repo.json')
const verifiedFile = (folder: string) => join(folder, '.launchpad', 'verified.jsonl')
/** For parts of files under way, and their sidecars. */
export const partsFolder = (folder: string) => join(folder, '.launchpad', 'parts')

/** `hub`: the folder of all repositories. Errors: HUB_ID_BAD, FILE_NAME_IMPOSSIBLE (on Windows, "aux/con"). */
export function repoFolder(hub: string, kind: RepoKind, id: string): string {
  if (!isRepoId(id)) throw new AppError('HUB_ID_BAD', { text: id, detail: 'characters' })
  checkName(id, fileSystemOf(hub))
  return join(hub, `${kind}s`, ...id.split('/'))
}

/** null: there is none. "damaged": it cannot be read; nothing was changed. */
export const readManifest = (folder: string): Promise<Manifest | null | 'damaged'> =>
  peekJson(manifestFile(folder), Manifest)

/**
 * Replaces it as a whole; not while files are recorded. Errors: FILE_NAME_IMPOSSIBLE where the folder is another repository's whose name differs
 * in upper and lower case alone, on a disk that takes them for the same.
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const before = await readManifest(folder)
  if (before !== null && before !== 'damaged' && !isSame(before, manifest)) {
    throw new AppError('FILE_NAME_IMPOSSIBLE', { file: manifest.id, detail: 'twin' })
  }
  await mkdir(join(folder, '.launchpad'), { recursive: true })
  await writeJson(manifestFile(folder), manifest)
  await shorten(folder)
}

/** One line a file: each verification adds them all once more. */
async function shorten(folder: string): Promise<void> {
  const { records, lines } = await readVerified(folder)
  if (lines <= records.size * 2) return
  const text = [...records.values()].map((record) => JSON.stringify(record) + '\n').join('')
  await writeFileAtomic(verifiedFile(folder), text)
}

/** A renamed repository gets another folder, so the id of a folder never changes. */
const isSame = (a: RepoRef, b: RepoRef) => a.kind === b.kind && a.id === b.id

/**
 * Writes down that a file, which lies there whole, was verified: for us, and for huggingface_hub, which takes it
 * for `commit`'s as long as it is not written to afterwards (_local_folder.py, read_download_metadata).
 */
export async function recordFile(folder: string, commit: string, file: RemoteFile & { digest: Digest }): Promise<void> {
  const { mtimeMs } = await stat(join(folder, file.path))
  const { path, size, digest } = file
  await prepareRecords(folder)
  const line: Verified = { path, size, digest, mtimeMs }
  // The break in front: a line that a crash cut off must not take this one with it.
  await appendFile(verifiedFile(folder), '\n' + JSON.stringify(line) + '\n')
  const metadata = join(folder, '.cache', 'huggingface', 'download', `${path}.metadata`)
  await mkdir(dirname(metadata), { recursive: true })
  // The clock of a network disk may be ahead of ours, and a file newer than its record counts as changed.
  const seconds = Math.max(Date.now(), mtimeMs) / 1000
  await writeFileAtomic(metadata, `${commit}\n${digest.hex}\n${seconds}\n`, { fsync: false })
}

/** From now on the file counts as not verified, for huggingface_hub too: it is read before it is taken for whole. */
export async function forgetFile(folder: string, { path, size, digest }: KeptFile): Promise<void> {
  const line: Verified = { path, size, digest, mtimeMs: -1 }
  await appendFile(verifiedFile(folder), JSON.stringify(line) + '\n')
  await rm(join(folder, '.cache', 'huggingface', 'download', `${path}.metadata`), { force: true })
}

/**
 * Writes down the whole listing of a commit as huggingface_hub 1.x does (_tree_cache.py): with it nothing is asked
 * for that commit, and 1.33 does not fail offline when a commit is named. Only for Hugging Face's own commits, and
 * with all files, wanted or not: an incomplete folder shall be told apart from a whole one.
 */
export async function writeTree(folder: string, commit: string, files: RemoteFile[]): Promise<void> {
  if (files.some(({ digest }) => digest === null)) return
  const entries = files.map(({ path, size, digest }) => {
    const lfs = digest?.algorithm === 'sha256' ? { lfs_sha256: digest.hex, lfs_size: size } : {}
    const blob = digest?.algorithm === 'sha256' ? pointerId(digest.hex, size) : (digest?.hex ?? '')
    return [path, { size, blob_id: blob, ...lfs }] as const
  })
  await prepareRecords(folder)
  const trees = join(folder, '.cache', 'huggingface', 'trees')
  await mkdir(trees, { recursive: true })
  await writeJson(join(trees, `${commit}.json`), { format_version: 1, files: Object.fromEntries(entries) })
}

/** What git keeps of an LFS file is a pointer to it. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function pointerId(sha256: string, size: number): string {
  // eslint-disable-next-line no-restricted-syntax -- a word of the format, nothing to ask
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`
  return createHash('sha1').update(`blob ${pointer.length}\0${pointer}`).digest('hex')
}

/** As huggingface_hub writes them (_local_folder.py, _huggingface_dir): git and backups pass the records by. */
async function prepareRecords(folder: string): Promise<void> {
  const theirs = join(folder, '.cache', 'huggingface')
  const ours = join(folder, '.launchpad')
  await mkdir(theirs, { recursive: true })
  await mkdir(ours, { recursive: true })
  const files: [string, string][] = [
    [join(theirs, '.gitignore'), '*'],
    [join(theirs, 'CACHEDIR.TAG'), cacheTag],
    [join(ours, '.gitignore'), '*\n'],
  ]
  for (const [file, text] of files) {
    await writeFile(file, text, { flag: 'wx' }).catch((thrown: unknown) => {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown
    })
  }
}

/** https://bford.info/cachedir/ */
const cacheTag =
  'Signature: 8a477f597d28d172789f06886806bc55\n' +
  '# This file is a cache directory tag created by huggingface_hub.\n' +
  '# For information about cache directory tags, see:\n' +
  '#\tbford.info/cachedir/\n'

export interface Presence {
  /** Verified by us, and not touched since; of this commit or with the same bytes in an older one. */
  verified: (RemoteFile & { digest: Digest })[]
  /** There and as long as promised, but not verified by us: to be read before it is fetched again. */
  unverified: RemoteFile[]
  missing: RemoteFile[]
}

/** Which of the wanted files are here. Reads no file's bytes. */
export async function presentFiles(folder: string, wanted: RemoteFile[]): Promise<Presence> {
  const { records: known } = await readVerified(folder)
  const found: Presence = { verified: [], unverified: [], missing: [] }
  for (const file of wanted) {
    const there = await statOf(join(folder, file.path))
    const record = known.get(file.path)
    if (there === null || there.size !== file.size) found.missing.push(file)
    else if (record !== undefined && isUntouched(record, there) && isRight(record, file)) {
      found.verified.push({ ...file, digest: record.digest })
    } else found.unverified.push(file)
  }
  return found
}

/** A copy that keeps times keeps them to the millisecond, more or less. */
const isUntouched = (record: Verified, there: { mtimeMs: number }) => Math.abs(record.mtimeMs - there.mtimeMs) <= 2

/** A digest of another algorithm says nothing about this one: the file is read again. */
const isRight = (record: Verified, { size, digest }: RemoteFile) =>
  record.size === size &&
  (digest === null || (digest.hex === record.digest.hex && digest.algorithm === record.digest.algorithm))

/** The last line of a path holds. A line that was cut off by a crash counts as none: its file is read again. */
async function readVerified(folder: string): Promise<{ records: Map<string, Verified>; lines: number }> {
  const records = new Map<string, Verified>()
  let text = ''
  try {
    text = await readFile(verifiedFile(folder), 'utf8')
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown
  }
  const lines = text.split('\n').filter((line) => line !== '')
  for (const line of lines) {
    const record = parsedLine(line)
    if (record !== null) records.set(record.path, record)
  }
  return { records, lines: lines.length }
}

function parsedLine(line: string): Verified | null {
  try {
    const result = Verified.safeParse(JSON.parse(line))
    return result.success ? result.data : null
  } catch {
    return null
  }
}

async function statOf(file: string): Promise<{ size: number; mtimeMs: number } | null> {
  try {
    const found = await stat(file)
    return found.isFile() ? found : null
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ENOTDIR') return null
    throw thrown
  }
}
