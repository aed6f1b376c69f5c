import type { Gpu, MachineReport } from '#contract'
import { execa } from 'execa'
import { errnoOf } from '../errors'

const MIB = 1024 * 1024
const FIELDS = ['index', 'name', 'compute_cap', 'memory.total', 'memory.free', 'driver_version'] as const

/** Asks `nvidia-smi`. A missing program means no NVIDIA card; a failing or silent one means we do not know. */
export async function measureGpus(timeoutMs = 4_000): Promise<MachineReport['gpus']> {
  try {
    const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits']
    const { stdout } = await execa('nvidia-smi', args, { timeout: timeoutMs, stdin: 'ignore' })
    const gpus = parseGpus(stdout)
    return gpus.length > 0 ? { state: 'found', value: gpus } : { state: 'unknown', reason: firstLine(stdout) }
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return { state: 'absent' }
    return { state: 'unknown', reason: thrown instanceof Error ? firstLine(thrown.message) : String(thrown) }
  }
}

/** One card a line, in the order of FIELDS; a line that does not fit is not a card. */
export function parseGpus(csv: string): Gpu[] {
  const gpus: Gpu[] = []
  for (const line of csv.split('\n')) {
    const [index, name, capability, total, free, driver] = line.split(',').map((field) => field.trim())
    if (!name || driver === undefined || !/^\d+$/.test(index ?? '') || !/^\d+$/.test(total ?? '')) continue
    gpus.push({
      index: Number(index),
      name,
      // Drivers before 510 do not know the field and print [N/A].
      computeCapability: /^\d+\.\d+$/.test(capability ?? '') ? (capability ?? null) : null,
      memoryTotalBytes: Number(total) * MIB,
      memoryFreeBytes: (Number(free) || 0) * MIB,
      driver,
    })
  }
  return gpus
}

const firstLine = (text: string) => text.trim().split('\n')[0] ?? ''
