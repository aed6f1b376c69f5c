import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { request, type Dispatcher } from 'undici'
import { parse } from 'yaml'
import * as z from 'zod'
import type { MachineReport } from '#contract'
import { errnoOf } from '../errors'
import { within } from './ask'

const DEADLINE_MS = 1_500

/** resources/network/mirrors.yaml; one without an address is what pip is set up with, and is not asked. */
const Mirrors = z.object({
  mirrors: z.array(
    z.object({ name: z.string(), kind: z.enum(['hub', 'packages', 'torch', 'conda']), address: z.url().nullable() }),
  ),
})
export type Mirror = z.infer<typeof Mirrors>['mirrors'][number]

export async function loadMirrors(resources: string): Promise<Mirror[]> {
  return Mirrors.parse(parse(await readFile(join(resources, 'network', 'mirrors.yaml'), 'utf8'))).mirrors
}

type Probed = MachineReport['mirrors'][number]

/** Asks all at once, each for its headers only. Not to be reached is an answer like any other. */
export function probeMirrors(mirrors: Mirror[], dispatcher: Dispatcher, deadlineMs = DEADLINE_MS): Promise<Probed[]> {
  return Promise.all(
    mirrors.flatMap(({ name, kind, address }) => {
      if (address === null) return []
      const late: Probed = { name, kind, address, latencyMs: null, detail: `no answer in ${deadlineMs / 1000} s` }
      // The request's own signal ends it; the clock around it holds when a proxy or a resolver does not listen.
      return [within(deadlineMs + 100, probe({ name, kind, address }, dispatcher, deadlineMs, late), late)]
    }),
  )
}

async function probe(
  mirror: Pick<Probed, 'name' | 'kind' | 'address'>,
  dispatcher: Dispatcher,
  deadlineMs: number,
  late: Probed,
): Promise<Probed> {
  const started = performance.now()
  try {
    const signal = AbortSignal.timeout(deadlineMs)
    const { statusCode, body } = await request(mirror.address, { method: 'HEAD', dispatcher, signal })
    const latencyMs = Math.round(performance.now() - started)
    await body.dump()
    // Any answer below 500 shows that it is there; the number says it wants something else of us.
    if (statusCode >= 500) return { ...mirror, latencyMs: null, detail: `HTTP ${statusCode}` }
    return { ...mirror, latencyMs, detail: statusCode >= 400 ? `HTTP ${statusCode}` : null }
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'TimeoutError') return late
    return {
      ...mirror,
      latencyMs: null,
      detail: errnoOf(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown)),
    }
  }
}
