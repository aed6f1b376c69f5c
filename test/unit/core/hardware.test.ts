import { readFileSync } from 'node:fs'
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseGroups, readCgroup } from '../../../main/core/hardware/cgroup'
import { findMount } from '../../../main/core/hardware/disk'
import { findCard, loadGpuTable } from '../../../main/core/hardware/gpu-table'
import { fillGaps } from '../../../main/core/hardware/gpus'
import { parseFlags, parseLibc } from '../../../main/core/hardware/host'
import { loadMirrors } from '../../../main/core/hardware/mirrors'
import { parseNvidiaSmi } from '../../../main/core/hardware/nvidia-smi'
import { findPciGpus } from '../../../main/core/hardware/other-gpus'
import { findRay } from '../../../main/core/hardware/ray'
import { createCollector } from '../../../main/core/hardware/watch'

const table = await loadGpuTable(resolve('resources'))

describe('the table of cards', () => {
  it.each([
    ['Tesla P40', '6.1', 'Pascal', false, 48],
    ['Tesla V100-SXM2-16GB', '7.0', 'Volta', false, 96],
    ['Tesla T4', '7.5', 'Turing', false, 64],
    ['Quadro RTX 8000', '7.5', 'Turing', false, 64],
    ['NVIDIA GeForce GTX 1060 6GB', '6.1', 'Pascal', false, 48],
    ['NVIDIA GeForce RTX 3090', '8.6', 'Ampere', true, 99],
    ['NVIDIA GeForce RTX 3060 Laptop GPU', '8.6', 'Ampere', true, 99],
    ['NVIDIA A100-SXM4-80GB', '8.0', 'Ampere', true, 163],
    ['NVIDIA A100 80GB PCIe', '8.0', 'Ampere', true, 163],
    ['NVIDIA RTX A6000', '8.6', 'Ampere', true, 99],
    ['NVIDIA GeForce RTX 4060', '8.9', 'Ada Lovelace', true, 99],
    ['NVIDIA RTX 6000 Ada Generation', '8.9', 'Ada Lovelace', true, 99],
    ['NVIDIA H100 80GB HBM3', '9.0', 'Hopper', true, 227],
    ['NVIDIA GH200 480GB', '9.0', 'Hopper', true, 227],
    ['NVIDIA GeForce RTX 5090', '12.0', 'Blackwell', true, 99],
    ['NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition', '12.0', 'Blackwell', true, 99],
    ['NVIDIA B200', '10.0', 'Blackwell', true, 227],
  ])('%s', (name, computeCapability, architecture, bf16, sharedMemoryKiB) => {
    expect(findCard(table, name)).toMatchObject({ computeCapability, architecture, bf16, sharedMemoryKiB })
  })

  it('tells a laptop card from the desktop card of the same number, and a Ti from a plain one', () => {
    const bandwidth = (name: string) => findCard(table, name)?.bandwidthGBs
    expect(bandwidth('NVIDIA GeForce RTX 4060')).toBe(272)
    expect(bandwidth('NVIDIA GeForce RTX 4060 Ti')).toBe(288)
    expect(bandwidth('NVIDIA GeForce RTX 4060 Laptop GPU')).toBe(256)
  })

  it('no name fits two cards, and an unknown one fits none', () => {
    for (const card of table.cards) {
      const plain = card.pattern.source.replace(/^\^\(\?:|\)\$$/g, '').split('|')[0] ?? ''
      const name = plain
        .replaceAll(/\([^)]*\)\?/g, '')
        .replaceAll('\\d', '2')
        .replaceAll(/\\(.)/g, '$1')
      expect(table.cards.filter(({ pattern }) => pattern.test(name)).length, name).toBeLessThanOrEqual(1)
    }
    for (const name of ['NVIDIA GeForce RTX 9090', 'Tesla P40 something', '', 'RTX'])
      expect(findCard(table, name)).toBeNull()
  })

  it('its figures keep their order of size', () => {
    for (const { computeCapability, fp16Tflops, fp32Tflops, bandwidthGBs } of table.cards) {
      expect(bandwidthGBs).toBeGreaterThan(100)
      // From 7.0 on half precision is at least twice as fast; 6.1 has next to none of it.
      if (Number(computeCapability) >= 7) expect(fp16Tflops).toBeGreaterThanOrEqual(fp32Tflops * 1.95)
      if (computeCapability === '6.1') expect(fp16Tflops).toBeLessThan(fp32Tflops / 50)
    }
  })

  it('every mirror but the official index has an address', async () => {
    const mirrors = await loadMirrors(resolve('resources'))
    expect(mirrors.filter(({ address }) => address === null)).toMatchObject([{ name: 'official', kind: 'packages' }])
    expect(new Set(mirrors.map(({ kind }) => kind)).size).toBe(4)
  })
})

describe('gaps of the driver', () => {
  const gpu = (card: string) => {
    const report = parseNvidiaSmi(readFileSync(resolve('test/fixtures/hardware', card, 'nvidia-smi-q.xml'), 'utf8'))
    const first = 'gpus' in report ? report.gpus[0] : undefined
    if (first === undefined) throw new Error(card)
    return first
  }
  const nothing = { table, capabilities: '', list: '' }

  it('are filled from the table, or from what it says elsewhere', () => {
    expect(fillGaps(gpu('p40'), nothing)).toMatchObject({
      architecture: 'Pascal',
      computeCapability: '6.1',
      cuda: '10.1',
    })
    expect(fillGaps(gpu('v100'), nothing)).toMatchObject({
      architecture: 'Volta',
      computeCapability: '7.0',
      cuda: '9.1',
    })
    const unknown = { ...gpu('t4'), name: 'NVIDIA Something New', architecture: null }
    expect(fillGaps(unknown, nothing)).toMatchObject({ architecture: null, computeCapability: null })
    const capabilities = `GPU-other, 8.0\n${unknown.uuid}, 13.1\n`
    expect(fillGaps(unknown, { ...nothing, capabilities })).toMatchObject({ computeCapability: '13.1' })
  })

  it('slices get the UUIDs of nvidia-smi -L', () => {
    const list = readFileSync(resolve('test/fixtures/hardware/a100-mig/nvidia-smi-L.txt'), 'utf8')
    expect(fillGaps(gpu('a100-mig'), { ...nothing, list }).mig?.slices.map(({ uuid }) => uuid)).toEqual([
      'MIG-5c9e6c4e-7f0a-5b57-9d5f-000000000001',
      'MIG-5c9e6c4e-7f0a-5b57-9d5f-000000000002',
    ])
  })

  it('live use is put together by the second', () => {
    const collect = createCollector(() => 7)
    expect(collect('0, 2, 37, 14328, 15360, 41, 27.10')).toBeNull()
    expect(collect('1, 2, [N/A], 15355, 15360, [N/A], [N/A]')).toEqual({
      at: 7,
      gpus: [
        {
          index: 0,
          utilization: 37,
          memoryUsedBytes: 1032 * 2 ** 20,
          memoryTotalBytes: 15360 * 2 ** 20,
          temperatureC: 41,
          powerWatts: 27.1,
        },
        {
          index: 1,
          utilization: null,
          memoryUsedBytes: 5 * 2 ** 20,
          memoryTotalBytes: 15360 * 2 ** 20,
          temperatureC: null,
          powerWatts: null,
        },
      ],
    })
    expect(collect('Unable to determine the device handle')).toBeNull()
    expect(collect('0, 2, 1, 1, 15360, 41, 27')).toBeNull()
    expect(collect('0, 2, 2, 1, 15360, 41, 27')).toBeNull()
    expect(collect('1, 2, 3, 1, 15360, 41, 27')?.gpus.map(({ utilization }) => utilization)).toEqual([2, 3])
  })
})

describe('the host', () => {
  it('a container’s limit is the tightest on the way up, in both versions', async () => {
    const root = await mkdtemp(join(tmpdir(), 'launchpad-cgroup-'))
    const put = async (path: string, text: string) => {
      await mkdir(join(root, path, '..'), { recursive: true })
      await writeFile(join(root, path), text)
    }
    await put('memory.max', 'max\n')
    await put('a/memory.max', `${8 * 2 ** 30}\n`)
    await put('a/memory.current', `${3 * 2 ** 30}\n`)
    await put('a/memory.stat', `anon 5\ninactive_file ${2 ** 30}\n`)
    await put('a/b/memory.max', 'max\n')
    await put('a/b/cpu.max', '250000 100000\n')
    await put('proc', '0::/a/b\n')
    expect(await readCgroup(join(root, 'proc'), root)).toEqual({
      memoryLimitBytes: 8 * 2 ** 30,
      memoryUsedBytes: 2 * 2 ** 30,
      cpus: 2.5,
    })
    await put('memory/docker/x/memory.limit_in_bytes', '9223372036854771712\n')
    await put('memory/memory.limit_in_bytes', `${4 * 2 ** 30}\n`)
    await put('cpu,cpuacct/cpu.cfs_quota_us', '-1\n')
    await put('proc1', '4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n')
    expect(await readCgroup(join(root, 'proc1'), root)).toMatchObject({ memoryLimitBytes: 4 * 2 ** 30, cpus: null })
    expect(await readCgroup(join(root, 'none'), root)).toEqual({
      memoryLimitBytes: null,
      memoryUsedBytes: null,
      cpus: null,
    })
    expect(parseGroups('0::/a:b\n\n')).toEqual([{ version: 2, controllers: [''], path: '/a:b' }])
  })

  it('the disk’s mount is the longest that holds it, blanks and all', () => {
    const mounts = [
      '22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
      '30 22 0:30 / /mnt/my\\040disk rw,noexec - nfs4 host:/x rw',
      '31 22 0:31 / /mnt rw,nosuid - xfs /dev/sdb rw',
    ].join('\n')
    expect(findMount(mounts, '/mnt/my disk/root')).toMatchObject({ type: 'nfs4', options: ['rw', 'noexec'] })
    expect(findMount(mounts, '/mnt/other')).toMatchObject({ type: 'xfs' })
    expect(findMount(mounts, '/home')).toMatchObject({ type: 'ext4' })
    expect(findMount('', '/home')).toBeNull()
  })

  it('libc and processor flags as systems say them', () => {
    expect(parseLibc('glibc 2.35\n')).toEqual({ name: 'glibc', version: '2.35' })
    expect(parseLibc('ldd (Ubuntu GLIBC 2.31-0ubuntu9.9) 2.31\n')).toEqual({ name: 'glibc', version: '2.31' })
    expect(parseLibc('musl libc (x86_64)\nVersion 1.2.4\n')).toEqual({ name: 'musl', version: '1.2.4' })
    expect(parseLibc('what?')).toBeNull()
    expect(parseFlags('flags\t\t: fpu avx fma avx2 avx512fx\n')).toEqual(['avx', 'avx2', 'fma'])
  })

  it('other makers’ cards and an NVIDIA card without a driver are seen in the slots', async () => {
    const root = await mkdtemp(join(tmpdir(), 'launchpad-pci-'))
    const device = async (name: string, vendor: string, kind: string, product?: string) => {
      await mkdir(join(root, name))
      await writeFile(join(root, name, 'vendor'), `${vendor}\n`)
      await writeFile(join(root, name, 'class'), `${kind}\n`)
      await writeFile(join(root, name, 'device'), '0x73bf\n')
      if (product !== undefined) await writeFile(join(root, name, 'product_name'), `${product}\n`)
    }
    await device('a', '0x1002', '0x030000', 'Radeon RX 6800 XT')
    await device('b', '0x8086', '0x060000')
    await device('c', '0x1a03', '0x030000')
    expect(await findPciGpus(root)).toEqual({ others: [{ vendor: 'amd', name: 'Radeon RX 6800 XT' }], nvidia: false })
    await device('d', '0x10de', '0x030200')
    await device('e', '0x8086', '0x030000')
    expect(await findPciGpus(root)).toMatchObject({
      nvidia: true,
      others: [{}, { vendor: 'intel', name: 'Intel 8086:73bf' }],
    })
  })

  it('Ray is known by its node manager', async () => {
    const proc = await mkdtemp(join(tmpdir(), 'launchpad-proc-'))
    await mkdir(join(proc, '12'))
    await writeFile(join(proc, '12', 'comm'), 'bash\n')
    await mkdir(join(proc, '13'))
    expect(await findRay(proc)).toEqual({ state: 'absent' })
    await writeFile(join(proc, '13', 'comm'), 'raylet\n')
    expect(await findRay(proc)).toEqual({ state: 'found', value: { pids: [13] } })
    expect(await findRay(join(proc, 'none'))).toEqual({ state: 'unknown', reason: 'ENOENT' })
  })
})
