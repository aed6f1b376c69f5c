import type { DownloadRequest, DownloadView, HubSource, LibraryItem, RepoFile, RepoKind } from '#contract'

/** What stands behind "#/library/": "model:Qwen/Qwen3-0.6B". null: the library itself. */
export interface RepoRoute {
  kind: RepoKind
  repo: string
}

export function parseRepoRoute(id: string | null): RepoRoute | null {
  const [, kind, repo] = /^(model|dataset):(.+)$/s.exec(id ?? '') ?? []
  if (repo === undefined) return null
  return { kind: kind === 'dataset' ? 'dataset' : 'model', repo }
}

export const repoRoute = (kind: RepoKind, repo: string): string => `${kind}:${repo}`

/** fnmatch takes a name literally when its special characters stand in brackets. */
const literally = (path: string): string => path.replaceAll(/[[\]*?]/g, (sign) => `[${sign}]`)

/** The patterns that bring exactly the ticked files, as few as can be. */
export function patternsOf(
  files: RepoFile[],
  ticked: ReadonlySet<string>,
): Pick<DownloadRequest, 'include' | 'exclude'> {
  const added = files.some(({ path, wanted }) => !wanted && ticked.has(path))
  const left = files.filter(({ path, wanted }) => wanted && !ticked.has(path))
  const names = (some: RepoFile[]) => some.map(({ path }) => literally(path))
  if (!added) return { include: null, exclude: names(left) }
  return { include: names(files.filter(({ path }) => ticked.has(path))), exclude: [] }
}

export const sumOf = (files: { size: number }[]): number => files.reduce((sum, { size }) => sum + size, 0)

/** Milliseconds; null: nobody knows. */
export function timeLeft({ bytes, rate, state }: DownloadView): number | null {
  if (state !== 'running' || bytes.total === null || rate === null || rate <= 0) return null
  return ((bytes.total - bytes.done) / rate) * 1000
}

export const isUnderWay = ({ state }: DownloadView): boolean =>
  state === 'running' || state === 'planning' || state === 'queued'

/** Those under way first, by their place in the queue; then the newest. */
export function sortedDownloads(all: Record<string, DownloadView>): DownloadView[] {
  return Object.values(all).sort(
    (a, b) => Number(isUnderWay(b)) - Number(isUnderWay(a)) || a.place - b.place || (a.job < b.job ? 1 : -1),
  )
}

export const shareOf = ({ bytes }: DownloadView): number | null =>
  bytes.total === null ? null : bytes.total === 0 ? 1 : bytes.done / bytes.total

/** Without the scheme, as people say it. */
export const hostOf = (address: string): string => address.replace(/^https?:\/\//, '').replace(/\/$/, '')

export const sameSource = (a: HubSource, b: HubSource): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What can be planned with, newest first. */
export const wholeOf = (library: Record<string, LibraryItem>, kind: RepoKind): LibraryItem[] =>
  Object.values(library)
    .filter((item) => item.kind === kind && item.state === 'whole')
    .sort((a, b) => b.addedAt - a.addedAt)
