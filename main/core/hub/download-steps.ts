import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pMap from 'p-map'
import type { Digest, FileTransfer } from '#contract'
import { AppError } from '../errors'
import type { Step, StepContext } from '../jobs/step'
import { diskUse } from '../space/disk-use'
import type { Ledger } from '../space/ledger'
import { checkDataset, checkModel } from './facts/arrival'
import { planDownload, readPlan, writePlan, type DownloadPlan } from './download-plan'
import {
  partsFolder,
  presentFiles,
  readManifest,
  recordFile,
  repoFolder,
  writeManifest,
  writeTree,
  type KeptFile,
} from './layout'
import { repoKey, type Library } from './library'
import type { Opened, OpenHub } from './open-hub'
import type { Queue } from './queue'
import { copyVerified } from './sources/copy'
import type { DownloadAsk, Tracker } from './tracker'
import { lockFolder, verifyFile, type Transfer } from './transfer'
import type { RemoteFile } from './types'

export interface DownloadDeps {
  /** The folder of all repositories. */
  hub: string
  jobFolder: (job: string) => string
  open: OpenHub
  transfer: Transfer
  connections: () => number
  ledger: Ledger
  library: Library
  queue: Queue
}

type Whole = RemoteFile & { digest: Digest }

/** A download or an import: what there is, the bytes, and a look at what arrived. */
export function downloadSteps(deps: DownloadDeps, job: string, asked: DownloadAsk, tracker: Tracker): Step[] {
  const folder = repoFolder(deps.hub, asked.repo, asked.id)
  const key = repoKey(asked.repo, asked.id)
  const jobFolder = deps.jobFolder(job)
  const planned = async (): Promise<DownloadPlan> => {
    const plan = await readPlan(jobFolder)
    if (plan === null) throw new AppError('INTERNAL', { detail: 'the download was not planned' })
    return plan
  }
  return [
    {
      id: 'download.plan',
      subject: job,
      inputs: () => Promise.resolve(asked),
      verify: async () => (await readPlan(jobFolder)) !== null,
      async run({ signal }) {
        const opened = deps.open(asked.source)
        await writePlan(jobFolder, await planDownload(asked, opened.adapter, folder, signal))
      },
    },
    {
      id: 'download.fetch',
      subject: folder,
      async inputs() {
        const { repo, files } = await planned()
        return { commit: repo.commit, files }
      },
      async verify() {
        const { repo, files } = await planned()
        const { verified } = await presentFiles(folder, files)
        if (verified.length < files.length) return false
        show(tracker, repo, files, verified)
        return (await readManifest(folder)) !== null
      },
      async run(context) {
        tracker.set({ state: 'queued' })
        const leave = await deps.queue.enter(job, context.signal)
        try {
          await mkdir(folder, { recursive: true })
          const lock = await lockFolder(partsFolder(folder))
          await fetchFiles(deps, asked, await planned(), { folder, tracker, context }).finally(lock.release)
        } finally {
          leave()
          await deps.library.refresh(key)
        }
      },
    },
    {
      id: 'download.check',
      subject: folder,
      async inputs() {
        const { repo, files } = await planned()
        return { commit: repo.commit, files }
      },
      verify: () => Promise.resolve(deps.library.item(key).arrival !== null),
      async run(context) {
        const check = asked.repo === 'model' ? checkModel : checkDataset
        const arrival = await check(folder, context.signal)
        arrival.findings.forEach(context.finding)
        await deps.library.note(key, { arrival, damaged: [] })
      },
    },
  ]
}

interface Place {
  folder: string
  tracker: Tracker
  context: StepContext
}

/** Brings what is not here, and writes down each file that is whole. */
async function fetchFiles(deps: DownloadDeps, asked: DownloadAsk, plan: DownloadPlan, place: Place): Promise<void> {
  const { folder, tracker, context } = place
  const { repo, files } = plan
  const { verified, unverified, missing } = await presentFiles(folder, files)
  show(tracker, repo, files, verified)
  tracker.set({ state: 'running' })
  const whole: Whole[] = [...verified]
  // The same bytes in an older commit: from now on they are this one's, for huggingface_hub too.
  const found = await readManifest(folder)
  const older = found !== null && found !== 'damaged' && found.commit !== repo.commit
  if (older) for (const file of verified) await recordFile(folder, repo.commit, file)
  await writeDown(asked, plan, folder, whole, false)
  const keep = async (file: RemoteFile, digest: Digest) => {
    const arrived = { ...file, digest }
    await recordFile(folder, repo.commit, arrived)
    whole.push(arrived)
  }
  const onState = (file: FileTransfer) => {
    tracker.file(file)
    const { bytes, hosts } = tracker.view()
    context.progress({ done: bytes.done, total: bytes.total, unit: 'bytes', what: hosts.at(-1) ?? null })
  }
  for (const file of unverified) {
    const digest = await readAgain(folder, file, context.signal, onState)
    if (digest === null) missing.push(file)
    else await keep(file, digest)
  }
  const reservation = await deps.ledger.reserve(folder, await stillNeeded(folder, missing))
  try {
    const opened = deps.open(asked.source)
    const bring = { ...place, files: missing, onState, keep, landed: reservation.landed }
    await (opened.kind === 'folder' ? copyFiles(opened, plan, bring) : transferFiles(deps, opened, plan, bring))
  } finally {
    reservation.release()
  }
  await writeDown(asked, plan, folder, whole, true)
  if (plan.tree !== null) await writeTree(folder, repo.commit, plan.tree)
}

interface Bring extends Place {
  files: RemoteFile[]
  onState: (file: FileTransfer) => void
  keep: (file: RemoteFile, digest: Digest) => Promise<void>
  landed: (bytes: number) => void
}

async function transferFiles(
  { transfer, connections }: DownloadDeps,
  { adapter }: Extract<Opened, { kind: 'network' }>,
  { repo }: DownloadPlan,
  { files, folder, context, tracker, onState, keep, landed }: Bring,
): Promise<void> {
  const wanted = new Map(files.map((file) => [file.path, file]))
  const counters = { retries: 0, againBytes: 0 }
  /** Written down one after the other, as they arrive: what is finished stays so whatever comes. */
  let keeping = Promise.resolve()
  const kept = new Set<string>()
  const keepSoon = (path: string, digest: Digest | null) => {
    const file = wanted.get(path)
    if (file === undefined || digest === null || kept.has(path)) return
    kept.add(path)
    keeping = keeping.then(() => keep(file, digest))
    // Looked at where it is awaited; until then it is no unhandled failure.
    keeping.catch(() => undefined)
  }
  try {
    const results = await transfer.run(
      files.map((file) => ({
        ...file,
        target: join(folder, file.path),
        address: () => adapter.address(repo, file.path),
        explain: (answer) => adapter.explain(repo, file.path, answer),
      })),
      {
        parts: partsFolder(folder),
        signal: context.signal,
        connections,
        counters,
        onState(file) {
          if (file.state === 'done') keepSoon(file.path, wanted.get(file.path)?.digest ?? null)
          tracker.counted(counters)
          onState(file)
        },
        onLanded: (bytes, fetched) => void (fetched && landed(bytes)),
      },
    )
    for (const { path, digest } of results) keepSoon(path, digest)
    const failed = results.filter((result) => result.error !== null)
    for (const { path, error } of failed) context.log(`${path}: ${error?.message ?? ''}`)
    if (failed[0]?.error != null) throw failed[0].error
  } finally {
    await keeping
  }
}

/** Two at a time: one disk reads while the other writes, and hashes are counted beside it. */
async function copyFiles(
  { adapter }: Extract<Opened, { kind: 'folder' }>,
  { repo }: DownloadPlan,
  { files, folder, context, onState, keep, landed }: Bring,
): Promise<void> {
  // Only what it lists can be asked for.
  await adapter.list(repo, context.signal)
  const copy = async (file: RemoteFile) => {
    let before = 0
    const digest = await copyVerified(
      adapter.file(file.path),
      join(folder, file.path),
      file.size,
      file.digest,
      context.signal,
      (done) => {
        landed(done - before)
        before = done
        onState(transferState(file, 'running', done))
      },
    )
    await keep(file, digest)
    onState(transferState(file, 'done', file.size))
  }
  await pMap(files, copy, { concurrency: 2, signal: context.signal })
}

/** The digest of a file that lies there as long as it should be, if it is the right one; null: it is to be fetched. */
async function readAgain(
  folder: string,
  file: RemoteFile,
  signal: AbortSignal,
  onState: Bring['onState'],
): Promise<Digest | null> {
  if (file.digest === null) return null
  let done = 0
  const show = (bytes: number) => onState(transferState(file, 'verifying', (done += bytes)))
  const right = await verifyFile(join(folder, file.path), file.size, file.digest, signal, show)
  onState(transferState(file, right ? 'kept' : 'waiting', right ? file.size : 0))
  return right ? file.digest : null
}

const transferState = ({ path, size }: RemoteFile, state: FileTransfer['state'], done: number): FileTransfer => ({
  path,
  size,
  state,
  done,
  segments: done === 0 ? [] : [[0, done]],
  host: null,
  problem: null,
})

function show(tracker: Tracker, repo: DownloadPlan['repo'], files: RemoteFile[], kept: RemoteFile[]): void {
  const { commit, revision, endpoint } = repo
  tracker.set({ commit, revision, endpoint })
  tracker.expect(files)
  for (const file of kept) tracker.file(transferState(file, 'kept', file.size))
}

/** Parts of an earlier try are on the disk already. */
async function stillNeeded(folder: string, missing: RemoteFile[]): Promise<number> {
  const size = missing.reduce((sum, file) => sum + file.size, 0)
  return Math.max(0, size - (await diskUse(partsFolder(folder))).freeable)
}

/**
 * The manifest: with `done` what is here, before that what is to come. Files of the same commit that were asked for
 * earlier stay in it.
 */
async function writeDown(
  asked: DownloadAsk,
  { repo, files }: DownloadPlan,
  folder: string,
  whole: Whole[],
  done: boolean,
): Promise<void> {
  const found = await readManifest(folder)
  const before = found === 'damaged' ? null : found
  const known = new Map(whole.map((file) => [file.path, file.digest]))
  const own = files.flatMap((file): KeptFile[] => {
    const digest = file.digest ?? known.get(file.path)
    return digest === undefined ? [] : [{ ...file, digest, promised: file.digest !== null }]
  })
  const paths = new Set(files.map(({ path }) => path))
  const earlier = before?.commit === repo.commit ? before.files.filter(({ path }) => !paths.has(path)) : []
  await writeManifest(folder, {
    version: 1,
    // The name it was asked by, which is its folder's; the hub may have given it another one since.
    kind: asked.repo,
    id: asked.id,
    source: asked.source,
    revision: repo.revision,
    commit: repo.commit,
    files: [...own, ...earlier].sort((a, b) => (a.path < b.path ? -1 : 1)),
    include: asked.include,
    exclude: asked.exclude,
    addedAt: before?.addedAt ?? Date.now(),
    verifiedAt: done ? Date.now() : (before?.verifiedAt ?? null),
  })
}
