import { resolve } from 'node:path'
import { defaultSettings, type JobView, type Settings } from '#contract'
import { openBook } from '../../main/core/env/book'
import { openEnvironments, type Environments } from '../../main/core/env/inventory'
import { makeEnvironment } from '../../main/core/env/maker'
import type { Recipe } from '../../main/core/env/recipe'
import type { EnvironmentDeps } from '../../main/core/env/workshop'
import { measureMachine } from '../../main/core/hardware/measure'
import { openJobs, type Jobs } from '../../main/core/jobs/jobs'
import { openJournal } from '../../main/core/jobs/journal'
import { createNetworkProfile } from '../../main/core/net/profile'
import { createLedger, type Ledger } from '../../main/core/space/ledger'
import { createProjection, type ProjectionStore } from '../../main/core/state/projection'
import { prepareRoot, type RootLayout } from '../../main/core/state/root'
import { emptyProjection } from './empty-projection'
import { join } from 'node:path'

/** The environment room of a data root, opened as the core opens it. */
export interface Room {
  layout: RootLayout
  projection: ProjectionStore
  jobs: Jobs
  environments: Environments
  ledger: Ledger
  /** Makes, continues or mends, and waits for the end. */
  make(recipe: Recipe, options?: { deep?: boolean; onJob?: (job: JobView) => void }): Promise<JobView>
  close(): Promise<void>
}

/** Where nobody answers: which engine is used must not depend on the network of the machine that tests. */
const noConda = { condaChannels: 'http://127.0.0.1:9' }

export async function openRoom(
  root: string,
  network: Partial<Settings['network']> = {},
  resources = resolve('resources'),
): Promise<Room> {
  const layout = await prepareRoot(root)
  const projection = createProjection(emptyProjection(root))
  const machine = await measureMachine(root, resources)
  const journal = await openJournal(join(layout.jobs, 'journal.jsonl'))
  const profile = createNetworkProfile(() => ({ ...defaultSettings.network, ...noConda, ...network }), {
    cache: layout.cache,
  })
  const [book, ledger] = [await openBook(layout.book), createLedger()]
  const deps: EnvironmentDeps = {
    ...{ layout, resources, network: profile, ledger, book },
    machine: () => machine,
  }
  const environments = await openEnvironments({ ...deps, projection, recipes: new Map() })
  const jobs = await openJobs({ folder: layout.jobs, journal, projection, onSettled: environments.refresh })
  return {
    ...{ layout, projection, jobs, environments, ledger },
    async make(recipe, { deep = false, onJob } = {}) {
      const { job: id } = makeEnvironment({ ...deps, jobs }, recipe, { deep })
      for await (const _event of projection.watch()) {
        const job = projection.read().jobs[id]
        if (job !== undefined) onJob?.(job)
        if (job !== undefined && job.status !== 'running') {
          await environments.refresh()
          return job
        }
      }
      throw new Error('the watch ended')
    },
    async close() {
      await jobs.dispose()
      await profile.dispose()
      projection.dispose()
    },
  }
}
