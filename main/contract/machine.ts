import * as z from 'zod'
import { Finding } from './errors'
import { Probed } from './network'

/**
 * A measurement that may not have been possible. "absent" means we looked and it is not there;
 * "unknown" means we could not look, and says why. The two are never mixed up.
 */
const probe = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('found'), value }),
    z.object({ state: z.literal('absent') }),
    z.object({ state: z.literal('unknown'), reason: z.string() }),
  ])

/** A slice of a card in MIG mode: what a program sees as a GPU of its own. */
export const MigSlice = z.object({
  /** "<gpu instance>/<compute instance>", as nvidia-smi numbers them. */
  id: z.string(),
  /** For CUDA_VISIBLE_DEVICES; null where the driver does not say. */
  uuid: z.string().nullable(),
  memoryTotalBytes: z.number(),
  memoryFreeBytes: z.number(),
})
export type MigSlice = z.infer<typeof MigSlice>

/** One NVIDIA card. null: the driver does not say, which is common on consumer cards. */
export const Gpu = z.object({
  index: z.number().int(),
  uuid: z.string().nullable(),
  name: z.string(),
  architecture: z.string().nullable(),
  /** "6.1"; from the driver, else from resources/gpus by name. */
  computeCapability: z.string().nullable(),
  memoryTotalBytes: z.number(),
  memoryFreeBytes: z.number(),
  driver: z.string(),
  /** Highest CUDA version the driver can run, "13.0". */
  cuda: z.string().nullable(),
  /** null: the card has no MIG mode. */
  mig: z.object({ enabled: z.boolean(), slices: z.array(MigSlice) }).nullable(),
  ecc: z.boolean().nullable(),
  /** A screen is drawn by this card. */
  display: z.boolean().nullable(),
  utilization: z.number().nullable(),
  temperatureC: z.number().nullable(),
  powerWatts: z.number().nullable(),
  powerLimitWatts: z.number().nullable(),
  pcie: z.object({ generation: z.number(), width: z.number() }).nullable(),
  /** Who holds memory on it. `usedBytes` null: the driver does not say (WSL, another user's container). */
  processes: z.array(z.object({ pid: z.number().int(), name: z.string(), usedBytes: z.number().nullable() })),
})
export type Gpu = z.infer<typeof Gpu>

export const PythonFound = z.object({ path: z.string(), version: z.string() })
export type PythonFound = z.infer<typeof PythonFound>

export const MachineReport = z.object({
  version: z.literal(2),
  measuredAt: z.number(),
  host: z.object({
    os: z.string(),
    kernel: z.string(),
    arch: z.string(),
    platform: z.string(),
    container: z.boolean(),
    wsl: z.boolean(),
    /** Inside a Slurm job, its id. */
    slurmJob: z.string().nullable(),
    libc: probe(z.object({ name: z.enum(['glibc', 'musl']), version: z.string() })),
    compiler: probe(z.object({ name: z.string(), version: z.string() })),
  }),
  cpu: z.object({
    model: z.string(),
    /** What this process may use: affinity and cgroup quota counted. */
    threads: z.number().int(),
    cores: z.number().int().nullable(),
    /** Of the flags that wheels are built for (avx, avx2, avx512f, fma, f16c), those that are there. */
    flags: probe(z.array(z.string())),
  }),
  /** `limitBytes`: what a cgroup leaves us, when it is less than the machine has. */
  memory: z.object({
    totalBytes: z.number(),
    availableBytes: z.number(),
    limitBytes: z.number().nullable(),
    swapTotalBytes: z.number(),
    swapFreeBytes: z.number(),
  }),
  /** /dev/shm, where Ray and NCCL put what processes share. */
  sharedMemory: probe(z.object({ totalBytes: z.number(), freeBytes: z.number() })),
  /** The disk of the data root. */
  disk: z.object({
    path: z.string(),
    totalBytes: z.number(),
    freeBytes: z.number(),
    /** ext4, xfs, overlay, nfs4, 9p, ... */
    type: z.string().nullable(),
    inodesFree: z.number().nullable(),
    noexec: z.boolean().nullable(),
    network: z.boolean().nullable(),
  }),
  gpus: probe(z.array(Gpu)),
  /** Cards verl has no recipe for here: AMD, Apple, Intel. */
  otherGpus: z.array(z.object({ vendor: z.enum(['amd', 'apple', 'intel', 'other']), name: z.string() })),
  /** A Ray cluster that is already running on this machine. */
  ray: probe(z.object({ pids: z.array(z.number().int()) })),
  pythons: z.array(PythonFound),
  engines: z.array(z.object({ name: z.string(), path: z.string(), version: z.string() })),
  mirrors: z.array(Probed),
  findings: z.array(Finding),
})
export type MachineReport = z.infer<typeof MachineReport>

/** What the cards are doing now; one of these a second while somebody watches. */
export const GpuUse = z.object({
  at: z.number(),
  gpus: z.array(
    z.object({
      index: z.number().int(),
      utilization: z.number().nullable(),
      memoryUsedBytes: z.number(),
      memoryTotalBytes: z.number(),
      temperatureC: z.number().nullable(),
      powerWatts: z.number().nullable(),
    }),
  ),
})
export type GpuUse = z.infer<typeof GpuUse>
