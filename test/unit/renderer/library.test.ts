import { describe, expect, it } from 'vitest'
import type { DownloadView, RepoFile } from '#contract'
import { emptyDownload } from '../../../main/core/hub/tracker'
import { matcher, selectFiles } from '../../../main/core/hub/selection'
import {
  parseRepoRoute,
  patternsOf,
  repoRoute,
  shareOf,
  sortedDownloads,
  timeLeft,
} from '../../../renderer/features/library/choice'

const names = ['model.safetensors', 'config.json', 'pytorch_model.bin', 'data/[a]*.json', 'what?.txt']
const files: RepoFile[] = selectFiles(
  'model',
  names.map((path) => ({ path, size: 10, digest: null })),
  { include: null, exclude: [] },
)
const defaults = files.filter(({ wanted }) => wanted).map(({ path }) => path)

/** What the core would fetch for these patterns. */
function fetched({ include, exclude }: ReturnType<typeof patternsOf>): string[] {
  const taken = include === null ? (path: string) => defaults.includes(path) : matcher(include)
  const left = matcher(exclude)
  return names.filter((path) => taken(path) && !left(path))
}

describe('ticks become patterns that bring exactly those files', () => {
  it.each([
    ['what is ticked at first', defaults, { include: null, exclude: [] }],
    ['one less', defaults.slice(1), null],
    ['one that is not needed', [...defaults, 'pytorch_model.bin'], null],
    ['names that look like patterns', ['data/[a]*.json', 'what?.txt'], null],
  ])('%s', (_what, ticked, exactly) => {
    const patterns = patternsOf(files, new Set(ticked))
    expect(fetched(patterns).sort()).toEqual([...ticked].sort())
    if (exactly !== null) expect(patterns).toEqual(exactly)
  })
})

describe('the address of a repository in the page', () => {
  it('comes back as it was', () => {
    for (const repo of ['Qwen/Qwen3-0.6B', 'https://hub.example/datasets/a/b?x=1', '.'])
      expect(parseRepoRoute(repoRoute('dataset', repo))).toEqual({ kind: 'dataset', repo })
  })
  it('is none without a kind', () => {
    expect([null, '', 'Qwen/Qwen3', 'model:'].map(parseRepoRoute)).toEqual([null, null, null, null])
  })
})

describe('a download', () => {
  const asked = {
    kind: 'download' as const,
    source: { kind: 'huggingface' as const, endpoint: null },
    repo: 'model' as const,
    id: 'a/b',
    revision: null,
    include: null,
    exclude: [],
  }
  const view = (job: string, more: Partial<DownloadView>): DownloadView => ({ ...emptyDownload(job, asked), ...more })

  it('says how long it takes only while it moves', () => {
    const bytes = { done: 250, total: 1000 }
    expect(timeLeft(view('1', { state: 'running', bytes, rate: 250 }))).toBe(3000)
    expect(timeLeft(view('1', { state: 'running', bytes, rate: 0 }))).toBeNull()
    expect(timeLeft(view('1', { state: 'paused', bytes, rate: 250 }))).toBeNull()
    expect([shareOf(view('1', { bytes })), shareOf(view('1', {}))]).toEqual([0.25, null])
  })
  it('stands where its turn is, and what ended comes after', () => {
    const all = [
      view('1', { state: 'done' }),
      view('2', { state: 'queued', place: 2 }),
      view('3', { state: 'queued', place: 1 }),
      view('4', { state: 'running' }),
      view('5', { state: 'paused' }),
    ]
    const order = sortedDownloads(Object.fromEntries(all.map((one) => [one.job, one]))).map(({ job }) => job)
    expect(order).toEqual(['4', '3', '2', '5', '1'])
  })
})
