import type { Gpu, MachineReport } from '#contract'

/** Speed of a card, from resources/gpus; dense, without sparsity. */
export interface CardSpeed {
  bandwidthGBs: number
  fp16Tflops: number
  fp32Tflops: number
}

/** What a training can be given: a whole card, or a slice of one. */
export interface Device {
  /** "0", or "0:1/0" for a slice. */
  id: string
  name: string
  computeCapability: string | null
  memoryTotalBytes: number
  memoryFreeBytes: number
  driver: string
  /** CUDA_VISIBLE_DEVICES for it; null: it is the only one, nothing needs to be said. */
  visible: string | null
  speed: CardSpeed | null
}

/** Every device of the report, in the order of the driver. A card in MIG mode is not one, its slices are. */
export function listDevices(machine: MachineReport, speedOf: (name: string) => CardSpeed | null): Device[] {
  if (machine.gpus.state !== 'found') return []
  const devices = machine.gpus.value.flatMap((gpu) => (gpu.mig?.enabled === true ? slices(gpu) : [whole(gpu)]))
  return devices.map((device) => ({
    ...device,
    // One lone card needs no choosing; a slice always does.
    visible: devices.length === 1 && !device.id.includes(':') ? null : device.visible,
    speed: device.id.includes(':') ? null : speedOf(device.name),
  }))
}

type Bare = Omit<Device, 'speed'>

function whole(gpu: Gpu): Bare {
  const { index, uuid, name, computeCapability, memoryTotalBytes, memoryFreeBytes, driver } = gpu
  const id = String(index)
  return { id, name, computeCapability, memoryTotalBytes, memoryFreeBytes, driver, visible: uuid ?? id }
}

function slices(gpu: Gpu): Bare[] {
  const { index, name, computeCapability, driver } = gpu
  return (gpu.mig?.slices ?? []).map(({ id, uuid, memoryTotalBytes, memoryFreeBytes }) => ({
    id: `${index}:${id}`,
    name: `${name} MIG ${id}`,
    computeCapability,
    memoryTotalBytes,
    memoryFreeBytes,
    driver,
    visible: uuid ?? `MIG-${gpu.uuid ?? index}/${id}`,
  }))
}
