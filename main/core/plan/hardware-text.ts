import { MachineReport } from '#contract'
import { AppError } from '../errors'
import type { GpuTable } from '../hardware/gpu-table'
import { fillGaps } from '../hardware/gpus'
import { parseNvidiaSmi } from '../hardware/nvidia-smi'

/**
 * Reads what `--hardware FILE` or the page is given: a machine report exported by this app, or the raw output of
 * `nvidia-smi -q -x`, whose cards then stand in this machine's report. HARDWARE_UNREADABLE for anything else.
 */
export function readHardware(text: string, here: MachineReport, table: GpuTable): MachineReport {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (!trimmed.startsWith('{')) {
    const read = parseNvidiaSmi(trimmed)
    if ('problem' in read) throw new AppError('HARDWARE_UNREADABLE', { detail: read.problem })
    const value = read.gpus.map((gpu) => fillGaps(gpu, { table, capabilities: '', list: '' }))
    return { ...here, gpus: { state: 'found', value }, otherGpus: [], findings: [] }
  }
  try {
    return MachineReport.parse(JSON.parse(trimmed))
  } catch (thrown) {
    const detail = thrown instanceof Error ? (thrown.message.split('\n').slice(0, 6).join(' ') ?? '') : String(thrown)
    throw new AppError('HARDWARE_UNREADABLE', { detail })
  }
}
