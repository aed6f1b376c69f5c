import { join } from 'node:path'
import type { Jobs } from '../jobs/jobs'
import type { Mirrors } from '../net/presets'
import type { NetworkProfile } from '../net/profile'
import type { Planner } from '../plan/planner'
import type { Ledger } from '../space/ledger'
import type { ProjectionStore } from '../state/projection'
import type { RootLayout } from '../state/root'
import type { SettingsStore } from '../state/settings'
import type { Runs } from '../train/runs'
import { createDownloads, type Downloads } from './downloads'
import { createExplore, type Explore } from './explore'
import { loadArchitectures } from './facts/model-card'
import { openLibrary, type Library } from './library'
import { createOpenHub } from './open-hub'
import { saySteps } from './say-steps'
import type { SecretStore } from './secret-file'
import { createTokens, type Tokens } from './tokens'
import { createLimiter, createTransfer } from './transfer'
import { createWork, type LibraryWork } from './work'

/** Models and datasets: questions to hubs, downloads, what is here, and jobs on it. */
export interface Hub {
  explore: Explore
  downloads: Downloads
  library: Library
  work: LibraryWork
  tokens: Tokens
  dispose(): void
}

export interface HubDeps {
  layout: RootLayout
  resources: string
  projection: ProjectionStore
  settings: SettingsStore
  network: NetworkProfile
  mirrors: Mirrors
  jobs: Jobs
  runs: Runs
  ledger: Ledger
  planner: () => Promise<Planner>
  /** null: a file in the data root. */
  secrets: SecretStore
}

export async function openHub(deps: HubDeps): Promise<Hub> {
  const { layout, projection, settings, network, mirrors, jobs, runs, ledger, planner } = deps
  const tokens = await createTokens({ store: deps.secrets })
  const open = createOpenHub({ network, hubs: mirrors.hubs, tokens })
  const library = await openLibrary({ hub: layout.hub, projection, runs })
  const dispatcher = () => network.dispatcher()
  let architectures: ReturnType<typeof loadArchitectures> | null = null
  const explore = createExplore({
    hub: layout.hub,
    open,
    official: mirrors.hubs.huggingface,
    dispatcher,
    planner,
    architectures: () => (architectures ??= loadArchitectures(deps.resources)),
  })
  const wanted = () => settings.read().downloads
  const downloads = createDownloads({
    hub: layout.hub,
    jobs,
    projection,
    jobFolder: (job) => join(layout.jobs, job),
    open,
    name: explore.name,
    transfer: createTransfer({ dispatcher, limiter: createLimiter(() => wanted().limit) }),
    connections: () => wanted().connections,
    atOnce: () => wanted().atOnce,
    ledger,
    library,
  })
  const saying = { layout, resources: deps.resources, library, environments: () => projection.read().environments }
  const work = createWork({ jobs, library, downloads, saySteps: (asked) => saySteps(saying, asked) })
  return { explore, downloads, library, work, tokens, dispose: downloads.dispose }
}
