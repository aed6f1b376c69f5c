// npm run check: everything that can be said of the code without running it. All checks run; all that fail are shown.
import { spawnSync } from 'node:child_process'
import { home, installPackages } from './install.mjs'

installPackages()
const folders = [
  'main/contract',
  'main/core',
  'main/electron',
  'main/headless',
  'main/cli',
  'preload',
  'renderer',
  'test',
]
const checks = [
  ...folders.map((folder) => [`types ${folder}`, 'tsc', ['-p', folder]]),
  ['lint', 'eslint', ['.', '--max-warnings=0']],
  ['arrows and cycles', 'depcruise', ['main', 'preload', 'renderer', '--config', '.dependency-cruiser.cjs']],
  ['unused code', 'knip', []],
  ['format', 'prettier', ['--check', '--log-level=warn', '.']],
]
const failed = []
for (const [name, tool, args] of checks) {
  const started = Date.now()
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', tool, ...args], { cwd: home, encoding: 'utf8' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (status === 0) continue
  failed.push(name)
  console.log(stdout + stderr)
}
console.log(failed.length === 0 ? 'All checks pass.' : `Failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
