import type { Gpu, MachineReport } from '#contract'

const GIB = 2 ** 30

/** A card as a report would have it; `free` and `total` in GiB. */
export const gpu = (name: string, computeCapability: string | null, total: number, more: Partial<Gpu> = {}): Gpu => ({
  index: 0,
  uuid: null,
  name,
  architecture: null,
  computeCapability,
  memoryTotalBytes: Math.round(total * GIB),
  memoryFreeBytes: Math.round((total - 0.3) * GIB),
  driver: '580.65.06',
  cuda: '13.0',
  mig: null,
  ecc: null,
  display: null,
  utilization: null,
  temperatureC: null,
  powerWatts: null,
  powerLimitWatts: null,
  pcie: null,
  processes: [],
  ...more,
})

/** A usual Linux workstation with these cards. */
export const machine = (gpus: Gpu[], more: Partial<MachineReport> = {}): MachineReport => ({
  version: 2,
  measuredAt: 1,
  host: {
    os: 'Ubuntu 22.04',
    kernel: '6.8.0',
    arch: 'x64',
    platform: 'linux',
    container: false,
    wsl: false,
    slurmJob: null,
    libc: { state: 'found', value: { name: 'glibc', version: '2.35' } },
    compiler: { state: 'found', value: { name: 'gcc', version: '11.4.0' } },
  },
  cpu: { model: 'CPU', threads: 16, cores: 8, flags: { state: 'found', value: ['avx', 'avx2', 'fma', 'f16c'] } },
  memory: {
    totalBytes: 64 * GIB,
    availableBytes: 60 * GIB,
    limitBytes: null,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
  },
  sharedMemory: { state: 'found', value: { totalBytes: 32 * GIB, freeBytes: 32 * GIB } },
  disk: {
    path: '/home/user/verl-launchpad',
    totalBytes: 1000 * GIB,
    freeBytes: 500 * GIB,
    type: 'ext4',
    inodesFree: 1_000_000,
    noexec: false,
    network: false,
  },
  gpus: gpus.length === 0 ? { state: 'absent' } : { state: 'found', value: gpus },
  otherGpus: [],
  ray: { state: 'absent' },
  pythons: [],
  engines: [],
  mirrors: [],
  findings: [],
  ...more,
})
