/** Rate over the last few seconds, from (time, done) pairs. Pure but for the clock it is given. */
export function createMeter(now: () => number = Date.now, windowMs = 4_000) {
  let samples: { at: number; done: number }[] = []
  return {
    /** Units per second, or null until there are two samples far enough apart to say. */
    rate(done: number): number | null {
      const at = now()
      const last = samples.at(-1)
      if (last !== undefined && done < last.done) samples = [] // it started over
      samples.push({ at, done })
      while (samples.length > 2 && at - (samples[1]?.at ?? at) > windowMs) samples.shift()
      const first = samples[0]
      if (first === undefined || at - first.at < 300) return null
      return ((done - first.done) * 1000) / (at - first.at)
    },
  }
}
