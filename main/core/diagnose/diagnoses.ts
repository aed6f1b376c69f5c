import { readFile } from 'node:fs/promises'
import type { DiagnoseRequest, Diagnosis, MachineReport, ManualEntry } from '#contract'
import { AppError } from '../errors'
import { whoWeAre } from '../report/collect'
import { lastMetrics, readAttempts } from '../train/attempts'
import type { Runs } from '../train/runs'
import { RunExit } from '../train/spec'
import { isOver } from '../train/status'
import { diagnose } from './diagnose'
import { kernelLog } from './kernel-log'
import { fileSource, textSource } from './log-source'
import { reportText } from './report'
import { nothingOwned, type Filling, type OwnedFacts } from './rank'
import type { Knowledge } from './signatures'

export interface DiagnosesDeps {
  runs: Runs
  knowledge: () => Promise<Knowledge>
  machine: () => MachineReport | null
  version: string
}

/** Why a training died, for runs of ours and for any log. */
export interface Diagnoses {
  /** NOT_FOUND, LOG_NOT_TEXT. */
  of(request: DiagnoseRequest): Promise<Diagnosis>
  ofRun(id: string): Promise<Diagnosis>
  /** The verdict as a text for others. */
  report(request: DiagnoseRequest): Promise<string>
  /** Every signature, as a manual to read. */
  manual(): Promise<ManualEntry[]>
}

/** The kernel writes down what it did a moment after it did it. */
const KERNEL_LATE_MS = 5000

export function createDiagnoses({ runs, knowledge, machine, version }: DiagnosesDeps): Diagnoses {
  async function ofRun(id: string): Promise<Diagnosis> {
    const view = runs.view(id)
    if (view === null) throw new AppError('NOT_FOUND', { what: 'run', id })
    const attempts = await readAttempts(runs.folder(id))
    const source = await fileSource(runs.file(id, 'log'), attempts.at(-1)?.logFrom ?? 0)
    const owned = await ownedOf(id)
    const died = view.status === 'failed' && !owned.stopped
    const began = attempts.at(-1)?.startedAt ?? view.createdAt
    const kernel = died ? await kernelLog(began, (view.endedAt ?? Date.now()) + KERNEL_LATE_MS) : ''
    return diagnose(source, await knowledge(), owned, kernel)
  }

  /** What a log does not say of a run and the app knows. */
  async function ownedOf(id: string): Promise<OwnedFacts> {
    const view = runs.view(id)
    const running = view !== null && !isOver(view.status)
    const seen = machine()
    const card = seen?.gpus.state === 'found' ? seen.gpus.value[0] : undefined
    const capability = card?.computeCapability ?? null
    const exit = running ? null : RunExit.safeParse(await readJson(runs.file(id, 'exit'))).data
    if (exit == null) return { ...nothingOwned, running, capability }
    const { code, signal, stopped, oom, diskFreeBytes } = exit
    const oomKills = oom?.after == null || oom.before === null ? null : oom.after - oom.before
    const last = (await lastMetrics(runs.folder(id), view?.attempts.length ?? 1))?.data
    return {
      ...{ exit: { code, signal }, stopped: stopped !== null, running, oomKills, diskFreeBytes, capability },
      memory: filling(last?.['perf/cpu_memory_used_gb'], seen?.memory.totalBytes),
      vram: filling(last?.['perf/max_memory_reserved_gb'], card?.memoryTotalBytes),
    }
  }

  async function of(request: DiagnoseRequest): Promise<Diagnosis> {
    if (request.kind === 'run') return ofRun(request.id)
    const source = request.kind === 'file' ? await fileSource(request.path) : textSource(request.text)
    return diagnose(source, await knowledge())
  }

  async function manual(): Promise<ManualEntry[]> {
    const { signatures } = await knowledge()
    return signatures.map(({ id, category, kind, source, text }) => ({ id, category, kind, source, text }))
  }

  return {
    of,
    ofRun,
    manual,
    async report(request) {
      const view = request.kind === 'run' ? runs.view(request.id) : null
      const run = view === null ? null : { view, options: runs.spec(view.id).options }
      return reportText(
        { found: await of(request), manual: await manual(), machine: machine(), run, version },
        whoWeAre(),
      )
    },
  }
}

const filling = (used?: number, totalBytes?: number): Filling | null =>
  used === undefined || totalBytes === undefined
    ? null
    : { used: Number(used.toFixed(1)), total: Number((totalBytes / 2 ** 30).toFixed(1)) }

const readJson = (path: string): Promise<unknown> =>
  readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as unknown,
    () => null,
  )
