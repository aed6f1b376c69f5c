import { readFileSync, existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { availableParallelism, arch, release } from 'node:os'
import si from 'systeminformation'
import type { MachineReport } from '#contract'
import { measureGpus } from './gpus'
import { findEngines, findPythons } from './tools'

/** Measures the machine, looking at the disk that holds `root`. No probe can hang: each has a deadline. */
export async function measureMachine(root: string): Promise<MachineReport> {
  const [os, cpu, memory, disk, gpus, pythons, engines] = await Promise.all([
    si.osInfo(),
    si.cpu(),
    si.mem(),
    statfs(root),
    measureGpus(),
    findPythons(),
    findEngines(),
  ])
  return {
    version: 1,
    measuredAt: Date.now(),
    host: {
      os: [os.distro, os.release].filter((part) => part !== '').join(' '),
      kernel: release(),
      arch: arch(),
      container: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
      wsl: /microsoft/i.test(release()),
    },
    cpu: { model: `${cpu.manufacturer} ${cpu.brand}`.trim(), threads: availableParallelism() },
    memory: { totalBytes: memory.total, availableBytes: memory.available, limitBytes: cgroupLimit(memory.total) },
    disk: { path: root, totalBytes: disk.blocks * disk.bsize, freeBytes: disk.bavail * disk.bsize },
    gpus,
    pythons,
    engines,
  }
}

/** A container's memory limit (cgroup v2, then v1), or null when there is none below the machine's own. */
function cgroupLimit(totalBytes: number): number | null {
  for (const file of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    try {
      const limit = Number(readFileSync(file, 'utf8'))
      if (Number.isFinite(limit) && limit < totalBytes) return limit
    } catch {
      // Not this version of cgroups.
    }
  }
  return null
}
