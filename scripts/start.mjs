// npm start: the desktop window where there can be one, else the same page in a browser. Arguments, such as
// --root FOLDER, go to whichever it is.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { packagedElectron } from './browsers.mjs'
import { buildApp, home, installPackages } from './install.mjs'

const args = process.argv.slice(2)

/** Why there can be no window here, in words; null if there can. */
function whyNoWindow({ platform, env, uid }) {
  if (platform !== 'linux') return null
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display here'
  // Chromium's own rule, and a good one.
  if (uid === 0) return 'a window is not opened as root; start it as an ordinary user to get one'
  return null
}

/** Electron's program, downloaded by its own installer on the first start; else why there is none. */
function electron() {
  const found = packagedElectron()
  if (found !== null) return { program: found }
  console.error('Downloading Electron for the desktop window (about 110 MB, only once) ...')
  const installer = join(home, 'node_modules', 'electron', 'install.js')
  const { stderr } = spawnSync(process.execPath, [installer], {
    cwd: home,
    encoding: 'utf8',
    stdio: ['ignore', 2, 'pipe'],
  })
  const program = packagedElectron()
  if (program !== null) return { program }
  const reason = (stderr ?? '').split('\n').find((line) => line.trim() !== '') ?? 'no reason given'
  return { why: `Electron could not be downloaded (${reason.trim()}; a mirror can be set with ELECTRON_MIRROR)` }
}

function follow(child, onExit) {
  // The terminal sends Ctrl-C to both of us: the child decides when it is over.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => onExit(1, null, error.message))
  child.on('exit', (code, signal) => onExit(code, signal, signal ?? `exit code ${code}`))
}

const end = (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1))

function openInBrowser(why) {
  console.error(`No desktop window: ${why}. Open the address below in a browser instead.`)
  follow(
    spawn(process.execPath, [join(home, 'dist', 'node', 'launchpad.mjs'), 'serve', ...args], { stdio: 'inherit' }),
    end,
  )
}

function openWindow(program) {
  const started = Date.now()
  follow(spawn(program, [home, ...args], { stdio: 'inherit' }), (code, signal, how) => {
    const asked = signal === 'SIGINT' || signal === 'SIGTERM'
    // Some systems do not let Chromium build its sandbox; it says so itself and is gone at once.
    if (code === 0 || asked || Date.now() - started > 5_000) end(code, signal)
    else openInBrowser(`it ended at once with ${how}, for the reason it gave above`)
  })
}

installPackages()
buildApp()
const why = whyNoWindow({ platform: process.platform, env: process.env, uid: process.getuid?.() })
const found = why === null ? electron() : { why }
if (found.program === undefined) openInBrowser(found.why)
else openWindow(found.program)
