import type { Finding, Gpu, MachineReport } from '#contract'
import { basename } from 'node:path'
import { compareVersions } from '../plan/versions'

const MIB = 2 ** 20
const GIB = 2 ** 30

/** Where a figure starts to be a finding; what each means for training is in contract/locales/machine. */
const thresholds = {
  /** A card with more of its memory taken than this is held by somebody; a desktop alone takes less. */
  heldShare: 0.15,
  /** Smaller users of a card are not worth a name. */
  holderBytes: 256 * MIB,
  /** Docker gives 64 MiB unless told otherwise; Ray then keeps its objects on the disk. */
  sharedMemoryBytes: 2 * GIB,
  /** Ray, the trainer and its workers with torch loaded take about 10 GiB before there is a model (docs/memory-model.md). */
  memoryBytes: 16 * GIB,
  /** A GPU environment takes 10 GB (resources/recipes), a small model and its checkpoints as much again. */
  diskBytes: 25e9,
  diskTightBytes: 6e9,
  inodes: 200_000,
  /** Ray asks for 4 CPUs before it starts the trainer. */
  threads: 4,
}

export interface FindingsFacts {
  /** The lowest driver that any recipe accepts; null: not asked. */
  oldestDriver: string | null
  unreadable: string[]
  /** An NVIDIA card is in a slot, and no nvidia-smi to ask about it. */
  driverMissing: boolean
}

type Report = Omit<MachineReport, 'findings'>
type Severity = Finding['severity']

const finding = (severity: Severity, code: string, params: Finding['params'] = {}): Finding => ({
  code,
  severity,
  params,
})

const weight: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** What of the report stands in the way of a training, worst first. Pure: what could not be measured is no finding. */
export function findingsOf(report: Report, facts: FindingsFacts): Finding[] {
  const findings = [
    ...gpuFindings(report, facts),
    ...memoryFindings(report),
    ...diskFindings(report),
    ...hostFindings(report),
  ]
  return findings.sort((a, b) => weight[a.severity] - weight[b.severity])
}

function gpuFindings({ gpus, otherGpus, host }: Report, facts: FindingsFacts): Finding[] {
  if (facts.driverMissing) return [finding('error', host.container ? 'GPU_NOT_GIVEN' : 'GPU_DRIVER_MISSING')]
  const lost = facts.unreadable.map((gpu) => finding('error', 'GPU_LOST', { reason: gpu }))
  if (gpus.state === 'unknown') return [finding('error', whyUnknown(gpus.reason), { reason: gpus.reason })]
  if (gpus.state === 'found') {
    const drivers = [...new Set(gpus.value.map(({ driver }) => driver))]
    const needs = facts.oldestDriver
    const old = drivers.flatMap((driver) =>
      needs !== null && compareVersions(driver, needs) < 0
        ? [finding('error', 'GPU_DRIVER_OLD', { driver, needs })]
        : [],
    )
    return [...old, ...lost, ...gpus.value.flatMap(cardFindings)]
  }
  const other = otherGpus.find(({ vendor }) => vendor === 'amd' || vendor === 'apple')
  if (other === undefined) return [finding('info', 'GPU_NONE')]
  return [finding('warning', other.vendor === 'amd' ? 'GPU_AMD' : 'GPU_APPLE', { gpu: other.name })]
}

/** What nvidia-smi and the driver say when there is no telling, and what it takes. */
const reasons: [RegExp, string][] = [
  [/driver\/library version mismatch/i, 'GPU_DRIVER_MISMATCH'],
  [/couldn't communicate|failed to initialize nvml|driver not loaded/i, 'GPU_DRIVER_NOT_LOADED'],
  [/unable to determine the device handle|gpu is lost|no figures for|fallen off the bus/i, 'GPU_LOST'],
  [/did not answer/i, 'GPU_SILENT'],
  [/no devices were found/i, 'GPU_NO_DEVICES'],
]
const whyUnknown = (reason: string) => reasons.find(([pattern]) => pattern.test(reason))?.[1] ?? 'GPU_UNREADABLE'

function cardFindings(gpu: Gpu): Finding[] {
  const { index, name, mig } = gpu
  const findings: Finding[] = []
  if (mig?.enabled === true && mig.slices.length === 0)
    findings.push(finding('error', 'GPU_MIG_UNSLICED', { gpu: name, index }))
  else if (mig?.enabled === true)
    findings.push(finding('info', 'GPU_MIG_SLICED', { gpu: name, index, count: mig.slices.length }))
  findings.push(...holding(gpu))
  if (gpu.display === true) findings.push(finding('info', 'GPU_DISPLAY', { gpu: name, index }))
  return findings
}

function holding({ index, name, mig, memoryFreeBytes, memoryTotalBytes, processes }: Gpu): Finding[] {
  const heldBytes = memoryTotalBytes - memoryFreeBytes
  // The driver's own share of a card in MIG mode looks like a holder; its slices are what counts.
  if (mig?.enabled === true || heldBytes < thresholds.heldShare * memoryTotalBytes) return []
  const holders = processes.filter(({ usedBytes }) => usedBytes === null || usedBytes >= thresholds.holderBytes)
  const params = { gpu: name, index, heldBytes, freeBytes: memoryFreeBytes }
  if (holders.length === 0) return [finding('warning', 'GPU_HELD_UNSEEN', params)]
  const who = holders.map(({ name: program, pid }) => `${basename(program)} (${pid})`).join(', ')
  return [finding('warning', 'GPU_HELD', { ...params, who })]
}

function memoryFindings({ host, memory, sharedMemory }: Report): Finding[] {
  const findings: Finding[] = []
  const bytes = memory.limitBytes ?? memory.totalBytes
  const params = { bytes, needsBytes: thresholds.memoryBytes }
  // Machines sold as 16 GB show a little less.
  if (bytes < thresholds.memoryBytes * 0.95) {
    const code = host.wsl ? 'WSL_MEMORY_CAP' : memory.limitBytes === null ? 'RAM_SMALL' : 'RAM_LIMITED'
    findings.push(finding('warning', code, params))
  }
  const shared = sharedMemory.state === 'found' ? sharedMemory.value.totalBytes : 0
  const small = sharedMemory.state !== 'unknown' && shared < thresholds.sharedMemoryBytes
  if (host.platform === 'linux' && small) findings.push(finding('warning', 'SHM_SMALL', { bytes: shared }))
  return findings
}

function diskFindings({ disk, host }: Report): Finding[] {
  const { path, freeBytes, totalBytes, type, inodesFree, noexec, network } = disk
  if (totalBytes === 0) return [finding('warning', 'DISK_SILENT', { path })]
  const findings: Finding[] = []
  if (noexec === true) findings.push(finding('error', 'DISK_NOEXEC', { path }))
  if (freeBytes < thresholds.diskBytes) {
    const severity = freeBytes < thresholds.diskTightBytes ? 'error' : 'warning'
    findings.push(finding(severity, 'DISK_SHORT', { path, freeBytes, needsBytes: thresholds.diskBytes }))
  }
  if (inodesFree !== null && inodesFree < thresholds.inodes)
    findings.push(finding('warning', 'DISK_INODES', { path, count: inodesFree }))
  // In WSL, 9p is the way to the drives of Windows.
  if (network === true)
    findings.push(
      finding('warning', host.wsl && type === '9p' ? 'DISK_WINDOWS' : 'DISK_NETWORK', { path, type: type ?? '?' }),
    )
  return findings
}

function hostFindings({ host, cpu, gpus, ray, pythons, engines, mirrors }: Report): Finding[] {
  const findings: Finding[] = []
  if (host.libc.state === 'found' && host.libc.value.name === 'musl') findings.push(finding('error', 'HOST_MUSL'))
  if (host.arch === 'x64' && cpu.flags.state === 'found' && !cpu.flags.value.includes('avx2'))
    findings.push(finding('warning', 'CPU_NO_AVX2'))
  if (gpus.state === 'found' && cpu.threads < thresholds.threads)
    findings.push(finding('warning', 'CPU_FEW', { count: cpu.threads, needs: thresholds.threads }))
  if (gpus.state === 'found' && host.compiler.state === 'absent') findings.push(finding('warning', 'COMPILER_MISSING'))
  if (ray.state === 'found') findings.push(finding('warning', 'RAY_RUNNING', { pids: ray.value.pids.join(', ') }))
  if (pythons.length === 0 && engines.length === 0) findings.push(finding('error', 'PYTHON_NONE'))
  const hubs = mirrors.filter(({ kind }) => kind === 'hub')
  const quickest = hubs
    .filter(({ latencyMs }) => latencyMs !== null)
    .sort((a, b) => (a.latencyMs ?? 0) - (b.latencyMs ?? 0))[0]
  if (mirrors.length > 0 && mirrors.every(({ latencyMs }) => latencyMs === null))
    findings.push(finding('warning', 'NETWORK_NONE'))
  else if (hubs[0]?.latencyMs === null && quickest !== undefined)
    findings.push(finding('info', 'HUB_MIRROR', { hub: hubs[0].name, mirror: quickest.name }))
  return findings
}
