import type { AppErrorData, DataRow, DataRows } from '#contract'
import { toAppError } from '../../../api/errors'

export const PAGE = 100
/** 6,000 rows at most are held. */
const KEPT = 60

interface Asked {
  leaving: AbortController
}

/** Rows by their place in the list, fetched by the page as they come into sight. */
export interface RowPages {
  row(at: number): DataRow | undefined
  /** These are in sight: what is missing is fetched, what was on its way for another place is given up. */
  want(from: number, to: number): void
  /** Of the rows that match; null: not counted yet. */
  total(): number | null
  /** To draw: all of them, or while nobody has counted, those that were seen and one that asks for more. */
  length(counted: number | null): number
  error(): AppErrorData | null
  retry(): void
  subscribe(onChange: () => void): () => void
  /** Changes whenever anything of the above does. */
  version(): number
  dispose(): void
}

/** @param ask one page; it ends with its signal. */
export function createRowPages(ask: (from: number, count: number, signal: AbortSignal) => Promise<DataRows>): RowPages {
  // In the order of use: the first one was not looked at for the longest time.
  const held = new Map<number, DataRow[]>()
  const asked = new Map<number, Asked>()
  const listeners = new Set<() => void>()
  let total: number | null = null
  let seen = 0
  let failed: AppErrorData | null = null
  let version = 0
  let wanted: number[] = []

  function changed(): void {
    version += 1
    for (const listener of listeners) listener()
  }

  function keep(page: number, rows: DataRow[]): void {
    held.set(page, rows)
    for (const oldest of held.keys()) {
      if (held.size <= KEPT) break
      held.delete(oldest)
    }
  }

  async function fetchPage(page: number): Promise<void> {
    const leaving = new AbortController()
    asked.set(page, { leaving })
    try {
      const answer = await ask(page * PAGE, PAGE, leaving.signal)
      if (leaving.signal.aborted) return
      keep(page, answer.rows)
      const end = page * PAGE + answer.rows.length
      if (answer.rows.length > 0) seen = Math.max(seen, end)
      if (answer.total !== null) total = answer.total
      else if (answer.rows.length < PAGE && page * PAGE <= seen) total = end
      failed = null
    } catch (thrown) {
      if (leaving.signal.aborted) return
      failed = toAppError(thrown)
    }
    asked.delete(page)
    changed()
  }

  function giveUp(page: number): void {
    asked.get(page)?.leaving.abort()
    asked.delete(page)
  }

  function fetchMissing(): void {
    for (const page of wanted) {
      const rows = held.get(page)
      if (rows !== undefined) {
        held.delete(page)
        held.set(page, rows)
      } else if (!asked.has(page)) void fetchPage(page)
    }
  }

  return {
    row: (at) => held.get(Math.floor(at / PAGE))?.[at % PAGE],
    want(from, to) {
      const first = Math.floor(from / PAGE)
      const last = Math.floor(Math.max(from, to - 1) / PAGE)
      wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index)
      for (const page of [...asked.keys()]) if (!wanted.includes(page)) giveUp(page)
      if (failed === null) fetchMissing()
    },
    total: () => total,
    length: (counted) => total ?? counted ?? seen + 1,
    error: () => failed,
    retry() {
      failed = null
      fetchMissing()
      changed()
    },
    subscribe(onChange) {
      listeners.add(onChange)
      return () => void listeners.delete(onChange)
    },
    version: () => version,
    dispose() {
      for (const page of [...asked.keys()]) giveUp(page)
      listeners.clear()
    },
  }
}
