import { XMLParser, XMLValidator } from 'fast-xml-parser'
import * as z from 'zod'
import type { Gpu, MigSlice } from '#contract'

/** Cards, and the names of those the driver lists but cannot read; or why there is no telling. */
export type SmiReport = { gpus: Gpu[]; unreadable: string[] } | { problem: string }

const MIB = 1024 * 1024
const lists = new Set(['gpu', 'mig_device', 'process_info'])
const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, isArray: (name) => lists.has(name) })

/** An element: its children by name, or its text. What a driver does not know yet or any more is just not there. */
type Node = { [name: string]: unknown }

/**
 * Reads the output of `nvidia-smi -q -x` of any driver. Fields came and went (nvsmi_device_v6.dtd to v13.dtd): no
 * cuda_version before 410, no product_architecture before 465, power_readings became gpu_power_readings in 530.
 * A log that is whole counts, whatever stands around it: exit code 14 with a warning after it means only that
 * the card's infoROM is corrupt (nvidia-smi(1), RETURN VALUE).
 */
export function parseNvidiaSmi(text: string): SmiReport {
  const xml = /(?:<\?xml[\s\S]*?)?<nvidia_smi_log[\s>][\s\S]*<\/nvidia_smi_log>/.exec(text)?.[0]
  if (xml === undefined || XMLValidator.validate(xml) !== true) return { problem: firstLine(text) }
  const log = child(parser.parse(xml), 'nvidia_smi_log')
  const driver = textOf(log, 'driver_version') ?? textOf(log, 'kmd_version')
  if (driver === null) return { problem: 'the log names no driver' }
  const cuda = versionOf(textOf(log, 'cuda_version') ?? textOf(log, 'cuda_umd_version'))
  const read = children(log, 'gpu').map((node, index) => ({ gpu: readGpu(node, index, driver, cuda), node }))
  const gpus = read.flatMap(({ gpu }) => (gpu === null ? [] : [gpu]))
  const unreadable = read.flatMap(({ gpu, node }) => (gpu === null ? [nameOf(node)] : []))
  if (gpus.length > 0) return { gpus, unreadable }
  return { problem: unreadable.length > 0 ? `no figures for ${unreadable.join(', ')}` : 'the log lists no card' }
}

/** null: a card without a name or a memory size, as one that fell off the bus is shown ("Unknown Error"). */
function readGpu(node: Node, index: number, driver: string, cuda: string | null): Gpu | null {
  const name = textOf(node, 'product_name')
  const memory = child(node, 'fb_memory_usage')
  const total = numberOf(memory, 'total')
  if (name === null || total === null) return null
  // 530 split what the chip draws from what the module draws, and gave the draw two names.
  const power = first(child(node, 'gpu_power_readings'), child(node, 'power_readings'))
  const draw = ['power_draw', 'average_power_draw', 'instant_power_draw']
  const limit = ['current_power_limit', 'enforced_power_limit', 'power_limit']
  return {
    index,
    uuid: textOf(node, 'uuid'),
    name,
    architecture: textOf(node, 'product_architecture'),
    computeCapability: null, // not in this log: see gpus.ts
    memoryTotalBytes: total * MIB,
    memoryFreeBytes: (numberOf(memory, 'free') ?? 0) * MIB,
    driver,
    cuda,
    mig: readMig(node),
    ecc: switchOf(child(node, 'ecc_mode'), 'current_ecc'),
    // display_attached says Yes for cards without a connector too (H100 SXM, driver 580).
    display: switchOf(node, 'display_active'),
    utilization: numberOf(child(node, 'utilization'), 'gpu_util'),
    temperatureC: numberOf(child(node, 'temperature'), 'gpu_temp'),
    powerWatts: firstNumber(power, draw),
    powerLimitWatts: firstNumber(power, limit),
    pcie: readPcie(node),
    processes: children(child(node, 'processes'), 'process_info').flatMap(readProcess),
  }
}

function readMig(node: Node): Gpu['mig'] {
  const enabled = switchOf(child(node, 'mig_mode'), 'current_mig')
  if (enabled === null) return null
  return { enabled, slices: enabled ? children(child(node, 'mig_devices'), 'mig_device').flatMap(readSlice) : [] }
}

function readSlice(node: Node): MigSlice[] {
  const memory = child(node, 'fb_memory_usage')
  const total = numberOf(memory, 'total')
  if (total === null) return []
  const id = `${textOf(node, 'gpu_instance_id') ?? '?'}/${textOf(node, 'compute_instance_id') ?? '?'}`
  const free = numberOf(memory, 'free') ?? 0
  return [{ id, uuid: textOf(node, 'uuid'), memoryTotalBytes: total * MIB, memoryFreeBytes: free * MIB }]
}

/** The highest generation card and slot agree on (an idle link rests at a lower one), and the lanes in use now. */
function readPcie(node: Node): Gpu['pcie'] {
  const link = child(child(node, 'pci'), 'pci_gpu_link_info')
  const generation = numberOf(child(link, 'pcie_gen'), 'max_link_gen')
  const width = numberOf(child(link, 'link_widths'), 'current_link_width')
  return generation === null || width === null ? null : { generation, width }
}

function readProcess(node: Node): Gpu['processes'] {
  const pid = numberOf(node, 'pid')
  if (pid === null) return []
  const used = numberOf(node, 'used_memory')
  return [{ pid, name: textOf(node, 'process_name') ?? '?', usedBytes: used === null ? null : used * MIB }]
}

const Element = z.record(z.string(), z.unknown())

function child(node: unknown, name: string): Node {
  const found = Element.safeParse(Element.safeParse(node).data?.[name])
  return found.success ? found.data : {}
}

function children(node: Node, name: string): Node[] {
  const list: unknown = node[name]
  return Array.isArray(list) ? list.map((item) => Element.safeParse(item).data ?? {}) : []
}

/** Everything nvidia-smi has for "there is no such value", over the years and platforms. */
const nothing =
  /^(?:\[?n\/a\]?|\[?not (?:available|supported|found).*|\[?unknown error\]?|\[?gpu is lost\]?|err!|requested functionality has been deprecated|\[?insufficient permissions\]?)$/i

function textOf(node: Node, name: string): string | null {
  const value = node[name]
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' || nothing.test(text) ? null : text
}

/** The number before the unit: "22919 MiB", "45.30 W", "30 %", "16x". */
function numberOf(node: Node, name: string): number | null {
  const text = textOf(node, name)
  const match = text === null ? null : /^-?\d+(?:\.\d+)?/.exec(text)
  return match === null ? null : Number(match[0])
}

function switchOf(node: Node, name: string): boolean | null {
  const text = textOf(node, name)?.toLowerCase()
  if (text === 'enabled' || text === 'yes') return true
  return text === 'disabled' || text === 'no' ? false : null
}

const versionOf = (text: string | null) => (text !== null && /^\d+\.\d+$/.test(text) ? text : null)

const first = (...nodes: Node[]): Node => nodes.find((node) => Object.keys(node).length > 0) ?? {}

function firstNumber(node: Node, names: string[]): number | null {
  for (const name of names) {
    const value = numberOf(node, name)
    if (value !== null) return value
  }
  return null
}

function nameOf(node: Node): string {
  const bus = node['@_id']
  return textOf(node, 'product_name') ?? (typeof bus === 'string' ? bus : '?')
}

/** What the program said instead of a log; a broken log is not repeated. */
export function firstLine(text: string): string {
  const line = text.split('\n').find((part) => part.trim() !== '')
  if (line === undefined) return 'it said nothing'
  return /^\s*<(?:\?xml|!DOCTYPE|nvidia_smi_log)/.test(line)
    ? 'its XML is damaged or cut off'
    : line.trim().slice(0, 300)
}
