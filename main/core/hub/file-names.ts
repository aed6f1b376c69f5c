import { AppError } from '../errors'

/** What matters of a file system for names. */
export interface FileSystem {
  rules: 'posix' | 'windows'
  /** Whether "A" and "a" are one file. */
  foldsCase: boolean
  /** The folder that the names are below; its length counts. */
  folder: string
}

/** This machine's rules; macOS and Windows fold case unless set up otherwise. */
export function fileSystemOf(folder: string, platform: NodeJS.Platform = process.platform): FileSystem {
  const windows = platform === 'win32'
  return { rules: windows ? 'windows' : 'posix', foldsCase: windows || platform === 'darwin', folder }
}

/**
 * Refuses what would be written outside the folder, into our own or huggingface_hub's records in it, or cannot be
 * written at all. The name is read by the rules of Windows as well wherever we are, as huggingface_hub does
 * (_local_folder.py, _validate_relative_filename): a folder is moved to another machine one day.
 * Errors: FILE_NAME_UNSAFE (file), FILE_NAME_IMPOSSIBLE (file, detail: words of `nameProblem` in the locales).
 */
export function checkName(path: string, fileSystem: FileSystem): void {
  if (isUnsafe(path)) throw new AppError('FILE_NAME_UNSAFE', { file: path.slice(0, 300) })
  const detail = impossible(path, fileSystem)
  if (detail !== null) throw new AppError('FILE_NAME_IMPOSSIBLE', { file: path.slice(0, 300), detail })
}

/** Whether the name leads outside, or into the records beside the files. */
export function isUnsafe(path: string): boolean {
  const parts = path.split('/')
  return (
    path.includes('\0') ||
    // Half of a surrogate pair: it has no UTF-8, so it would become another name on the disk.
    /\p{Surrogate}/u.test(path) ||
    parts.includes('') || // absolute, UNC, "a//b", "a/"
    path.split(/[/\\]/).some((part) => part === '..' || part === '.') ||
    parts.some((part) => /^[a-z]:/i.test(part) || part.startsWith('\\')) ||
    isRecord(parts)
  )
}

/** Ours, huggingface_hub's, and git's, in any spelling that some file system takes for the same. */
function isRecord(parts: string[]): boolean {
  const [first = '', second = ''] = parts.map((part) => part.toLowerCase().replace(/[. ]+$/, ''))
  if (first === '.launchpad' || parts.some((part) => /^\.git[. ]*$/i.test(part))) return true
  return first === '.cache' && (parts.length === 1 || second === 'huggingface')
}

/** Every file gets a record named like it beside it (layout.ts). */
const RECORD = '.cache/huggingface/download/'
const SUFFIX = '.metadata'

function impossible(path: string, { rules, folder }: FileSystem): string | null {
  const parts = path.split('/')
  const longest = Math.max(
    ...parts.map((part) => Buffer.byteLength(part)),
    Buffer.byteLength(`${parts.at(-1)}${SUFFIX}`),
  )
  // NAME_MAX of every file system in use here; NTFS counts UTF-16 units, which are never more than the bytes.
  if (longest > 255) return 'long'
  // PATH_MAX; on Windows MAX_PATH, which Python keeps to unless the machine is set up otherwise.
  const total = Buffer.byteLength(`${folder}/${RECORD}${path}${SUFFIX}`)
  if (total > (rules === 'windows' ? 259 : 4095)) return 'path'
  if (rules === 'posix') return null
  // https://learn.microsoft.com/windows/win32/fileio/naming-a-file
  if (parts.some((part) => /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?:\.|$)/i.test(part.trim())))
    return 'reserved'
  if (parts.some((part) => /[. ]$/.test(part))) return 'ending'
  // eslint-disable-next-line no-control-regex
  if (/[<>:"|?*\\\u0000-\u001f]/.test(path)) return 'characters'
  return null
}

/** Names of which this file system could keep only one, each with the one that it collides with. */
export function twins(paths: string[], { foldsCase }: FileSystem): { file: string; other: string }[] {
  if (!foldsCase) return []
  const seen = new Map<string, string>()
  return paths.flatMap((file) => {
    // macOS also takes composed and decomposed letters for the same.
    const folded = file.normalize('NFC').toLowerCase()
    const other = seen.get(folded)
    if (other === undefined) seen.set(folded, file)
    return other === undefined || other === file ? [] : [{ file, other }]
  })
}

/** For a URL: "#", "?", "%" and spaces are part of names, "/" is not. */
export const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
