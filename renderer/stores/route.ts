import { useSyncExternalStore } from 'react'

export const pages = [
  'practice',
  'plan',
  'library',
  'data',
  'environments',
  'runs',
  'diagnosis',
  'machine',
  'settings',
] as const
export type Page = (typeof pages)[number]

export interface Route {
  page: Page
  /** What is open: a run on the runs page, a repository on the library's. */
  id: string | null
  /** What of it: a tab of a run. Left out: its first. */
  part?: string
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Typed by hand: shown as it is, and no run will be called that.
    return text
  }
}

export function parseRoute(hash: string): Route {
  const [page = '', id = '', part = ''] = hash.replace(/^#\/?/, '').split('/')
  const known = pages.find((name) => name === page)
  const route = { page: known ?? 'practice', id: id === '' ? null : decoded(id) }
  return part === '' ? route : { ...route, part: decoded(part) }
}

export const hrefOf = (page: Page, ...parts: string[]): string =>
  [`#/${page}`, ...parts.map((part) => encodeURIComponent(part))].join('/')

export function go(page: Page, ...parts: string[]): void {
  location.hash = hrefOf(page, ...parts)
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange)
  return () => window.removeEventListener('hashchange', onChange)
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  return parseRoute(hash)
}
