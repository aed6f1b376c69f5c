// Brings node_modules to what package-lock.json says. Node built-ins only: it runs before there is anything else.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const home = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Runs a program in the repository, its output shown on the error stream; ends this process if it fails. */
export function must(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: home, stdio: ['ignore', 2, 2], ...options })
  if (result.error) console.error(`${program}: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** `npm ci`, unless it was done for this very lock file. */
export function installPackages() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`)
    process.exit(1)
  }
  const stamp = join(home, 'node_modules', '.launchpad-lock')
  const digest = createHash('sha256')
    .update(readFileSync(join(home, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  console.error('Installing the packages of the app (npm ci) ...')
  must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell: false })
  writeFileSync(stamp, digest)
}

export function buildApp() {
  must(process.execPath, [join(home, 'scripts', 'build.mjs')])
}
