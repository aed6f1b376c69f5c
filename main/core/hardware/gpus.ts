import type { Gpu, MachineReport } from '#contract'
import { compareVersions } from '../plan/versions'
import { ask, said } from './ask'
import { findCard, type GpuTable } from './gpu-table'
import { firstLine, parseNvidiaSmi } from './nvidia-smi'

/** Without persistence mode the driver wakes up first, a second or so for each card. */
const DEADLINE_MS = 5_000

/** Where WSL puts it; a service or a desktop program may not have that folder in its PATH. */
const programs = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']

export interface GpuMeasurement {
  gpus: MachineReport['gpus']
  /** Cards that are there but could not be read. */
  unreadable: string[]
}

/** Asks `nvidia-smi`. A missing program is no card as far as it goes; a failing or silent one leaves us not knowing. */
export async function measureGpus(table: GpuTable, deadlineMs = DEADLINE_MS): Promise<GpuMeasurement> {
  for (const program of programs) {
    // At the same time: the second is small, and older drivers only refuse the field.
    const [log, capabilities] = await Promise.all([
      ask(program, ['-q', '-x'], deadlineMs),
      said(program, ['--query-gpu=uuid,compute_cap', '--format=csv,noheader'], deadlineMs),
    ])
    if (log.state === 'absent') continue
    if (log.state === 'silent') return unknown(log.reason)
    const report = parseNvidiaSmi(log.stdout)
    if ('problem' in report) return unknown(log.stdout.trim() === '' ? firstLine(log.stderr) : report.problem)
    const sliced = report.gpus.some(({ mig }) => (mig?.slices.length ?? 0) > 0)
    const list = sliced ? await said(program, ['-L'], deadlineMs) : null
    const value = report.gpus.map((gpu) => fillGaps(gpu, { table, capabilities: capabilities ?? '', list: list ?? '' }))
    return { gpus: { state: 'found', value }, unreadable: report.unreadable }
  }
  return { gpus: { state: 'absent' }, unreadable: [] }
}

const unknown = (reason: string): GpuMeasurement => ({ gpus: { state: 'unknown', reason }, unreadable: [] })

interface Gaps {
  table: GpuTable
  /** "GPU-…, 8.6" a line. */
  capabilities: string
  /** Of `nvidia-smi -L`: the only place that names the slices' UUIDs. */
  list: string
}

/** What the log does not say: the driver's other answers first, then the table by the card's name. Pure. */
export function fillGaps(gpu: Gpu, { table, capabilities, list }: Gaps): Gpu {
  const card = findCard(table, gpu.name)
  const line = capabilities.split('\n').find((text) => gpu.uuid !== null && text.startsWith(gpu.uuid))
  const uuids = sliceUuids(list, gpu.index)
  return {
    ...gpu,
    architecture: gpu.architecture ?? card?.architecture ?? null,
    computeCapability:
      /, *(\d+\.\d+)\s*$/.exec(line ?? '')?.[1] ?? gpu.computeCapability ?? card?.computeCapability ?? null,
    cuda: gpu.cuda ?? table.drivers.find(({ driver }) => isOld(gpu.driver, driver))?.cuda ?? null,
    mig: gpu.mig && {
      ...gpu.mig,
      slices: gpu.mig.slices.map((slice, at) => ({ ...slice, uuid: slice.uuid ?? uuids[at] ?? null })),
    },
  }
}

/** From 410 on the driver says itself which CUDA it can run. */
const isOld = (driver: string, first: string) =>
  compareVersions(driver, '410') < 0 && compareVersions(driver, first) >= 0

/** In the order of the log's mig_device elements: both go by the device's index. */
function sliceUuids(list: string, index: number): string[] {
  const cards = list.split(/^(?=GPU \d+:)/m)
  const card = cards.find((text) => text.startsWith(`GPU ${index}:`)) ?? ''
  return [...card.matchAll(/^\s+MIG .*\(UUID: (MIG-[^)]+)\)/gm)].map((match) => match[1] ?? '')
}
