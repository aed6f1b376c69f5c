import { lstat, readdir, rename, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { Arrival, RepoKind, Said, type LibraryItem, type PlanRequest } from '#contract'
import { AppError } from '../errors'
import type { Step } from '../jobs/step'
import { peekJson, removeIfThere, writeJson } from '../state/atomic-file'
import type { ProjectionStore } from '../state/projection'
import type { Runs } from '../train/runs'
import { forgetFile, partsFolder, presentFiles, readManifest, writeManifest, type Manifest } from './layout'
import { verifyFile } from './transfer'

/** What was learnt of a repository after it arrived; losing it costs nothing but asking again. */
const Notes = z.object({
  version: z.literal(1),
  arrival: Arrival.nullable(),
  said: Said.nullable(),
  /** Files that the last check found missing, changed or damaged. */
  damaged: z.array(z.string()),
})
type Notes = z.infer<typeof Notes>

const noNotes: Notes = { version: 1, arrival: null, said: null, damaged: [] }

/** What is here: one folder a repository, known by its manifest. */
export interface Library {
  /** Looks at one folder again, or at all. */
  refresh(key?: string): Promise<void>
  /** NOT_FOUND for one that is not here. */
  item(key: string): LibraryItem
  manifest(key: string): Promise<Manifest>
  /** null: it is not here, or not whole. */
  wholeFolder(key: string): string | null
  note(key: string, change: Partial<Omit<Notes, 'version'>>): Promise<void>
  verifySteps(key: string): Step[]
  /** BUSY while a run names it. */
  remove(key: string): Promise<void>
  /** What a download left that will not go on: its parts, and the folder if nothing whole is in it. */
  dropUnfinished(key: string): Promise<void>
}

export interface LibraryDeps {
  hub: string
  projection: ProjectionStore
  runs: Pick<Runs, 'naming'>
}

/** Names a repository here; also its folder below the folder of all. */
export const repoKey = (kind: RepoKind, id: string): string => `${kind}s/${id}`

export async function openLibrary({ hub, projection, runs }: LibraryDeps): Promise<Library> {
  const folderOf = (key: string) => join(hub, ...key.split('/'))
  const ownFile = (key: string, name: string) => join(folderOf(key), '.launchpad', name)
  const items = () => projection.read().library

  async function notesOf(key: string): Promise<Notes> {
    const notes = await peekJson(ownFile(key, 'notes.json'), Notes).catch(() => null)
    return notes === null || notes === 'damaged' ? noNotes : notes
  }

  async function viewOf(key: string): Promise<LibraryItem | null> {
    const folder = folderOf(key)
    const manifest = await readManifest(folder)
    if (manifest === null || manifest === 'damaged') return null
    const { kind, id, source, revision, commit, files, addedAt, verifiedAt } = manifest
    const { verified } = await presentFiles(folder, files)
    const present = new Set(verified.map(({ path }) => path))
    const { arrival, said, damaged } = await notesOf(key)
    const bad = damaged.filter((path) => !present.has(path))
    const whole = files.every(({ path }) => present.has(path))
    const here = files.filter(({ path }) => present.has(path))
    return {
      key,
      kind,
      id,
      source,
      revision,
      commit,
      folder,
      state: bad.length > 0 ? 'damaged' : whole ? 'whole' : 'partial',
      bytes: here.reduce((sum, { size }) => sum + size, 0),
      files: here.length,
      damaged: bad.slice(0, 10),
      addedAt,
      verifiedAt,
      promised: files.every(({ promised }) => promised),
      usedBy: usedBy(folder, id, projection.read().plan, runs),
      arrival,
      said,
    }
  }

  async function refreshOne(key: string): Promise<void> {
    const value = await viewOf(key)
    if (value !== null || items()[key] !== undefined) projection.apply({ topic: 'library', key, value })
  }

  function item(key: string): LibraryItem {
    const found = items()[key]
    if (found === undefined) throw new AppError('NOT_FOUND', { what: 'repository', id: key })
    return found
  }

  async function manifest(key: string): Promise<Manifest> {
    const found = await readManifest(item(key).folder)
    if (found === null || found === 'damaged') throw new AppError('NOT_FOUND', { what: 'repository', id: key })
    return found
  }

  const library: Library = {
    async refresh(key) {
      if (key !== undefined) return refreshOne(key)
      const found = await keysBelow(hub)
      const gone = Object.keys(items()).filter((known) => !found.includes(known))
      for (const each of [...found, ...gone]) await refreshOne(each)
    },
    item,
    manifest,
    wholeFolder(key) {
      const found = items()[key]
      return found?.state === 'whole' ? found.folder : null
    },
    async note(key, change) {
      await writeJson(ownFile(key, 'notes.json'), { ...(await notesOf(key)), ...change })
      await refreshOne(key)
    },
    verifySteps: (key) => [verifyStep(library, key)],
    async remove(key) {
      const { folder } = item(key)
      const [using] = runs.naming(folder).filter(({ endedAt }) => endedAt === null)
      if (using !== undefined) throw new AppError('BUSY', { what: using.id })
      await deleteOurs(folder)
      await refreshOne(key)
    },
    async dropUnfinished(key) {
      await removeIfThere(partsFolder(folderOf(key)))
      const view = await viewOf(key)
      if (view !== null && view.files === 0) await deleteOurs(view.folder)
      await refreshOne(key)
    },
  }
  await finishRemovals(hub)
  await library.refresh()
  return library
}

/** Reads every byte; what is not as it should be loses its record, so that it counts as missing from then on. */
function verifyStep(library: Library, key: string): Step {
  return {
    id: 'library.verify',
    subject: key,
    inputs: () => Promise.resolve({ key, at: Date.now() }),
    verify: () => Promise.resolve(true),
    async run(context) {
      const { folder } = library.item(key)
      const manifest = await library.manifest(key)
      const total = manifest.files.reduce((sum, { size }) => sum + size, 0)
      const damaged: string[] = []
      let before = 0
      for (const file of manifest.files) {
        const { path, size, digest } = file
        const onBytes = (bytes: number) =>
          context.progress({ done: (before += bytes), total, unit: 'bytes', what: path })
        const right = await verifyFile(join(folder, path), size, digest, context.signal, onBytes)
        if (!right) {
          damaged.push(path)
          context.finding({ code: 'LIBRARY_FILE_DAMAGED', severity: 'error', params: { file: path } })
          await forgetFile(folder, file)
        }
      }
      await writeManifest(folder, { ...manifest, verifiedAt: Date.now() })
      await library.note(key, { damaged })
    },
  }
}

function usedBy(folder: string, id: string, plan: PlanRequest | null, runs: LibraryDeps['runs']): string[] {
  const inPlan =
    plan !== null && [plan.model, plan.data].some((used) => used === id || used?.startsWith(folder) === true)
  return [...(inPlan ? ['plan'] : []), ...runs.naming(folder).map(({ id: run }) => run)]
}

/** Keys of all folders that hold a manifest: ids have one part or two. */
async function keysBelow(hub: string): Promise<string[]> {
  const keys: string[] = []
  for (const kind of RepoKind.options) {
    for (const first of await foldersIn(join(hub, `${kind}s`))) {
      const key = repoKey(kind, first)
      if (await isRepo(join(hub, key))) keys.push(key)
      else keys.push(...(await foldersIn(join(hub, key))).map((second) => `${key}/${second}`))
    }
  }
  return keys
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith('.removing')).map(({ name }) => name)
}

/** Deletions that a crash cut short: they were asked for. */
async function finishRemovals(hub: string): Promise<void> {
  for (const kind of RepoKind.options) {
    const root = join(hub, `${kind}s`)
    for (const folder of [root, ...(await foldersIn(root)).map((name) => join(root, name))]) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) if (name.endsWith('.removing')) await removeIfThere(join(folder, name))
    }
  }
}

const isRepo = (path: string) =>
  stat(join(path, '.launchpad')).then(
    () => true,
    () => false,
  )

/** Only a real folder. It goes out of sight first: a removal may be cut short. */
async function deleteOurs(folder: string): Promise<void> {
  if ((await lstat(folder)).isSymbolicLink()) throw new AppError('NOT_OURS', { path: folder })
  const going = `${folder}.removing`
  await removeIfThere(going)
  await rename(folder, going)
  await removeIfThere(going)
  // That of the organisation, once nothing else of it is here.
  await rmdir(dirname(folder)).catch(() => undefined)
}
