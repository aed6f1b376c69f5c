import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What control groups leave this process; null: nothing less than the machine has. */
export interface Cgroup {
  memoryLimitBytes: number | null
  /** Held now, without file cache that is given back on demand. */
  memoryUsedBytes: number | null
  cpus: number | null
}

/** A group that holds this process: its folder in each hierarchy. */
interface Group {
  version: 1 | 2
  controllers: string[]
  path: string
}

/** /proc/self/cgroup: "0::/user.slice/…" for version 2, "4:memory:/docker/…" for version 1; both can be in use. */
export function parseGroups(text: string): Group[] {
  return text.split('\n').flatMap((line): Group[] => {
    const [id, controllers, ...path] = line.split(':')
    if (id === undefined || controllers === undefined || path.length === 0) return []
    return [{ version: id === '0' ? 2 : 1, controllers: controllers.split(','), path: path.join(':') }]
  })
}

/**
 * The tightest limit from our group up to the root: a parent's limit holds for its children too. Inside a container
 * the path may name a folder only the host has; then the hierarchy's own root is ours.
 */
export async function readCgroup(procFile = '/proc/self/cgroup', root = '/sys/fs/cgroup'): Promise<Cgroup> {
  const groups = parseGroups((await text(procFile)) ?? '')
  const cgroup: Cgroup = { memoryLimitBytes: null, memoryUsedBytes: null, cpus: null }
  for (const group of groups) {
    const memory = group.version === 2 || group.controllers.includes('memory')
    const cpu = group.version === 2 || group.controllers.includes('cpu')
    const bases =
      group.version === 2 ? [root, join(root, 'unified')] : group.controllers.map((name) => join(root, name))
    for (const folder of bases.flatMap((base) => upwards(base, group.path))) {
      if (memory) await tightenMemory(cgroup, folder, group.version)
      if (cpu) cgroup.cpus = least(cgroup.cpus, await cpusOf(folder, group.version))
    }
  }
  return cgroup
}

function upwards(base: string, path: string): string[] {
  const folders = [base]
  for (let at = path; at !== '/' && at !== '.' && at !== ''; at = dirname(at)) folders.push(join(base, at))
  return folders
}

async function tightenMemory(cgroup: Cgroup, folder: string, version: 1 | 2): Promise<void> {
  const [max, current] =
    version === 2 ? ['memory.max', 'memory.current'] : ['memory.limit_in_bytes', 'memory.usage_in_bytes']
  const limit = await number(join(folder, max))
  if (limit === null || limit >= (cgroup.memoryLimitBytes ?? Number.MAX_SAFE_INTEGER)) return
  cgroup.memoryLimitBytes = limit
  const used = await number(join(folder, current))
  const cache = /^(?:total_)?inactive_file (\d+)$/m.exec((await text(join(folder, 'memory.stat'))) ?? '')?.[1]
  cgroup.memoryUsedBytes = used === null ? null : Math.max(0, used - Number(cache ?? 0))
}

async function cpusOf(folder: string, version: 1 | 2): Promise<number | null> {
  if (version === 1) {
    const [quota, period] = [
      await number(join(folder, 'cpu.cfs_quota_us')),
      await number(join(folder, 'cpu.cfs_period_us')),
    ]
    return quota === null || period === null || quota <= 0 ? null : quota / period
  }
  const [quota, period] = ((await text(join(folder, 'cpu.max'))) ?? '').trim().split(' ').map(Number)
  return quota === undefined || period === undefined || !Number.isFinite(quota) || period <= 0 ? null : quota / period
}

const least = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))

async function number(file: string): Promise<number | null> {
  const content = (await text(file))?.trim()
  return content !== undefined && /^-?\d+$/.test(content) ? Number(content) : null
}

const text = (file: string): Promise<string | null> => readFile(file, 'utf8').catch(() => null)
