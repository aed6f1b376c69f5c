import type { Gpu, MachineReport, PlanRequest } from '#contract'

const GIB = 1024 ** 3

/** Cards to try a plan on before buying or renting one. A desktop or the driver takes a little of each. */
const examples = [
  { name: 'Tesla P40', architecture: 'Pascal', computeCapability: '6.1', gib: 24 },
  { name: 'Tesla T4', architecture: 'Turing', computeCapability: '7.5', gib: 16 },
  { name: 'NVIDIA GeForce RTX 4060', architecture: 'Ada Lovelace', computeCapability: '8.9', gib: 8 },
  { name: 'NVIDIA GeForce RTX 3090', architecture: 'Ampere', computeCapability: '8.6', gib: 24 },
  { name: 'NVIDIA GeForce RTX 4090', architecture: 'Ada Lovelace', computeCapability: '8.9', gib: 24 },
  { name: 'NVIDIA H100 80GB HBM3', architecture: 'Hopper', computeCapability: '9.0', gib: 80 },
]

/** Said by examples alone; no driver names a card so. */
const exampleUuid = (name: string) => `example:${name}`

function exampleGpu({ name, architecture, computeCapability, gib }: (typeof examples)[number]): Gpu {
  return {
    index: 0,
    uuid: exampleUuid(name),
    name,
    architecture,
    computeCapability,
    memoryTotalBytes: gib * GIB,
    memoryFreeBytes: gib * GIB * 0.975,
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
  }
}

export const exampleCards = examples.map(({ name, gib }) => ({ name, memoryTotalBytes: gib * GIB }))

/** This machine with another card in it. */
export function withCard(machine: MachineReport, name: string): MachineReport | null {
  const example = examples.find((card) => card.name === name)
  if (example === undefined) return null
  return { ...machine, gpus: { state: 'found', value: [exampleGpu(example)] }, findings: [] }
}

type HardwareKind = 'here' | 'imported' | { card: string }

/** Where the hardware of a request comes from. */
export function kindOf({ hardware }: Pick<PlanRequest, 'hardware'>): HardwareKind {
  if (hardware === null) return 'here'
  const first = cardsOf(hardware)[0]
  return first !== undefined && first.uuid === exampleUuid(first.name) ? { card: first.name } : 'imported'
}

export const cardsOf = (machine: MachineReport | null): Gpu[] =>
  machine?.gpus.state === 'found' ? machine.gpus.value : []

/** "NVIDIA GeForce RTX 4060" is what the driver says; people say "RTX 4060". */
export const shortName = (name: string): string => name.replace(/^NVIDIA\s+(?:GeForce\s+)?/, '')

export interface Device {
  id: string
  name: string
  /** A slice of a card. */
  slice: boolean
  memoryTotalBytes: number
}

/** Everything a plan can be made for: cards, and in MIG mode their slices instead. */
export function devicesOf(machine: MachineReport | null): Device[] {
  return cardsOf(machine).flatMap(({ index, name, mig, memoryTotalBytes }): Device[] => {
    if (mig?.enabled !== true) return [{ id: String(index), name, slice: false, memoryTotalBytes }]
    return mig.slices.map((slice) => ({
      id: `${index}:${slice.id}`,
      name,
      slice: true,
      memoryTotalBytes: slice.memoryTotalBytes,
    }))
  })
}
