// Fetches one file of a hub in a process of its own, to be killed: argv is JSON.
import { join } from 'node:path'
import { Agent } from 'undici'
import { createLimiter, createTransfer, lockFolder } from '../../main/core/hub/transfer'
import { wantedFiles, type Wanted } from './transfer'
import type { Content } from './hub-server'

export interface TransferOrder extends Wanted {
  files: Record<string, Content>
  connections: number
  git?: string[]
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
  wantedFiles(order, order.files, order.git),
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
