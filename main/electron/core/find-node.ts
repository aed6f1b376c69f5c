import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The oldest Node that runs the core. */
const needed = [20, 19] as const

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > needed[0] || (major === needed[0] && minor >= needed[1])
}

/** A Node that runs the core: the one named by LAUNCHPAD_NODE, else the first good one on the PATH, else null. */
export function findNode(env: NodeJS.ProcessEnv = process.env): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const named = env['LAUNCHPAD_NODE']
  const candidates =
    named === undefined || named === ''
      ? (env['PATH'] ?? '')
          .split(delimiter)
          .filter((folder) => folder !== '')
          .map((folder) => join(folder, name))
      : [named]
  return candidates.find((file) => isProgram(file) && isNewEnough(versionOf(file))) ?? null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function versionOf(file: string): string {
  return (spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 5_000 }).stdout ?? '').trim()
}
