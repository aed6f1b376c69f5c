import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export const originalPath = process.env['PATH'] ?? ''

/** A real uv, fetched once and kept between test runs. */
export function uvProgram(): string {
  const uv = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad', 'uv-0.13.9')
  const program = join(uv, 'bin', 'uv')
  if (!existsSync(program)) {
    spawnSync('python3', ['-m', 'venv', uv])
    spawnSync(join(uv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', 'uv==0.13.9'])
  }
  return program
}

/** That uv in front on the PATH. */
export function withUv(): void {
  // Alone in a folder: the venv's own Python must not be found with it.
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-uv-'))
  symlinkSync(uvProgram(), join(folder, 'uv'))
  process.env['PATH'] = `${folder}${delimiter}${originalPath}`
}

/** A program of this name in front of all others on the PATH. */
export function fake(name: string, script: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-tools-'))
  const file = join(folder, name)
  writeFileSync(file, script)
  chmodSync(file, 0o755)
  process.env['PATH'] = `${folder}${delimiter}${originalPath}`
}
