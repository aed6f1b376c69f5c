import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { PreparedCard, type PreparedData } from '#contract'
import { AppError } from '../errors'
import { peekJson, removeIfThere } from '../state/atomic-file'
import { sizeOf } from '../state/file-size'
import type { ProjectionStore } from '../state/projection'
import type { Runs } from '../train/runs'

/** The last file that is written into a dataset: one without it is not finished. */
export const CARD = 'card.json'

/** Datasets that we wrote: `<root>/datasets/<name>/<digest>`, known by their card. */
export interface Prepared {
  refresh(): Promise<void>
  /** BUSY while a run that has not ended names it. */
  remove(key: string): Promise<void>
}

export interface PreparedDeps {
  /** The folder of all. */
  folder: string
  projection: ProjectionStore
  runs: Pick<Runs, 'naming'>
}

export async function openPrepared({ folder, projection, runs }: PreparedDeps): Promise<Prepared> {
  const known = () => projection.read().datasets

  async function viewOf(key: string): Promise<PreparedData | null> {
    const place = join(folder, ...key.split('/'))
    const card = await peekJson(join(place, CARD), PreparedCard).catch(() => null)
    if (card === null || card === 'damaged') return null
    const sizes = await Promise.all(card.files.map(({ path }) => sizeOf(join(place, path))))
    const { plan } = projection.read()
    const inPlan = plan?.data != null && plan.data.startsWith(place)
    return {
      key,
      folder: place,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      card,
      usedBy: [...(inPlan ? ['plan'] : []), ...runs.naming(place).map(({ id }) => id)],
    }
  }

  async function refresh(): Promise<void> {
    const found = await keysBelow(folder)
    const gone = Object.keys(known()).filter((key) => !found.includes(key))
    for (const key of [...found, ...gone]) {
      const value = await viewOf(key)
      if (value !== null || known()[key] !== undefined) projection.apply({ topic: 'datasets', key, value })
    }
  }

  await refresh()
  return {
    refresh,
    async remove(key) {
      const found = known()[key]
      if (found === undefined) throw new AppError('NOT_FOUND', { what: 'dataset', id: key })
      const [using] = runs.naming(found.folder).filter(({ endedAt }) => endedAt === null)
      if (using !== undefined) throw new AppError('BUSY', { what: using.id })
      // Out of sight first: a removal may be cut short.
      const going = `${found.folder}.removing`
      await removeIfThere(going)
      await rename(found.folder, going)
      await removeIfThere(going)
      await refresh()
    },
  }
}

/** "<name>/<digest>" of every finished one; what a crash left of a removal goes now. */
async function keysBelow(folder: string): Promise<string[]> {
  const keys: string[] = []
  for (const name of await foldersIn(folder)) {
    for (const digest of await foldersIn(join(folder, name))) {
      if (digest.endsWith('.removing')) await removeIfThere(join(folder, name, digest))
      else if (!digest.endsWith('.making')) keys.push(`${name}/${digest}`)
    }
  }
  return keys
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
