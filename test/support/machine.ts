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
  measuredAt: 1_780_000_000_000,
  host: {
    os: 'Ubuntu 22.04.5 LTS',
    kernel: '6.8.0-52-generic',
    arch: 'x64',
    platform: 'linux',
    container: false,
    wsl: false,
    slurmJob: null,
    libc: { state: 'found', value: { name: 'glibc', version: '2.35' } },
    compiler: { state: 'found', value: { name: 'gcc', version: '11.4.0' } },
  },
  cpu: {
    model: 'Intel Xeon E5-2680 v4',
    threads: 28,
    cores: 14,
    flags: { state: 'found', value: ['avx', 'avx2', 'fma', 'f16c'] },
  },
  memory: {
    totalBytes: 64 * GIB,
    availableBytes: 60 * GIB,
    limitBytes: null,
    swapTotalBytes: 8 * GIB,
    swapFreeBytes: 8 * GIB,
  },
  sharedMemory: { state: 'found', value: { totalBytes: 32 * GIB, freeBytes: 32 * GIB } },
  disk: {
    path: '/home/mei/verl-launchpad',
    totalBytes: 960e9,
    freeBytes: 412e9,
    type: 'ext4',
    inodesFree: 1_000_000,
    noexec: false,
    network: false,
  },
  gpus: gpus.length === 0 ? { state: 'absent' } : { state: 'found', value: gpus },
  otherGpus: [],
  ray: { state: 'absent' },
  pythons: [{ path: '/usr/bin/python3.10', version: '3.10.12' }],
  engines: [{ name: 'uv', path: '/home/mei/.local/bin/uv', version: '0.9.7' }],
  mirrors: [
    { name: 'Hugging Face', kind: 'hub', address: 'https://huggingface.co', latencyMs: 212, detail: null },
    { name: 'HF-Mirror', kind: 'hub', address: 'https://hf-mirror.com', latencyMs: 48, detail: null },
    { name: 'TUNA', kind: 'packages', address: 'https://mirrors.tuna.tsinghua.edu.cn', latencyMs: 31, detail: null },
  ],
  findings: [],
  ...more,
})

export const p40 = gpu('Tesla P40', '6.1', 24, {
  uuid: 'GPU-11111111-0040-4040-8040-000000000000',
  architecture: 'Pascal',
  memoryFreeBytes: 23.6 * GIB,
  driver: '550.144.03',
  cuda: '12.4',
  ecc: false,
  display: false,
  utilization: 0,
  temperatureC: 31,
  powerWatts: 11.2,
  powerLimitWatts: 250,
  pcie: { generation: 3, width: 16 },
})
