import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { arch, cpus } from 'node:os'
import si from 'systeminformation'
import type { MachineReport } from '#contract'
import { within } from './ask'

const DEADLINE_MS = 1_500

export interface PciGpus {
  others: MachineReport['otherGpus']
  /** An NVIDIA card is in a slot, whatever the driver says. */
  nvidia: boolean
}

/** Display and accelerator devices by PCI class (https://pci-ids.ucw.cz/read/PD): 03xx and 12xx. */
const gpuClass = /^0x(?:03|12)/
const vendors: Record<string, 'amd' | 'intel' | 'nvidia'> = { '0x1002': 'amd', '0x8086': 'intel', '0x10de': 'nvidia' }

export async function findPciGpus(folder = '/sys/bus/pci/devices'): Promise<PciGpus> {
  if (process.platform === 'darwin' && arch() === 'arm64')
    return { others: [{ vendor: 'apple', name: cpus()[0]?.model ?? 'Apple' }], nvidia: false }
  return within(DEADLINE_MS, process.platform === 'linux' ? readSlots(folder) : askSystem(), {
    others: [],
    nvidia: false,
  })
}

async function readSlots(folder: string): Promise<PciGpus> {
  const names = await readdir(folder)
  const found = await Promise.all(names.map((name) => readSlot(join(folder, name))))
  const devices = found.flat()
  return {
    nvidia: devices.some(({ vendor }) => vendor === 'nvidia'),
    others: devices.flatMap(({ vendor, name }) => (vendor === 'nvidia' ? [] : [{ vendor, name }])),
  }
}

/** Other makers' display devices are a server's console or a virtual screen, no GPU. */
async function readSlot(folder: string) {
  const read = (file: string) => readFile(join(folder, file), 'utf8').then((text) => text.trim())
  const vendor = vendors[await read('vendor')]
  if (vendor === undefined || !gpuClass.test(await read('class'))) return []
  // amdgpu knows the product; of others the number is what can be looked up.
  const product = await read('product_name').catch(() => '')
  const id = `${await read('vendor')}:${await read('device')}`.replaceAll('0x', '')
  return [{ vendor, name: product === '' ? `${vendor === 'amd' ? 'AMD' : 'Intel'} ${id}` : product }]
}

async function askSystem(): Promise<PciGpus> {
  const { controllers } = await si.graphics()
  const others = controllers.flatMap(({ vendor, model }): MachineReport['otherGpus'] => {
    const maker = /advanced micro|amd|ati/i.test(vendor)
      ? 'amd'
      : /intel/i.test(vendor)
        ? 'intel'
        : /apple/i.test(vendor)
          ? 'apple'
          : null
    return maker === null ? [] : [{ vendor: maker, name: model }]
  })
  return { others, nvidia: controllers.some(({ vendor }) => /nvidia/i.test(vendor)) }
}
