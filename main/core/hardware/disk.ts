import { readFile, realpath, statfs } from 'node:fs/promises'
import type { MachineReport } from '#contract'
import { within } from './ask'

const DEADLINE_MS = 1_500

/** File systems whose files are on another machine: slow for an environment's many small ones, locks unsure. */
const overNetwork =
  /^(?:nfs\d?|cifs|smb\d?|smbfs|9p|virtiofs|ceph|fuse\.(?:sshfs|s3fs|gcsfuse|goofys|rclone|glusterfs|juicefs|mount-s3)|glusterfs|lustre|gpfs|beegfs|afs|davfs|wekafs)$/

type Disk = MachineReport['disk']

/** The disk that holds `path`. A dead network mount does not answer: then the sizes are 0 and all else is unknown. */
export async function measureDisk(path: string): Promise<Disk> {
  const unknown: Disk = { path, totalBytes: 0, freeBytes: 0, type: null, inodesFree: null, noexec: null, network: null }
  return within(DEADLINE_MS, look(path), unknown)
}

async function look(path: string): Promise<Disk> {
  const real = await realpath(path)
  const [size, mounts] = await Promise.all([statfs(real), readFile('/proc/self/mountinfo', 'utf8').catch(() => '')])
  const mount = findMount(mounts, real)
  return {
    path,
    totalBytes: size.blocks * size.bsize,
    freeBytes: size.bavail * size.bsize,
    type: mount?.type ?? null,
    // btrfs, 9p and others make inodes as they go, and say 0 of 0.
    inodesFree: size.files === 0 ? null : size.ffree,
    noexec: mount === null ? null : mount.options.includes('noexec'),
    network: mount === null ? null : overNetwork.test(mount.type),
  }
}

interface Mount {
  type: string
  options: string[]
}

/** The mount of /proc/self/mountinfo (proc(5)) that `path` is on: the longest, and of equals the last, which hides the others. */
export function findMount(mountinfo: string, path: string): Mount | null {
  let best: (Mount & { point: string }) | null = null
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const fields = before.split(' ')
    const [point, options] = [unescape(fields[4] ?? ''), fields[5] ?? '']
    const holds = point === '/' || path === point || path.startsWith(`${point}/`)
    if (point === '' || !holds || (best !== null && point.length < best.point.length)) continue
    best = { point, type: after.split(' ')[0] ?? '', options: options.split(',') }
  }
  return best
}

/** Blanks and the like are octal there: "/mnt/my\040disk". */
const unescape = (text: string) =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
