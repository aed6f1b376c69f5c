import * as z from 'zod'

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

export const Gpu = z.object({
  index: z.number().int(),
  name: z.string(),
  computeCapability: z.string().nullable(),
  memoryTotalBytes: z.number(),
  memoryFreeBytes: z.number(),
  driver: z.string(),
})
export type Gpu = z.infer<typeof Gpu>

export const PythonFound = z.object({ path: z.string(), version: z.string() })
export type PythonFound = z.infer<typeof PythonFound>

export const MachineReport = z.object({
  version: z.literal(1),
  measuredAt: z.number(),
  host: z.object({ os: z.string(), kernel: z.string(), arch: z.string(), container: z.boolean(), wsl: z.boolean() }),
  cpu: z.object({ model: z.string(), threads: z.number().int() }),
  /** `limitBytes`: what a cgroup leaves us, when it is less than the machine has. */
  memory: z.object({ totalBytes: z.number(), availableBytes: z.number(), limitBytes: z.number().nullable() }),
  disk: z.object({ path: z.string(), totalBytes: z.number(), freeBytes: z.number() }),
  gpus: probe(z.array(Gpu)),
  pythons: z.array(PythonFound),
  engines: z.array(z.object({ name: z.string(), path: z.string(), version: z.string() })),
})
export type MachineReport = z.infer<typeof MachineReport>
