import { existsSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { arch, availableParallelism, release, totalmem, freemem } from 'node:os'
import si from 'systeminformation'
import type { MachineReport } from '#contract'
import { errnoOf } from '../errors'
import { ask, within } from './ask'
import { readCgroup } from './cgroup'

const DEADLINE_MS = 1_500

/** Instructions that wheels are built for: without avx2, some end at once with "Illegal instruction". */
const wheelFlags = ['avx', 'avx2', 'avx512f', 'fma', 'f16c']

type Host = Pick<MachineReport, 'host' | 'cpu' | 'memory' | 'sharedMemory'>

export async function measureHost(): Promise<Host> {
  const [os, cpu, memory, cgroup, flags, libc, compiler, sharedMemory] = await Promise.all([
    within(DEADLINE_MS, si.osInfo(), null),
    within(DEADLINE_MS, si.cpu(), null),
    within(DEADLINE_MS, si.mem(), null),
    readCgroup(),
    readFlags(),
    findLibc(),
    findCompiler(),
    readSharedMemory(),
  ])
  const totalBytes = memory?.total ?? totalmem()
  const limitBytes =
    cgroup.memoryLimitBytes !== null && cgroup.memoryLimitBytes < totalBytes ? cgroup.memoryLimitBytes : null
  const left = limitBytes === null ? Infinity : Math.max(0, limitBytes - (cgroup.memoryUsedBytes ?? 0))
  return {
    host: {
      os: os === null ? process.platform : [os.distro, os.release].filter((part) => part !== '').join(' '),
      kernel: release(),
      arch: arch(),
      platform: process.platform,
      container: inContainer(),
      wsl: /microsoft/i.test(release()),
      slurmJob: process.env['SLURM_JOB_ID'] ?? null,
      libc,
      compiler,
    },
    cpu: {
      model: cpu === null ? 'unknown' : `${cpu.manufacturer} ${cpu.brand}`.trim(),
      threads: Math.max(1, Math.floor(Math.min(availableParallelism(), cgroup.cpus ?? Infinity))),
      cores: cpu?.physicalCores ?? null,
      flags,
    },
    memory: {
      totalBytes,
      availableBytes: Math.min(memory?.available ?? freemem(), left),
      limitBytes,
      swapTotalBytes: memory?.swaptotal ?? 0,
      swapFreeBytes: memory?.swapfree ?? 0,
    },
    sharedMemory,
  }
}

const inContainer = () =>
  existsSync('/.dockerenv') ||
  existsSync('/run/.containerenv') ||
  process.env['container'] !== undefined ||
  process.env['KUBERNETES_SERVICE_HOST'] !== undefined

async function readFlags(): Promise<MachineReport['cpu']['flags']> {
  if (process.platform !== 'linux') return { state: 'unknown', reason: `not read on ${process.platform}` }
  try {
    return { state: 'found', value: parseFlags(await readFile('/proc/cpuinfo', 'utf8')) }
  } catch (thrown) {
    return { state: 'unknown', reason: errnoOf(thrown) ?? String(thrown) }
  }
}

export function parseFlags(cpuinfo: string): string[] {
  const there = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? [])
  return wheelFlags.filter((flag) => there.has(flag))
}

async function findLibc(): Promise<MachineReport['host']['libc']> {
  if (process.platform !== 'linux') return { state: 'absent' }
  // glibc's getconf knows the name; musl's fails, and its ldd says who it is on the error stream.
  for (const [program, ...args] of [
    ['getconf', 'GNU_LIBC_VERSION'],
    ['ldd', '--version'],
  ] as const) {
    const answer = await ask(program, [...args], DEADLINE_MS)
    const libc = answer.state === 'answered' ? parseLibc(`${answer.stdout}\n${answer.stderr}`) : null
    if (libc !== null) return { state: 'found', value: libc }
  }
  return { state: 'unknown', reason: 'neither getconf nor ldd says which C library this is' }
}

export function parseLibc(text: string): { name: 'glibc' | 'musl'; version: string } | null {
  const musl = /musl libc[\s\S]*?Version (\d+(?:\.\d+)+)/.exec(text)?.[1]
  if (musl !== undefined) return { name: 'musl', version: musl }
  const glibc = /(?:glibc|GNU libc|GLIBC)[^\n]*?(\d+\.\d+)/i.exec(text)?.[1]
  return glibc === undefined ? null : { name: 'glibc', version: glibc }
}

async function findCompiler(): Promise<MachineReport['host']['compiler']> {
  let silent: string | null = null
  for (const program of ['gcc', 'clang', 'cc']) {
    const answer = await ask(program, ['--version'], DEADLINE_MS)
    if (answer.state === 'silent') silent = answer.reason
    if (answer.state !== 'answered' || answer.exitCode !== 0) continue
    const version = /\d+\.\d+(?:\.\d+)?/.exec(answer.stdout.replace(/\(.*?\)/g, ''))?.[0]
    if (version !== undefined)
      return { state: 'found', value: { name: /clang/i.test(answer.stdout) ? 'clang' : 'gcc', version } }
  }
  return silent === null ? { state: 'absent' } : { state: 'unknown', reason: silent }
}

async function readSharedMemory(): Promise<MachineReport['sharedMemory']> {
  if (process.platform !== 'linux') return { state: 'absent' }
  try {
    const { blocks, bavail, bsize } = await statfs('/dev/shm')
    return { state: 'found', value: { totalBytes: blocks * bsize, freeBytes: bavail * bsize } }
  } catch (thrown) {
    const code = errnoOf(thrown)
    return code === 'ENOENT' ? { state: 'absent' } : { state: 'unknown', reason: code ?? String(thrown) }
  }
}
