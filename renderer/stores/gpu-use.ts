import type { GpuUse } from '#contract'
import { useEffect, useState } from 'react'
import { client } from '../api/session'
import { useConnection } from './connection'

/** A minute, at one event a second. */
const KEPT = 60

/** What the cards are doing, newest last; the core samples them only while a page listens. */
export function useGpuUse(wanted: boolean): GpuUse[] {
  const [uses, setUses] = useState<GpuUse[]>([])
  const live = useConnection((store) => store.state === 'live')
  useEffect(() => {
    if (!wanted || !live) return
    const stop = new AbortController()
    void follow(stop.signal, (use) => setUses((before) => [...before.slice(1 - KEPT), use]))
    return () => stop.abort()
  }, [wanted, live])
  return uses
}

/** Ends when it is told to, when there is no card, or with the connection; the next one starts a new one. */
async function follow(signal: AbortSignal, take: (use: GpuUse) => void): Promise<void> {
  try {
    for await (const use of await client().machine.watchGpus(undefined, { signal })) take(use)
  } catch {
    // Live figures are an extra: the report beside them says what went wrong, if anything did.
  }
}
