import { request, type Dispatcher } from 'undici'
import type { Probed } from '#contract'
import { errnoOf } from '../errors'
import { loadPresets, mirrorsOf, type Mirror } from '../net/presets'
import { within } from './ask'

const DEADLINE_MS = 1_500

export const loadMirrors = async (resources: string): Promise<Mirror[]> =>
  mirrorsOf(await loadPresets(resources)).map(({ name, kind, address }) => ({ name, kind, address }))

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
