// Fetches one file of a hub in a process of its own, to be killed: argv is JSON.
import { join } from 'node:path'
import { Agent } from 'undici'
import { createLimiter, createTransfer, lockFolder } from '../../main/core/hub/transfer'
import type { TransferFile } from '../../main/core/hub/types'
import { wantedFiles, type Wanted } from './transfer'
import type { Content } from './hub-server'

export interface TransferOrder extends Wanted {
  /** null: what the hub's tree lists, as an adapter would ask. */
  files: Record<string, Content> | null
  connections: number
  git?: string[]
}

interface Item {
  type: string
  path: string
  size: number
  oid: string
  lfs?: { oid: string }
}

async function listed(): Promise<TransferFile[]> {
  const tree = await fetch(`${order.endpoint}/api/models/${order.id}/tree/${order.commit}?recursive=true`)
  const items = ((await tree.json()) as Item[]).filter(({ type }) => type === 'file')
  const files = wantedFiles(order, Object.fromEntries(items.map(({ path }) => [path, ''])))
  return files.map((file, n) => {
    const { size = 0, oid = '', lfs } = items[n] ?? {}
    const digest =
      lfs === undefined ? { algorithm: 'git-sha1' as const, hex: oid } : { algorithm: 'sha256' as const, hex: lfs.oid }
    return { ...file, size, digest }
  })
}

const order = JSON.parse(process.argv[2] ?? '') as TransferOrder
const parts = join(order.folder, '.launchpad', 'parts')
const lock = await lockFolder(parts).catch((thrown: unknown) => {
  console.log(JSON.stringify({ refused: thrown instanceof Error && 'data' in thrown ? thrown.data : String(thrown) }))
  process.exit(3)
})
const agent = new Agent()
const counters = { retries: 0, againBytes: 0 }
const results = await createTransfer({ dispatcher: () => agent, limiter: createLimiter(() => null) }).run(
  order.files === null ? await listed() : wantedFiles(order, order.files, order.git),
  {
    parts,
    signal: new AbortController().signal,
    connections: () => order.connections,
    onState: () => {},
    onLanded: () => {},
    counters,
  },
)
await lock.release()
await agent.destroy()
const peakBytes = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ errors: results.map(({ error }) => error?.data ?? null), counters, peakBytes }))
