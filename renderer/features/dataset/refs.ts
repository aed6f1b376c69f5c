import { DataRef, type OpenedData } from '#contract'
import * as z from 'zod'

export const refOf = (paths: string[]): DataRef => ({ paths, config: null, split: null, badLines: 'stop' })

/** The same text for the same data. */
export const keyOf = ({ paths, config, split, badLines }: DataRef): string =>
  JSON.stringify([paths, config, split, badLines])

export const nameOf = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .at(-1) ?? path

/** A path as people paste it: in quotes, as a file:// address, one a line. */
export function typedPaths(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .map((line) => (line.startsWith('file://') ? fromAddress(line) : line))
    .filter((line) => line !== '')
}

function fromAddress(address: string): string {
  try {
    const path = decodeURIComponent(new URL(address).pathname)
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path
  } catch {
    return address
  }
}

/** Picking another configuration: the split stays where that one has it. */
export function withConfig(data: DataRef, config: string, { configs, split }: OpenedData): DataRef {
  const splits = configs.find(({ name }) => name === config)?.splits ?? []
  return { ...data, config, split: split !== null && splits.includes(split) ? split : null }
}

export const splitsOf = ({ configs, config }: OpenedData): string[] =>
  (configs.find(({ name }) => name === config) ?? configs[0])?.splits ?? []

const Recent = z.object({ data: DataRef, name: z.string(), at: z.number() })
export type Recent = z.infer<typeof Recent>

const KEPT = 8

/** What the browser kept; anything that is not ours counts as nothing. */
export function parseRecent(text: string | null): Recent[] {
  try {
    return z
      .array(Recent)
      .parse(JSON.parse(text ?? '[]'))
      .slice(0, KEPT)
  } catch {
    return []
  }
}

/** Newest first; the same files once, whichever part of them was looked at. */
export const withRecent = (list: Recent[], entry: Recent): Recent[] =>
  [entry, ...list.filter(({ data }) => data.paths.join('\n') !== entry.data.paths.join('\n'))].slice(0, KEPT)
