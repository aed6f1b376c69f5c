import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseNvidiaSmi } from '../../../main/core/hardware/nvidia-smi'

const MIB = 2 ** 20
const fixture = (card: string) => readFileSync(resolve('test/fixtures/hardware', card, 'nvidia-smi-q.xml'), 'utf8')

function gpusOf(text: string) {
  const report = parseNvidiaSmi(text)
  if ('problem' in report) throw new Error(report.problem)
  return report.gpus
}

/** Each card as its driver shows it; source.md beside each file says where the figures come from. */
const cards = [
  [
    'p40',
    { name: 'Tesla P40', architecture: null, driver: '418.39', cuda: '10.1', mig: null, ecc: true, display: false },
  ],
  [
    'p40',
    { utilization: 100, temperatureC: 82, powerWatts: 172, powerLimitWatts: 250, pcie: { generation: 3, width: 16 } },
  ],
  [
    'v100',
    { name: 'Tesla V100-SXM2-16GB', driver: '390.46', cuda: null, architecture: null, mig: null, processes: [] },
  ],
  ['t4', { name: 'Tesla T4', architecture: 'Turing', cuda: '11.7', mig: null, ecc: true, powerWatts: 26.78 }],
  ['t4', { pcie: { generation: 3, width: 8 }, memoryTotalBytes: 15360 * MIB, memoryFreeBytes: 13939 * MIB }],
  ['rtx-3090', { name: 'NVIDIA GeForce RTX 3090', ecc: null, powerWatts: 27.23, powerLimitWatts: 200, cuda: '12.0' }],
  ['rtx-4060', { name: 'NVIDIA GeForce RTX 4060', display: true, powerWatts: null, powerLimitWatts: 115 }],
  ['rtx-4060', { processes: [{ pid: 24, name: '/Xwayland', usedBytes: null }], memoryFreeBytes: 5731 * MIB }],
  [
    'rtx-4060-laptop',
    { name: 'NVIDIA GeForce RTX 4060 Laptop GPU', powerWatts: 2.1, powerLimitWatts: null, display: false },
  ],
  ['rtx-4090', { architecture: 'Ada Lovelace', driver: '580.159.03', cuda: '13.0', ecc: false, display: true }],
  ['a100', { name: 'NVIDIA A100-SXM4-80GB', mig: { enabled: false, slices: [] }, powerLimitWatts: 500 }],
  ['a100-mig', { name: 'NVIDIA A100-SXM4-40GB', utilization: null, ecc: true }],
] as const

describe('nvidia-smi -q -x', () => {
  it.each(cards)('%s', (card, expected) => {
    expect(gpusOf(fixture(card))[0]).toMatchObject(expected)
  })

  it('every card of a machine, in order, with who holds it', () => {
    const gpus = gpusOf(fixture('p40'))
    expect(gpus.map(({ index, memoryFreeBytes }) => [index, memoryFreeBytes])).toEqual([
      [0, 172 * MIB],
      [1, 22909 * MIB],
    ])
    expect(gpus[0]?.processes).toEqual([{ pid: 4123, name: 'python', usedBytes: 22737 * MIB }])
  })

  it('a card in MIG mode with its slices', () => {
    expect(gpusOf(fixture('a100-mig'))[0]?.mig).toEqual({
      enabled: true,
      slices: [
        { id: '1/0', uuid: null, memoryTotalBytes: 19968 * MIB, memoryFreeBytes: 19948 * MIB },
        { id: '2/0', uuid: null, memoryTotalBytes: 19968 * MIB, memoryFreeBytes: 19948 * MIB },
      ],
    })
  })

  const h100 = resolve('../shared/fixtures/hardware/h100-sxm/nvidia-smi-q.xml')
  it.runIf(existsSync(h100))('a real H100', () => {
    expect(gpusOf(readFileSync(h100, 'utf8'))).toMatchObject([
      {
        name: 'NVIDIA H100 80GB HBM3',
        architecture: 'Hopper',
        driver: '580.159.04',
        cuda: '13.0',
        mig: { enabled: false },
        ecc: true,
        display: false,
        powerWatts: 125.29,
        powerLimitWatts: 700,
        pcie: { generation: 5, width: 16 },
        memoryTotalBytes: 81559 * MIB,
      },
    ])
  })
})

describe('what is no report', () => {
  it.each([
    [
      'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error\n',
      /^Unable to determine the device handle/,
    ],
    ['Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.183', /version mismatch$/],
    ['No devices were found', /^No devices/],
    ['', /said nothing/],
    ['{"version": 2}', /version/],
    ['<?xml version="1.0" ?><nvidia_smi_log><gpu><product_name>Tesla', /damaged or cut off/],
    ['<?xml version="1.0" ?><nvidia_smi_log><gpu></nvidia_smi_log>', /damaged or cut off/],
    ['<nvidia_smi_log><driver_version>550.1</driver_version></nvidia_smi_log>', /no card/],
    ['<nvidia_smi_log></nvidia_smi_log>', /no driver/],
    ['<html><body>proxy error</body></html>', /html/],
  ])('%j', (text, problem) => {
    expect(parseNvidiaSmi(text)).toEqual({ problem: expect.stringMatching(problem) as string })
  })

  it('cut off anywhere, the log is a problem and never a wrong card', () => {
    const whole = fixture('a100-mig')
    for (let end = 0; end < whole.length - 20; end += 211)
      expect(parseNvidiaSmi(whole.slice(0, end))).toHaveProperty('problem')
  })

  it('a warning before or after the log does not hide the cards', () => {
    const log = `WARNING: something\n${fixture('t4')}WARNING: infoROM is corrupted at gpu 0000:00:1E.0\n`
    expect(gpusOf(log)).toHaveLength(1)
  })

  it('a card that fell off the bus is named, and the others are there', () => {
    const log = fixture('p40').replace('<total>22919 MiB</total>', '<total>[GPU is lost]</total>')
    const report = parseNvidiaSmi(log)
    expect(report).toMatchObject({ unreadable: ['Tesla P40'], gpus: [{ index: 1 }] })
    const alone = fixture('t4').replaceAll(/<(product_name|total)>[^<]*</g, '<$1>Unknown Error<')
    expect(parseNvidiaSmi(alone)).toEqual({ problem: 'no figures for 00000000:00:1E.0' })
  })
})
