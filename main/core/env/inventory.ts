import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors'
import { removeIfThere } from '../state/atomic-file'
import type { ProjectionStore } from '../state/projection'
import { manifestFile, viewEnvironment } from './manifest'

export interface Environments {
  /** Looks at the folder again and shows what is there. */
  refresh(): Promise<void>
  /** Deletes one of ours; NOT_FOUND for any other name. */
  remove(id: string): Promise<void>
}

export async function openEnvironments(folder: string, projection: ProjectionStore): Promise<Environments> {
  async function refresh(): Promise<void> {
    const ids = (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    for (const id of Object.keys(projection.read().environments)) {
      if (!ids.includes(id)) projection.apply({ topic: 'environments', key: id, value: null })
    }
    for (const id of ids)
      projection.apply({ topic: 'environments', key: id, value: await viewEnvironment(id, join(folder, id)) })
  }
  await refresh()
  return {
    refresh,
    async remove(id) {
      if (projection.read().environments[id] === undefined) throw new AppError('NOT_FOUND', { what: 'environment', id })
      // The manifest first: a removal that is cut short must not leave something that looks ready.
      await removeIfThere(manifestFile(join(folder, id)))
      await removeIfThere(join(folder, id))
      await refresh()
    },
  }
}
