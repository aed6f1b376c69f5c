import { describe, expect, it } from 'vitest'
import type { Gpu, MachineReport } from '#contract'
import { words } from '#contract/locales'
import { doctorLines, columns, wrap } from '../../../main/cli/doctor'
import { createSay } from '../../../main/cli/words'
import { findingsOf, type FindingsFacts } from '../../../main/core/hardware/findings'
import { machine, p40 } from '../../support/machine'

/** A machine on which nothing stands in the way. */
const machineReport = machine([p40])

const GIB = 2 ** 30
const nothing: FindingsFacts = { oldestDriver: null, unreadable: [], driverMissing: false }
const codes = (change: Partial<MachineReport>, facts: Partial<FindingsFacts> = {}) =>
  findingsOf({ ...machineReport, ...change }, { ...nothing, ...facts }).map(({ code }) => code)
const cards = (...gpus: Partial<Gpu>[]): Partial<MachineReport> => ({
  gpus: { state: 'found', value: gpus.map((gpu, index) => ({ ...p40, index, ...gpu })) },
})

describe('findings', () => {
  it('a machine that has everything has none', () => {
    expect(codes({})).toEqual([])
  })

  it.each<[string, Partial<MachineReport>, Partial<FindingsFacts>?]>([
    ['GPU_NONE', { gpus: { state: 'absent' } }],
    ['GPU_AMD', { gpus: { state: 'absent' }, otherGpus: [{ vendor: 'amd', name: 'Radeon' }] }],
    ['GPU_APPLE', { gpus: { state: 'absent' }, otherGpus: [{ vendor: 'apple', name: 'Apple M4' }] }],
    ['GPU_DRIVER_MISSING', { gpus: { state: 'unknown', reason: 'no nvidia-smi' } }, { driverMissing: true }],
    [
      'GPU_NOT_GIVEN',
      { gpus: { state: 'unknown', reason: '' }, host: { ...machineReport.host, container: true } },
      { driverMissing: true },
    ],
    ['GPU_DRIVER_MISMATCH', { gpus: { state: 'unknown', reason: 'NVML: Driver/library version mismatch' } }],
    ['GPU_DRIVER_NOT_LOADED', { gpus: { state: 'unknown', reason: "it couldn't communicate with the NVIDIA driver" } }],
    ['GPU_LOST', { gpus: { state: 'unknown', reason: 'Unable to determine the device handle for GPU0' } }],
    ['GPU_LOST', {}, { unreadable: ['Tesla P40'] }],
    ['GPU_SILENT', { gpus: { state: 'unknown', reason: 'nvidia-smi did not answer in 5 s' } }],
    ['GPU_NO_DEVICES', { gpus: { state: 'unknown', reason: 'No devices were found' } }],
    ['GPU_UNREADABLE', { gpus: { state: 'unknown', reason: 'its XML is damaged or cut off' } }],
    ['GPU_DRIVER_OLD', cards({ driver: '418.39' }), { oldestDriver: '525.60.13' }],
    ['GPU_HELD', cards({ memoryFreeBytes: GIB, processes: [{ pid: 4123, name: 'python', usedBytes: 22 * GIB }] })],
    ['GPU_HELD', cards({ memoryFreeBytes: GIB, processes: [{ pid: 24, name: '/Xwayland', usedBytes: null }] })],
    ['GPU_HELD_UNSEEN', cards({ memoryFreeBytes: GIB })],
    ['GPU_DISPLAY', cards({ display: true })],
    ['GPU_MIG_UNSLICED', cards({ mig: { enabled: true, slices: [] } })],
    [
      'GPU_MIG_SLICED',
      cards({ mig: { enabled: true, slices: [{ id: '1/0', uuid: null, memoryTotalBytes: 1, memoryFreeBytes: 1 }] } }),
    ],
    ['RAM_SMALL', { memory: { ...machineReport.memory, totalBytes: 8 * GIB } }],
    ['RAM_LIMITED', { memory: { ...machineReport.memory, limitBytes: 8 * GIB } }],
    [
      'WSL_MEMORY_CAP',
      { memory: { ...machineReport.memory, totalBytes: 8 * GIB }, host: { ...machineReport.host, wsl: true } },
    ],
    ['SHM_SMALL', { sharedMemory: { state: 'found', value: { totalBytes: 64 * 2 ** 20, freeBytes: 64 * 2 ** 20 } } }],
    ['SHM_SMALL', { sharedMemory: { state: 'absent' } }],
    ['DISK_SHORT', { disk: { ...machineReport.disk, freeBytes: 9e9 } }],
    ['DISK_INODES', { disk: { ...machineReport.disk, inodesFree: 300 } }],
    ['DISK_NOEXEC', { disk: { ...machineReport.disk, noexec: true } }],
    ['DISK_NETWORK', { disk: { ...machineReport.disk, network: true, type: 'nfs4' } }],
    [
      'DISK_WINDOWS',
      { disk: { ...machineReport.disk, network: true, type: '9p' }, host: { ...machineReport.host, wsl: true } },
    ],
    ['DISK_SILENT', { disk: { ...machineReport.disk, totalBytes: 0, freeBytes: 0 } }],
    ['CPU_NO_AVX2', { cpu: { ...machineReport.cpu, flags: { state: 'found', value: ['avx'] } } }],
    ['CPU_FEW', { cpu: { ...machineReport.cpu, threads: 2 } }],
    ['COMPILER_MISSING', { host: { ...machineReport.host, compiler: { state: 'absent' } } }],
    [
      'HOST_MUSL',
      { host: { ...machineReport.host, libc: { state: 'found', value: { name: 'musl', version: '1.2.4' } } } },
    ],
    ['RAY_RUNNING', { ray: { state: 'found', value: { pids: [7, 8] } } }],
    ['PYTHON_NONE', { pythons: [], engines: [] }],
    ['NETWORK_NONE', { mirrors: machineReport.mirrors.map((mirror) => ({ ...mirror, latencyMs: null })) }],
    [
      'HUB_MIRROR',
      { mirrors: machineReport.mirrors.map((mirror, at) => (at === 0 ? { ...mirror, latencyMs: null } : mirror)) },
    ],
  ])('%s', (code, change, facts) => {
    const found = findingsOf({ ...machineReport, ...change }, { ...nothing, ...facts })
    expect(found.map((finding) => finding.code)).toEqual([code])
    // Every word a sentence asks for is given, in both languages.
    for (const language of ['en', 'zh-CN'] as const) {
      const sentence = (words[language].finding as Record<string, string>)[code] ?? ''
      const asked = [...sentence.matchAll(/\{\{(\w+)/g)].map((match) => match[1])
      expect(Object.keys(found[0]?.params ?? {})).toEqual(expect.arrayContaining(asked))
    }
  })

  it('what could not be looked at is no finding', () => {
    const unknown = { state: 'unknown', reason: 'EACCES' } as const
    const change: Partial<MachineReport> = {
      sharedMemory: unknown,
      ray: unknown,
      host: { ...machineReport.host, libc: unknown, compiler: unknown },
      cpu: { ...machineReport.cpu, flags: unknown, cores: null },
      disk: { ...machineReport.disk, noexec: null, network: null, inodesFree: null, type: null },
      mirrors: [],
    }
    expect(codes(change)).toEqual([])
  })

  it('a desktop on the card is no holder, and the worst comes first', () => {
    const desktop = {
      display: true,
      memoryFreeBytes: 21 * GIB,
      processes: [{ pid: 1, name: 'Xorg', usedBytes: GIB / 8 }],
    }
    expect(codes({ ...cards(desktop), disk: { ...machineReport.disk, noexec: true } })).toEqual([
      'DISK_NOEXEC',
      'GPU_DISPLAY',
    ])
    expect(codes(cards({ driver: '418.39' }, { driver: '418.39' }), { oldestDriver: '525.60.13' })).toEqual([
      'GPU_DRIVER_OLD',
    ])
    expect(codes(cards({ driver: '525.60.13' }), { oldestDriver: '525.60.13' })).toEqual([])
  })
})

describe('the terminal’s report', () => {
  it.each(['en', 'zh-CN'] as const)('%s: complete, aligned, within its width', async (language) => {
    const report = { ...machineReport, ...cards({ display: true }, { mig: { enabled: true, slices: [] } }) }
    const lines = doctorLines({ ...report, findings: findingsOf(report, nothing) }, await createSay(language), 90)
    const text = lines.join('\n')
    for (const fact of [
      'Tesla P40',
      '6.1',
      '550.144.03',
      'Xeon',
      '/dev/shm',
      'ext4',
      'uv 0.9.7',
      'hf-mirror',
      'glibc 2.35',
    ])
      expect(text.toLowerCase()).toContain(fact.toLowerCase())
    expect(text).not.toMatch(/doctor\.|finding\.|\{\{|undefined|NaN/)
    for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(90)
  })

  it('wide characters count twice, and break anywhere', () => {
    expect(columns('显卡 0')).toBe(6)
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('显卡显卡显卡', 4)).toEqual(['显卡', '显卡', '显卡'])
    expect(wrap('/a/very/long/path/that/stays', 5)).toEqual(['/a/very/long/path/that/stays'])
  })
})
