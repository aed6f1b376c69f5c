import { realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep, win32 } from 'node:path'
import { AppError } from '../errors'

/** Fields whose text a person or a model wrote: a prompt that begins with "/" names no file. */
const prose = new Set(
  'text prompt question questions completion completions search filters recipe name token instruction address'.split(
    ' ',
  ),
)
/** What another machine said of itself; what only a shell may send; what is looked up in lists of ours. */
const notPaths = new Set(['hardware', 'argv', 'env', 'id', 'ids', 'key'])
/** Fields that hold a file or a folder even when the text does not look like one. */
const named = new Set('path paths folder out cwd shared data file model caFile'.split(' '))

const looksLikePath = (text: string) =>
  isAbsolute(text) ||
  win32.isAbsolute(text) ||
  text.startsWith('~') ||
  /^file:/i.test(text) ||
  /(^|[\\/])\.\.([\\/]|$)/.test(text)

interface NamedPath {
  text: string
  /** false: it may as well be an id ("Qwen/Qwen3-0.6B"), and is a path only where there is such a file. */
  sure: boolean
}

/**
 * Every path that an input names, wherever it stands: a field that is forgotten in a list of fields would be a way
 * out, so all texts that look like a path are taken but for those of `prose`.
 */
function pathsIn(input: unknown, key = ''): NamedPath[] {
  if (typeof input === 'string') {
    const sure = looksLikePath(input)
    return sure || (named.has(key) && input !== '') ? [{ text: input, sure }] : []
  }
  if (Array.isArray(input)) return input.flatMap((value: unknown) => pathsIn(value, key))
  if (typeof input !== 'object' || input === null) return []
  return Object.entries(input).flatMap(([field, value]) => {
    if (notPaths.has(field) || prose.has(field)) return []
    // A file of a repository, which no folder of ours has anything to do with.
    return pathsIn(value, field === 'file' && 'repo' in input ? '' : field)
  })
}

/** Where a path really ends, links followed; the part that is not there yet is taken as it is. */
async function realPlace(path: string): Promise<{ place: string; there: boolean }> {
  let there = true
  for (let known = path, rest = ''; ; there = false) {
    try {
      return { place: join(await realpath(known), rest), there }
    } catch {
      if (dirname(known) === known) return { place: path, there: false }
      rest = join(basename(known), rest)
      known = dirname(known)
    }
  }
}

function isBelow(folder: string, place: string): boolean {
  const way = relative(folder, place)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

function expand(text: string): string {
  return text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : resolve(text)
}

/** Refuses an input that names something outside of these folders: PATH_NOT_ALLOWED. Links are followed. */
export async function checkPaths(input: unknown, folders: readonly string[]): Promise<void> {
  const paths = pathsIn(input)
  if (paths.length === 0) return
  const allowed = await Promise.all(folders.map(async (folder) => (await realPlace(resolve(folder))).place))
  for (const { text, sure } of paths) {
    if (text.includes('\0') || /^file:/i.test(text)) throw new AppError('PATH_NOT_ALLOWED', { path: text })
    const { place, there } = await realPlace(expand(text))
    if ((sure || there) && !allowed.some((folder) => isBelow(folder, place)))
      throw new AppError('PATH_NOT_ALLOWED', { path: text })
  }
}

/** A command of one's own is as good as a shell. */
export function isCommand(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false
  const { request, work } = input as { request?: { work?: unknown } | null; work?: unknown }
  const asked = work ?? request?.work
  return typeof asked === 'object' && asked !== null && (asked as { kind?: unknown }).kind === 'command'
}
