import { resolve } from 'node:path'

export interface HostOptions {
  /** null: the folder chosen in the app, or the default one. */
  root: string | null
  /** Where the window keeps what is only its own; null: see `userDataFolder`. */
  userData: string | null
}

/**
 * Our own switches, as `--name value` or `--name=value`. Chromium's are none of our business; neither are
 * the words that it may put between ours.
 */
export function parseOptions(argv: readonly string[], cwd: string): HostOptions {
  const value = (name: string): string | null => {
    for (const [index, argument] of argv.entries()) {
      if (argument === `--${name}`) {
        const next = argv[index + 1]
        return next === undefined || next.startsWith('--') ? null : next
      }
      if (argument.startsWith(`--${name}=`)) return argument.slice(name.length + 3)
    }
    return null
  }
  const folder = (name: string) => {
    const given = value(name)
    return given === null || given === '' ? null : resolve(cwd, given)
  }
  return { root: folder('root'), userData: folder('user-data-dir') }
}

/**
 * Electron allows one app per such folder, so it decides what "the same app" is: a root given on the
 * command line has its own inside itself, and apps of two roots run side by side. null: Electron's default.
 */
export function userDataFolder({ root, userData }: HostOptions): string | null {
  return userData ?? (root === null ? null : resolve(root, 'desktop'))
}
