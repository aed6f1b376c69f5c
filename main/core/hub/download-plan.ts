import { join } from 'node:path'
import * as z from 'zod'
import { Digest, RepoInfo } from '#contract'
import { AppError } from '../errors'
import { peekJson, writeJson } from '../state/atomic-file'
import { checkName, fileSystemOf, twins } from './file-names'
import { selectFiles } from './selection'
import type { Source } from './sources/source'
import type { DownloadAsk } from './tracker'
import type { Resolved } from './types'

const Repo = RepoInfo.pick({
  kind: true,
  id: true,
  revision: true,
  commit: true,
  gated: true,
  private: true,
  license: true,
  page: true,
  endpoint: true,
})

const Listed = z.object({ path: z.string(), size: z.number(), digest: Digest.nullable() })

/** What a download is to bring: kept beside its job, so that going on asks the hub for files only. */
const DownloadPlan = z.object({
  version: z.literal(1),
  repo: Repo,
  files: z.array(Listed),
  /** Everything at the commit, wanted or not, for huggingface_hub; null: the commit is not one of its own. */
  tree: z.array(Listed).nullable(),
})
export type DownloadPlan = z.infer<typeof DownloadPlan>

/** The files that are asked for, at the commit, with names that `folder` can hold. Errors: HUB_*, FILE_NAME_*. */
export async function planDownload(
  asked: DownloadAsk,
  source: Pick<Source, 'resolve' | 'list'>,
  folder: string,
  signal: AbortSignal,
): Promise<DownloadPlan> {
  const repo: Resolved = await source.resolve({ kind: asked.repo, id: asked.id }, asked.revision, signal)
  const listed = await source.list(repo, signal)
  const wanted = selectFiles(asked.repo, listed, asked).filter((file) => file.wanted)
  if (wanted.length === 0) throw new AppError('HUB_NOTHING_TO_GET', { id: asked.id })
  const fileSystem = fileSystemOf(folder)
  for (const { path } of wanted) checkName(path, fileSystem)
  const [twin] = twins(
    wanted.map(({ path }) => path),
    fileSystem,
  )
  if (twin !== undefined) throw new AppError('FILE_NAME_IMPOSSIBLE', { file: twin.file, detail: 'twin' })
  const files = wanted.map(({ path, size, digest }) => ({ path, size, digest }))
  return { version: 1, repo, files, tree: asked.source.kind === 'huggingface' ? listed : null }
}

const planFile = (jobFolder: string) => join(jobFolder, 'download.json')

export const writePlan = (jobFolder: string, plan: DownloadPlan): Promise<void> => writeJson(planFile(jobFolder), plan)

/** null: not planned yet, or not readable any more; then it is planned anew. */
export async function readPlan(jobFolder: string): Promise<DownloadPlan | null> {
  const plan = await peekJson(planFile(jobFolder), DownloadPlan)
  return plan === 'damaged' ? null : plan
}
