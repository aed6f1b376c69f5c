import * as z from 'zod'
import { PreparedData } from './dataset'
import { EnvironmentView } from './environment'
import { Finding } from './errors'
import { DownloadView, LibraryItem } from './hub'
import { JobView } from './job'
import { MachineReport } from './machine'
import { Notice } from './notice'
import { PlanRequest } from './plan'
import { RunView } from './run'
import { Settings } from './settings'

export const CoreInfo = z.object({
  version: z.string(),
  root: z.string(),
  /** false when the root was given on the command line: then it is not to be changed from the page. */
  rootChangeable: z.boolean(),
  platform: z.string(),
  /** What the core noticed while opening the root, e.g. a damaged file set aside. */
  findings: z.array(Finding),
})
export type CoreInfo = z.infer<typeof CoreInfo>

/** Everything a page shows. The core holds it; a page is a copy kept up to date by numbered changes. */
export const Projection = z.object({
  info: CoreInfo,
  settings: Settings,
  machine: MachineReport.nullable(),
  /** What the plan page is working on; null: nothing asked yet. */
  plan: PlanRequest.nullable(),
  environments: z.record(z.string(), EnvironmentView),
  /** Keyed by job; ended ones stay until they are dismissed. */
  downloads: z.record(z.string(), DownloadView),
  library: z.record(z.string(), LibraryItem),
  /** Datasets that we wrote. */
  datasets: z.record(z.string(), PreparedData),
  jobs: z.record(z.string(), JobView),
  runs: z.record(z.string(), RunView),
  /** The newest hundred. */
  notices: z.record(z.string(), Notice),
})
export type Projection = z.infer<typeof Projection>

/** One entry replaced; `value` null in a keyed topic means it is gone. */
export const Change = z.discriminatedUnion('topic', [
  z.object({ topic: z.literal('settings'), value: Settings }),
  z.object({ topic: z.literal('machine'), value: MachineReport.nullable() }),
  z.object({ topic: z.literal('plan'), value: PlanRequest.nullable() }),
  z.object({ topic: z.literal('environments'), key: z.string(), value: EnvironmentView.nullable() }),
  z.object({ topic: z.literal('downloads'), key: z.string(), value: DownloadView.nullable() }),
  z.object({ topic: z.literal('library'), key: z.string(), value: LibraryItem.nullable() }),
  z.object({ topic: z.literal('datasets'), key: z.string(), value: PreparedData.nullable() }),
  z.object({ topic: z.literal('jobs'), key: z.string(), value: JobView.nullable() }),
  z.object({ topic: z.literal('runs'), key: z.string(), value: RunView.nullable() }),
  z.object({ topic: z.literal('notices'), key: z.string(), value: Notice.nullable() }),
])
export type Change = z.infer<typeof Change>

/** The first event is a snapshot; each later one follows it by exactly one number. */
export const ProjectionEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), seq: z.number().int(), state: Projection }),
  z.object({ kind: z.literal('changes'), seq: z.number().int(), changes: z.array(Change) }),
])
export type ProjectionEvent = z.infer<typeof ProjectionEvent>
