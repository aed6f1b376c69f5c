import type { Watched } from '#contract'
import type { WorkContext } from './types'

type News = Extract<Watched<unknown>, { kind: 'progress' }>

/** Runs `work` and tells how far it is, then its result. Only the newest progress counts; the signal ends it. */
export async function* follow<Value>(
  work: (context: WorkContext) => Promise<Value>,
  signal: AbortSignal,
): AsyncGenerator<Watched<Value>, void> {
  let news: News | null = null
  let wake: () => void = () => undefined
  let ended = false
  const done = work({
    signal,
    progress(done, total, unit) {
      news = { kind: 'progress', done, total, unit }
      wake()
    },
  }).finally(() => {
    ended = true
    wake()
  })
  // It is waited for below; until then a failure has a listener.
  done.catch(() => undefined)
  for (;;) {
    const came = new Promise<void>((resolve) => (wake = resolve))
    const latest = news as News | null
    news = null
    if (latest !== null) yield latest
    else if (ended) break
    else await came
  }
  yield { kind: 'result', value: await done }
}
