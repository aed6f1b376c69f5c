import type { Finding, Gpu, MachineReport } from '#contract'
import { words } from '#contract/locales'
import type { Say } from './words'

/** A label and what belongs to it; further lines stand below the first, without a label. */
type Row = [label: string, ...lines: string[]]

/** The whole report as text, in lines of at most `width` columns. */
export function doctorLines(machine: MachineReport, say: Say, width = 100): string[] {
  const rows = [...gpuRows(machine, say), ...hostRows(machine, say), ...toolRows(machine, say)]
  const label = Math.max(...rows.map(([name]) => columns(name))) + 2
  // As ISO has it: the same in both languages, and in order.
  const when = new Date(machine.measuredAt).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')
  return [
    say('doctor.title', { when }),
    '',
    ...rows.flatMap((row) => layOut(row, label, width)),
    '',
    ...findingLines(machine.findings, say, width),
  ]
}

function gpuRows({ gpus, otherGpus }: MachineReport, say: Say): Row[] {
  const others = otherGpus.map(({ name }): Row => [say('doctor.otherGpu'), name])
  if (gpus.state === 'absent') return [[say('doctor.gpus'), say('doctor.noGpu')], ...others]
  if (gpus.state === 'unknown') return [[say('doctor.gpus'), say('doctor.unknown', { reason: gpus.reason })], ...others]
  return [...gpus.value.map((gpu) => gpuRow(gpu, say)), ...others]
}

function gpuRow(gpu: Gpu, say: Say): Row {
  const { architecture, computeCapability, cuda, driver, mig, ecc, display, pcie } = gpu
  const kind = [
    architecture,
    computeCapability === null ? null : say('doctor.capability', { version: computeCapability }),
    say('doctor.driver', { version: driver }),
    cuda === null ? null : say('doctor.cuda', { version: cuda }),
  ]
  const now = [
    gpu.utilization === null ? null : `${gpu.utilization} %`,
    gpu.temperatureC === null ? null : `${gpu.temperatureC} °C`,
    watts(gpu, say),
  ]
  const modes = [
    pcie === null ? null : say('doctor.pcie', pcie),
    ecc === null ? null : say(ecc ? 'doctor.eccOn' : 'doctor.eccOff'),
    mig === null ? null : say(mig.enabled ? 'doctor.migOn' : 'doctor.migOff'),
    display === null ? null : say(display ? 'doctor.displayOn' : 'doctor.displayOff'),
  ]
  const memory = say('doctor.memoryOf', { free: gpu.memoryFreeBytes, total: gpu.memoryTotalBytes })
  const slices = (mig?.slices ?? []).map(({ id, memoryFreeBytes, memoryTotalBytes }) =>
    say('doctor.slice', { id, free: memoryFreeBytes, total: memoryTotalBytes }),
  )
  const holders = gpu.processes.map(({ pid, name, usedBytes }) =>
    usedBytes === null
      ? say('doctor.heldByUnknown', { pid, name })
      : say('doctor.heldBy', { pid, name, used: usedBytes }),
  )
  const lines = [gpu.name, joined(say, kind), joined(say, [memory, ...now]), joined(say, modes), ...slices, ...holders]
  return [say('doctor.gpu', { index: gpu.index }), ...lines.filter((line) => line !== '')]
}

function watts({ powerWatts, powerLimitWatts }: Gpu, say: Say): string | null {
  if (powerWatts === null) return null
  const draw = Math.round(powerWatts)
  if (powerLimitWatts === null) return say('doctor.wattsOnly', { draw })
  return say('doctor.watts', { draw, limit: Math.round(powerLimitWatts) })
}

function hostRows({ host, cpu, memory, sharedMemory, disk }: MachineReport, say: Say): Row[] {
  const { libc, compiler } = host
  const build = [
    libc.state === 'found' ? `${libc.value.name} ${libc.value.version}` : null,
    compiler.state === 'found' ? `${compiler.value.name} ${compiler.value.version}` : say('doctor.noCompiler'),
  ]
  const place = [
    host.container ? say('doctor.container') : null,
    host.wsl ? 'WSL' : null,
    host.slurmJob === null ? null : say('doctor.slurm', { id: host.slurmJob }),
  ]
  const system = [host.os, say('doctor.kernel', { version: host.kernel }), host.arch, ...place]
  const processor = [
    cpu.model,
    cpu.cores === null ? null : say('doctor.cores', { count: cpu.cores }),
    say('doctor.threads', { count: cpu.threads }),
    cpu.flags.state === 'found' ? cpu.flags.value.join(' ') : null,
  ]
  const free = say('doctor.memoryOf', { free: memory.availableBytes, total: memory.totalBytes })
  const limit = memory.limitBytes === null ? null : say('doctor.limit', { bytes: memory.limitBytes })
  const swap =
    memory.swapTotalBytes === 0
      ? say('doctor.noSwap')
      : say('doctor.memoryOf', { free: memory.swapFreeBytes, total: memory.swapTotalBytes })
  const marks = [
    disk.type,
    disk.inodesFree === null ? null : say('doctor.inodes', { count: disk.inodesFree.toLocaleString('en') }),
    disk.noexec === true ? say('doctor.noexec') : null,
    disk.network === true ? say('doctor.network') : null,
  ]
  return [
    [say('doctor.system'), joined(say, system), joined(say, build)],
    [say('doctor.cpu'), joined(say, processor)],
    [say('doctor.memory'), joined(say, [free, limit])],
    [say('doctor.swap'), swap],
    [say('doctor.shared'), sharedLine(sharedMemory, say)],
    [
      say('doctor.disk'),
      disk.path,
      joined(say, [say('doctor.freeOf', { free: disk.freeBytes, total: disk.totalBytes }), ...marks]),
    ],
  ]
}

function sharedLine(shared: MachineReport['sharedMemory'], say: Say): string {
  if (shared.state === 'unknown') return say('doctor.unknown', { reason: shared.reason })
  if (shared.state === 'absent') return say('doctor.notThere')
  return say('doctor.memoryOf', { free: shared.value.freeBytes, total: shared.value.totalBytes })
}

function toolRows({ pythons, engines, ray, mirrors }: MachineReport, say: Say): Row[] {
  const none = say('doctor.none')
  const table = (rows: string[][]) => (rows.length === 0 ? [none] : inColumns(rows))
  const rayLine =
    ray.state === 'unknown'
      ? say('doctor.unknown', { reason: ray.reason })
      : ray.state === 'absent'
        ? say('doctor.rayNone')
        : say('doctor.rayRuns', { pids: ray.value.pids.join(', ') })
  const probes = mirrors.map(({ name, kind, latencyMs, detail }) => [
    kind,
    name,
    latencyMs === null ? say('doctor.noAnswer', { detail: detail ?? '?' }) : say('doctor.latency', { ms: latencyMs }),
  ])
  return [
    [say('doctor.python'), ...table(pythons.map(({ version, path }) => [version, path]))],
    [say('doctor.engine'), ...table(engines.map(({ name, version, path }) => [`${name} ${version}`, path]))],
    [say('doctor.ray'), rayLine],
    ...(mirrors.length === 0 ? [] : [[say('doctor.mirror'), ...table(probes)] satisfies Row]),
  ]
}

function findingLines(findings: Finding[], say: Say, width: number): string[] {
  if (findings.length === 0) return [say('doctor.clean')]
  const names = { error: say('doctor.error'), warning: say('doctor.warning'), info: say('doctor.info') }
  const label = Math.max(...Object.values(names).map(columns)) + 4
  const lines = findings.flatMap((finding) =>
    layOut([`  ${names[finding.severity]}`, sayFinding(say, finding)], label, width),
  )
  return [say('doctor.findings'), ...lines]
}

/** A finding in words; a code without a sentence shows its facts. */
function sayFinding(say: Say, { code, params }: Finding): string {
  if (Object.hasOwn(words.en.finding, code)) return say(`finding.${code}`, params)
  return Object.hasOwn(words.en.errors, code) ? say(`errors.${code}`, params) : `${code} ${JSON.stringify(params)}`
}

const joined = (say: Say, parts: (string | null)[]) =>
  parts.filter((part) => part !== null && part !== '').join(say('doctor.comma'))

/** Every column but the last as wide as its widest cell. */
function inColumns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => columns(row[at] ?? ''))))
  return rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : pad(cell, widths[at] ?? 0))).join('  '),
  )
}

function layOut([label, ...lines]: Row, indent: number, width: number): string[] {
  const wrapped = lines.flatMap((line) => wrap(line, width - indent))
  return wrapped.map((line, index) => `${pad(index === 0 ? label : '', indent)}${line}`)
}

/** Chinese and other wide characters take two columns of a terminal (Unicode Standard Annex 11, wide and fullwidth). */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/
export const columns = (text: string): number => [...text].reduce((sum, sign) => sum + (wide.test(sign) ? 2 : 1), 0)

const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - columns(text)))

/** Breaks at blanks, and anywhere between Chinese characters; what has neither, as a path, stays whole. */
export function wrap(text: string, width: number): string[] {
  const pieces =
    text.match(/[\u2e80-\u9fff\uff00-\uff60][，。；：、）”]?|\s*[^\s\u2e80-\u9fff\uff00-\uff60]+|\s+/g) ?? []
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    if (line !== '' && columns(line + piece) > width) {
      lines.push(line)
      line = piece.trimStart()
    } else line += piece
  }
  return line === '' ? lines : [...lines, line]
}
