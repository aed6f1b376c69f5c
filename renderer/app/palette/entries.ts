import type { Projection } from '#contract'
import { repoRoute } from '../../features/library/choice'
import { hrefOf, pages, type Page } from '../../stores/route'

/** What the palette can open. It only ever opens a page: nothing is started from a list that is walked by Enter. */
export interface Entry {
  /** The address in the page, and its key. */
  href: string
  group: 'pages' | 'actions' | 'runs' | 'library' | 'environments'
  label: string
  /** What it is, beside its name. */
  detail: string
}

interface Words {
  page(page: Page): string
  action(action: 'train' | 'diagnose' | 'plan'): string
  status(status: Projection['runs'][string]['status']): string
  kind(kind: 'model' | 'dataset'): string
  environment(environment: Projection['environments'][string]): string
}

/** Everything that can be opened, pages first, then the newest of the rest. */
export function entriesOf(state: Projection, words: Words): Entry[] {
  const runs = Object.values(state.runs).sort((a, b) => b.createdAt - a.createdAt)
  return [
    ...pages.map((page): Entry => ({ href: hrefOf(page), group: 'pages', label: words.page(page), detail: '' })),
    { href: hrefOf('runs', 'new'), group: 'actions', label: words.action('train'), detail: '' },
    { href: hrefOf('diagnosis'), group: 'actions', label: words.action('diagnose'), detail: '' },
    { href: hrefOf('plan'), group: 'actions', label: words.action('plan'), detail: '' },
    ...runs.map(({ id, name, status }): Entry => ({
      ...{ href: hrefOf('runs', id), group: 'runs', label: name, detail: `${words.status(status)} · ${id}` },
    })),
    ...Object.values(state.library).map(({ kind, id }): Entry => ({
      ...{ href: hrefOf('library', repoRoute(kind, id)), group: 'library', label: id, detail: words.kind(kind) },
    })),
    ...Object.values(state.environments).map((one): Entry => ({
      ...{ href: hrefOf('environments', one.id), group: 'environments', label: words.environment(one), detail: one.id },
    })),
  ]
}

/** How much is listed at once: more is not read but searched. */
const SHOWN = 30

/**
 * Entries that have every word of the query, in any order; those whose name begins with it first, then those that have
 * it in the name. The order among equals stays.
 */
export function matching(entries: readonly Entry[], query: string): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = ({ label, detail }: Entry): number => {
    const [name, all] = [label.toLowerCase(), `${label} ${detail}`.toLowerCase()]
    if (!words.every((word) => all.includes(word))) return Infinity
    if (words[0] === undefined || name.startsWith(words[0])) return 0
    return words.every((word) => name.includes(word)) ? 1 : 2
  }
  return entries
    .map((entry) => ({ entry, at: rank(entry) }))
    .filter(({ at }) => at < Infinity)
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry)
    .slice(0, SHOWN)
}
