import * as z from 'zod'
import { AppErrorData, Finding } from './errors'

export const RepoKind = z.enum(['model', 'dataset'])
export type RepoKind = z.infer<typeof RepoKind>

const address = z.url({ protocol: /^https?$/ })

/** Where a repository comes from. `endpoint` null: as the settings say, else the service's own. */
export const HubSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('huggingface'), endpoint: address.nullable() }),
  z.object({ kind: z.literal('modelscope'), endpoint: address.nullable() }),
  /** A folder on this machine or one that is mounted: `--local-dir` layout, cache layout, or plain files. */
  z.object({ kind: z.literal('folder'), path: z.string().min(1) }),
])
export type HubSource = z.infer<typeof HubSource>

/** Whose tokens there are. */
export const hubServices = ['huggingface', 'modelscope'] as const
export const HubService = z.enum(hubServices)
export type HubService = z.infer<typeof HubService>

export const Digest = z.object({
  /** "git-sha1": of "blob <size>\0" and the bytes, as git names a file. */
  algorithm: z.enum(['sha256', 'git-sha1']),
  hex: z.string().regex(/^[0-9a-f]{40,64}$/),
})
export type Digest = z.infer<typeof Digest>

/** What was asked for. `repo` is what a person types or pastes: an id, an address of a page, "datasets/a/b". */
export const RepoQuestion = z.object({
  source: HubSource,
  kind: RepoKind,
  repo: z.string().min(1).max(2000),
  /** Branch, tag or commit; null: the default branch. */
  revision: z.string().min(1).max(200).nullable(),
})
export type RepoQuestion = z.infer<typeof RepoQuestion>

export const SearchRequest = z.object({
  source: HubSource,
  kind: RepoKind,
  text: z.string().max(200),
  limit: z.number().int().min(1).max(100).default(30),
})
export type SearchRequest = z.infer<typeof SearchRequest>

export const RepoSummary = z.object({
  kind: RepoKind,
  id: z.string(),
  downloads: z.number().nullable(),
  likes: z.number().nullable(),
  gated: z.boolean(),
  updatedAt: z.number().nullable(),
  parameters: z.number().nullable(),
})
export type RepoSummary = z.infer<typeof RepoSummary>

export const RepoFile = z.object({
  /** Relative, with "/". */
  path: z.string(),
  size: z.number(),
  /** null: the source gives none; it is counted and kept when the file arrives. */
  digest: Digest.nullable(),
  /** Whether it is taken when nothing is said. */
  wanted: z.boolean(),
  /** Why not: other weights of the same model, or not needed to train; a key of `hub.skipped` in the locales. */
  skipped: z.enum(['pickle', 'otherFormat', 'duplicate', 'extra', 'unsafe']).nullable(),
})
export type RepoFile = z.infer<typeof RepoFile>

/** A recipe that could train this model; versions as its packages pin them. */
export const RecipeSupport = z.object({
  recipe: z.string(),
  /** null: not known for this architecture. */
  transformers: z.boolean().nullable(),
  vllm: z.boolean().nullable(),
})

/** Facts of a model before it is here. */
export const ModelCard = z.object({
  architecture: z.string().nullable(),
  parameters: z.number().nullable(),
  dtype: z.string().nullable(),
  context: z.number().nullable(),
  weightBytes: z.number(),
  template: z.boolean(),
  support: z.array(RecipeSupport),
  /** The plan's answer for this machine's best card; null: it could not be asked (no facts). */
  fit: z
    .object({
      runnable: z.boolean(),
      recipe: z.string().nullable(),
      algorithm: z.string(),
      peakBytes: z.number().nullable(),
      budgetBytes: z.number().nullable(),
      findings: z.array(Finding),
    })
    .nullable(),
  /** Why it cannot be trained at all: MODEL_* errors. */
  problem: AppErrorData.nullable(),
})
export type ModelCard = z.infer<typeof ModelCard>

export const DatasetCard = z.object({
  configs: z.array(
    z.object({
      name: z.string(),
      splits: z.array(z.object({ name: z.string(), files: z.array(z.string()), bytes: z.number() })),
    }),
  ),
})
export type DatasetCard = z.infer<typeof DatasetCard>

export const RepoInfo = z.object({
  kind: RepoKind,
  id: z.string(),
  /** As asked, or the default branch. */
  revision: z.string(),
  commit: z.string(),
  gated: z.boolean(),
  private: z.boolean(),
  license: z.string().nullable(),
  /** The page that people read, and where access is asked for; null: a folder. */
  page: z.string().nullable(),
  /** The address that really answered, after a mirror sent us on. */
  endpoint: z.string(),
  files: z.array(RepoFile),
  totalBytes: z.number(),
  wantedBytes: z.number(),
  /** Of the wanted ones, what is here already and verified. */
  presentBytes: z.number(),
  freeBytes: z.number(),
  model: ModelCard.nullable(),
  dataset: DatasetCard.nullable(),
  /** E.g. the endpoint moved, a name that this file system cannot hold. */
  findings: z.array(Finding),
})
export type RepoInfo = z.infer<typeof RepoInfo>

export const PreviewRequest = RepoQuestion.extend({
  file: z.string().min(1),
  rows: z.number().int().min(1).max(200).default(20),
})
export type PreviewRequest = z.infer<typeof PreviewRequest>

/** The first rows of a file that is not here, read by ranges. Cells are JSON, cut when long. */
export const Preview = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.string())),
  /** null: a text file does not say. */
  totalRows: z.number().nullable(),
  bytesRead: z.number(),
})
export type Preview = z.infer<typeof Preview>

/** File names as fnmatch takes them ("*" matches "/" too, as in huggingface_hub); null: what is wanted by default. */
const patterns = z.array(z.string().min(1).max(500)).max(200)

export const DownloadRequest = RepoQuestion.extend({
  requestId: z.string().min(1).max(64),
  include: patterns.nullable(),
  exclude: patterns,
})
export type DownloadRequest = z.infer<typeof DownloadRequest>

export const FileTransfer = z.object({
  path: z.string(),
  size: z.number(),
  state: z.enum(['waiting', 'running', 'verifying', 'done', 'kept', 'failed']),
  /** Bytes on the disk. */
  done: z.number(),
  /** Present ranges, [from, to), ascending; what the map of the file is drawn from. */
  segments: z.array(z.tuple([z.number(), z.number()])),
  /** The host that the bytes come from. */
  host: z.string().nullable(),
  /** What it waits for or went wrong last; tried again unless `state` is "failed". */
  problem: AppErrorData.nullable(),
})
export type FileTransfer = z.infer<typeof FileTransfer>

/** One download as it goes; keyed by its job. Only files under way are in it: `hub.files` has all. */
export const DownloadView = z.object({
  job: z.string(),
  kind: RepoKind,
  id: z.string(),
  revision: z.string(),
  commit: z.string().nullable(),
  source: HubSource,
  /** Who answers, and who really serves the bytes. */
  endpoint: z.string().nullable(),
  hosts: z.array(z.string()),
  state: z.enum(['queued', 'planning', 'running', 'paused', 'done', 'failed', 'cancelled', 'interrupted']),
  /** Place in the queue, 0: its turn. */
  place: z.number().int(),
  bytes: z.object({ done: z.number(), total: z.number().nullable() }),
  files: z.object({ done: z.number(), total: z.number().nullable() }),
  /** Bytes per second over the last seconds. */
  rate: z.number().nullable(),
  /** Fetched again because they were lost or wrong. */
  againBytes: z.number(),
  retries: z.number(),
  active: z.array(FileTransfer),
  error: AppErrorData.nullable(),
})
export type DownloadView = z.infer<typeof DownloadView>

/** What was found out about a model that is here. */
export const Arrival = z.object({
  findings: z.array(Finding),
  /** A user's question drawn by the model's own chat template; null: it has none. */
  template: z.string().nullable(),
})
export type Arrival = z.infer<typeof Arrival>

export const Said = z.object({
  prompt: z.string(),
  text: z.string(),
  environment: z.string(),
  device: z.string(),
  seconds: z.number(),
  at: z.number(),
})
export type Said = z.infer<typeof Said>

/** A repository that is here, whole or in part. Key: "models/<id>" or "datasets/<id>". */
export const LibraryItem = z.object({
  key: z.string(),
  kind: RepoKind,
  id: z.string(),
  source: HubSource,
  revision: z.string(),
  commit: z.string(),
  folder: z.string(),
  /** "whole": every file that was asked for is here and its digest was right. */
  state: z.enum(['whole', 'partial', 'damaged']),
  bytes: z.number(),
  files: z.number(),
  /** Files that are missing, changed or damaged, the first ten. */
  damaged: z.array(z.string()),
  addedAt: z.number(),
  verifiedAt: z.number().nullable(),
  /** Where each digest came from: promised by a hub, or only counted here at the import. */
  promised: z.boolean(),
  /** Runs that name it, and "plan". */
  usedBy: z.array(z.string()),
  arrival: Arrival.nullable(),
  said: Said.nullable(),
})
export type LibraryItem = z.infer<typeof LibraryItem>

export const TokenView = z.object({
  service: HubService,
  /** Where it is kept; "environment" wins over the others and cannot be changed from here. */
  kept: z.enum(['none', 'environment', 'keychain', 'file']),
})
export type TokenView = z.infer<typeof TokenView>

/** An endpoint asked once. `movedTo`: it sent us on to another hub for good. */
export const EndpointView = z.object({
  endpoint: z.string(),
  movedTo: z.string().nullable(),
  latencyMs: z.number().nullable(),
  problem: AppErrorData.nullable(),
})
export type EndpointView = z.infer<typeof EndpointView>
