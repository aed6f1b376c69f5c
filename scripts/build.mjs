// Builds dist/: the terminal and server program, the core's process, the desktop host, its preload, and
// the page. Does nothing when no source is newer than the last build.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle } from 'esbuild'
import { build as buildPage } from 'vite'
import { folderOf, licencesOf, noticesText } from './licences.mjs'
import { nativePackages } from './package/native.mjs'

const home = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(home, 'dist', '.built')
const sources = [
  ...['main', 'preload', 'renderer', 'package.json', 'package-lock.json'],
  ...['scripts/build.mjs', 'scripts/licences.mjs', 'scripts/package/native.mjs'],
]

function newest(path) {
  const { mtimeMs } = statSync(path)
  if (!statSync(path).isDirectory()) return mtimeMs
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const isFresh = () => existsSync(stamp) && sources.every((path) => newest(join(home, path)) < statSync(stamp).mtimeMs)

const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
/** With their libraries beside them: they stay packages. */
const native = ['@duckdb/node-api', '@lydell/node-pty', 'tokenizers']
const shared = {
  absWorkingDir: home,
  bundle: true,
  platform: 'node',
  logLevel: 'warning',
  define: { LAUNCHPAD_VERSION: JSON.stringify(version) },
  external: [...native, 'electron'],
  metafile: true,
}
const modern = {
  ...shared,
  format: 'esm',
  target: 'node20',
  // What is imported when it is first used becomes a file of its own: a command in a terminal does not load it all.
  splitting: true,
  chunkNames: '[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  // Some packages are CommonJS inside, and use what only CommonJS has.
  banner: {
    js: [
      "import { createRequire as commonRequire } from 'node:module';",
      "import { fileURLToPath as commonPath } from 'node:url';",
      'const require = commonRequire(import.meta.url);',
      'const __filename = commonPath(import.meta.url);',
      "const __dirname = commonPath(new URL('.', import.meta.url));",
    ].join(' '),
  },
}

/** Notes the files that go into the page. */
const listing = (files) => ({
  name: 'listing',
  generateBundle: (_options, parts) =>
    void files.push(...Object.values(parts).flatMap((part) => Object.keys(part.modules ?? {}))),
})

/** What the about page shows, and the text that is packed. */
function writeLicences(files) {
  const inputs = files.map((file) => resolve(home, file.replace(/^\0/, '').replace(/\?.*$/, '')))
  const whole = [...nativePackages, 'tokenizers'].map((name) => folderOf(home, name))
  const licences = licencesOf(inputs, whole)
  const short = licences.map(({ name, version, licence }) => ({ name, version, licence }))
  writeFileSync(join(home, 'dist', 'renderer', 'licences.json'), JSON.stringify(short))
  writeFileSync(join(home, 'dist', 'THIRD-PARTY-NOTICES.txt'), noticesText(licences))
}

/** A thread of the core: its file must lie beside whichever program starts it. */
const worker = 'main/core/dataset/worker/entry.ts'

async function main() {
  if (!process.argv.includes('--force') && isFresh()) return
  const started = Date.now()
  // Parts of an earlier build have other names.
  for (const folder of ['node', 'electron']) rmSync(join(home, 'dist', folder), { recursive: true, force: true })
  const page = []
  const bundles = await Promise.all([
    bundle({
      ...modern,
      entryPoints: { launchpad: 'main/cli/launchpad.ts', 'dataset-worker': worker },
      outdir: 'dist/node',
    }),
    bundle({
      ...modern,
      entryPoints: { core: 'main/electron/core-process.ts', 'dataset-worker': worker },
      outdir: 'dist/electron',
    }),
    // CommonJS: a sandboxed preload can be nothing else, and Electron before 28 starts nothing else.
    bundle({
      ...shared,
      format: 'cjs',
      target: 'node16',
      entryPoints: { main: 'main/electron/main.ts', preload: 'preload/index.ts' },
      outdir: 'dist/electron',
      outExtension: { '.js': '.cjs' },
    }),
    buildPage({ root: join(home, 'renderer'), logLevel: 'warn', plugins: [listing(page)] }),
  ])
  writeLicences([...bundles.flatMap((one) => Object.keys(one.metafile?.inputs ?? {})), ...page])
  writeFileSync(stamp, '')
  console.log(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

await main()
