import * as z from 'zod'
import type { Dispatcher } from 'undici'
import { MachineReport } from '#contract'
import { measureDisk } from './disk'
import { findingsOf } from './findings'
import { loadGpuTable } from './gpu-table'
import { measureGpus } from './gpus'
import { measureHost } from './host'
import { loadMirrors, probeMirrors } from './mirrors'
import { findPciGpus } from './other-gpus'
import { findRay } from './ray'
import { findEngines, findPythons } from './tools'

/** A report kept from an earlier start; one of the first version is as good as none. */
export const KeptReport = z.union([MachineReport, z.object({ version: z.literal(1) })])

export interface MeasureOptions {
  /** How to reach the network; without it no mirror is asked. */
  dispatcher?: Dispatcher
  /** The lowest driver that any recipe accepts; null: no finding about it. */
  oldestDriver?: string | null
}

/**
 * Measures the machine, looking at the disk that holds `root`. Everything is asked at once and has a deadline, so
 * that the slowest answer, not the sum, is what it takes (docs/machine.md).
 */
export async function measureMachine(
  root: string,
  resources: string,
  { dispatcher, oldestDriver = null }: MeasureOptions = {},
): Promise<MachineReport> {
  const [{ gpus, unreadable }, host, disk, pci, ray, pythons, engines, mirrors] = await Promise.all([
    loadGpuTable(resources).then(measureGpus),
    measureHost(),
    measureDisk(root),
    findPciGpus(),
    findRay(),
    findPythons(),
    findEngines(),
    dispatcher === undefined ? [] : loadMirrors(resources).then((list) => probeMirrors(list, dispatcher)),
  ])
  const driverMissing = gpus.state === 'absent' && pci.nvidia
  const report = {
    version: 2 as const,
    measuredAt: Date.now(),
    ...host,
    disk,
    // A card in a slot with nobody to ask about it is not "no card".
    gpus: driverMissing ? { state: 'unknown' as const, reason: 'an NVIDIA card is there, but no nvidia-smi' } : gpus,
    otherGpus: pci.others,
    ray,
    pythons,
    engines,
    mirrors,
  }
  return { ...report, findings: findingsOf(report, { oldestDriver, unreadable, driverMissing }) }
}
