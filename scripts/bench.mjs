// npm run bench: speed and memory, each figure beside its aim or a named peer measured in the same run.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findChromium, findElectron } from './browsers.mjs'
import { buildApp, home, installPackages } from './install.mjs'

installPackages()
// Downloads and the reading of datasets are measured without a build.
if (!/^(downloads|dataset|dataset-fuzz|dataset-tokens)$/.test(process.argv[2] ?? '')) buildApp()
const { build } = await import('esbuild')
const outfile = join(home, 'dist', 'bench.mjs')
await build({
  absWorkingDir: home,
  entryPoints: ['test/bench/bench.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
})
process.env.LAUNCHPAD_E2E_CHROMIUM = findChromium() ?? ''
if (process.argv[2] === 'start') process.env.LAUNCHPAD_E2E_ELECTRON = findElectron() ?? ''
await import(pathToFileURL(outfile).href)
