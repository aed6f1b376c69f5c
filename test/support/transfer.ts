import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Agent } from 'undici'
import type { FileTransfer } from '#contract'
import { AppError } from '../../main/core/errors'
import { createLimiter, createTransfer, type Timing, type TransferRun } from '../../main/core/hub/transfer'
import type { TransferFile } from '../../main/core/hub/types'
import { blobOf, type Content } from './hub-server'

/** So fast that a fault shows within a second. */
const quick: Partial<Timing> = {
  stallMs: 600,
  slowMs: 800,
  slowBytesPerSecond: 20_000,
  firstMs: 20,
  mostMs: 200,
  tellMs: 0,
}

export interface Wanted {
  endpoint: string
  /** "org/name", below the endpoint. */
  id: string
  commit: string
  folder: string
  token?: string
}

/** What an adapter makes of a hub's files, digests as the hub promises them: all sha256, but git's for `git`. */
export function wantedFiles(wanted: Wanted, files: Record<string, Content>, git: string[] = []): TransferFile[] {
  return Object.entries(files).map(([path, content]) => {
    const blob = blobOf(content)
    return {
      path,
      size: blob.size,
      digest: git.includes(path)
        ? { algorithm: 'git-sha1' as const, hex: blob.gitSha1 }
        : { algorithm: 'sha256' as const, hex: blob.sha256 },
      target: join(wanted.folder, path),
      address: () => ({
        url: `${wanted.endpoint}/${wanted.id}/resolve/${wanted.commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
        headers: wanted.token === undefined ? {} : { authorization: `Bearer ${wanted.token}` },
      }),
      explain: ({ status, headers }) => {
        const code = headers['x-error-code']
        if (code === 'GatedRepo') return new AppError('HUB_GATED', { id: wanted.id, page: '' })
        if (status === 403) return new AppError('HUB_BLOCKED', { endpoint: wanted.endpoint, file: path })
        return new AppError('HUB_FILE_MISSING', { id: wanted.id, file: path })
      },
    }
  })
}

/** Everything that a run said, and its results by path. */
export async function transfer(
  files: TransferFile[],
  folder: string,
  more: Partial<TransferRun> & { timing?: Partial<Timing>; limit?: number | null } = {},
) {
  const agent = new Agent()
  const states: FileTransfer[] = []
  const counters = { retries: 0, againBytes: 0 }
  let landed = 0
  try {
    const results = await createTransfer({
      dispatcher: () => agent,
      limiter: createLimiter(() => more.limit ?? null),
      timing: { ...quick, ...more.timing },
    }).run(files, {
      parts: join(folder, '.launchpad', 'parts'),
      signal: new AbortController().signal,
      connections: () => 4,
      onState: (state) => states.push(state),
      onLanded: (bytes) => (landed += bytes),
      counters,
      ...more,
    })
    return { results, states, counters, landed: () => landed }
  } finally {
    await agent.destroy()
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
  return hash.digest('hex')
}
