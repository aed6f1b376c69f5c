import { DataRef } from '#contract'

export const tabs = ['rows', 'profile', 'compare', 'map', 'tokens', 'lint', 'reward', 'write'] as const
export type Tab = (typeof tabs)[number]

/** What is open and which tab of it, as it stands in the address: a reload comes back to it. */
export const dataRoute = (data: DataRef, tab: Tab): string => JSON.stringify({ data, tab })

/** null: nothing is open, or the address was not ours. */
export function parseDataRoute(id: string | null): { data: DataRef; tab: Tab } | null {
  try {
    const said: unknown = JSON.parse(id ?? '')
    if (typeof said !== 'object' || said === null || !('data' in said) || !('tab' in said)) return null
    const tab = tabs.find((name) => name === said.tab)
    const data = DataRef.safeParse(said.data)
    return data.success ? { data: data.data, tab: tab ?? 'rows' } : null
  } catch {
    return null
  }
}
