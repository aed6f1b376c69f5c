import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CleanResult, EnvironmentView, SpaceItem, SpaceView } from '#contract'
import { AppError, toAppError } from '../errors'
import { removeIfThere } from '../state/atomic-file'
import { diskUse } from './disk-use'
import type { Ledger } from './ledger'
import { freeBytes, type RootLayout } from '../state/root'

export interface Space {
  look(): Promise<SpaceView>
  /** NOT_FOUND for what `look` does not name; each failure is reported and the others go on. */
  clean(ids: string[]): Promise<CleanResult>
}

export interface SpaceDeps {
  layout: RootLayout
  ledger: Ledger
  environments: () => Record<string, EnvironmentView>
  removeEnvironment: (id: string) => Promise<void>
}

/** What could be deleted, with its size; and the deleting. Nothing that is not ours is ever in the list. */
export function createSpace({ layout, ledger, environments, removeEnvironment }: SpaceDeps): Space {
  async function items(): Promise<SpaceItem[]> {
    return [...(await cached(layout)), ...(await leftovers(layout)), ...(await made(environments()))]
  }
  async function remove(item: SpaceItem): Promise<void> {
    if (item.kind === 'environment' || environments()[item.name] !== undefined) return removeEnvironment(item.name)
    if ((await lstat(item.path)).isSymbolicLink()) throw new AppError('NOT_OURS', { path: item.path })
    await removeIfThere(item.path)
  }
  return {
    look: async () => ({
      items: (await items()).filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
      freeBytes: await freeBytes(layout.root),
      reservedBytes: await ledger.reserved(layout.root),
    }),
    async clean(ids) {
      const known = new Map((await items()).map((item) => [item.id, item]))
      const result: CleanResult = { freedBytes: 0, failed: [] }
      for (const id of new Set(ids)) {
        const item = known.get(id)
        try {
          if (item === undefined) throw new AppError('NOT_FOUND', { what: 'item', id })
          await remove(item)
          result.freedBytes += item.bytes
        } catch (thrown) {
          result.failed.push({ id, problem: toAppError(thrown).data })
        }
      }
      return result
    },
  }
}

/** Every folder of the cache: what is in it can be fetched or made again. */
async function cached({ cache }: RootLayout): Promise<SpaceItem[]> {
  const entries = await readdir(cache, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    folders.map(async (name) => {
      const path = join(cache, name)
      return { id: `cache/${name}`, kind: 'cache', name, path, bytes: (await diskUse(path)).freeable, safe: true }
    }),
  )
}

/** Removals that were cut short. */
async function leftovers({ environments }: RootLayout): Promise<SpaceItem[]> {
  const names = (await readdir(environments)).filter((name) => name.endsWith('.removing'))
  return Promise.all(
    names.map(async (name) => {
      const path = join(environments, name)
      return { id: `envs/${name}`, kind: 'leftover', name, path, bytes: (await diskUse(path)).freeable, safe: true }
    }),
  )
}

/** Of ours: those that nothing uses, and those that were never finished. */
async function made(environments: Record<string, EnvironmentView>): Promise<SpaceItem[]> {
  const idle = Object.values(environments).filter(({ kind, current }) => kind === 'made' && !current)
  return Promise.all(
    idle.map(async ({ id, path, status }) => ({
      id: `envs/${id}`,
      kind: status === 'unfinished' ? 'leftover' : 'environment',
      name: id,
      path,
      bytes: (await diskUse(path)).freeable,
      safe: status === 'unfinished',
    })),
  )
}
