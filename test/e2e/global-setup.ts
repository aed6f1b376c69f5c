import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { findChromium, findElectron, findXvfb } from '../../scripts/browsers.mjs'
import { home } from './support/roots'

/** A built app, a screen that nobody sees, and the programs to look through; the tests find them in the environment. */
export default async function setup(): Promise<() => void> {
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: home,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (built.status !== 0) throw new Error('the app was not built')
  const chromium = findChromium()
  if (chromium === null) throw new Error('the end-to-end tests need a Chromium')
  process.env['LAUNCHPAD_E2E_CHROMIUM'] = chromium
  // Said by findElectron itself; the desktop's tests are then shown as skipped.
  process.env['LAUNCHPAD_E2E_ELECTRON'] = findElectron() ?? ''
  const screen = process.platform === 'linux' && process.env['DISPLAY'] === undefined ? await startScreen() : null
  return () => void screen?.kill()
}

async function startScreen(): Promise<ChildProcess> {
  const program = findXvfb()
  if (program === null) throw new Error('the end-to-end tests need a display')
  const screen = spawn(program, ['-displayfd', '3', '-screen', '0', '1440x960x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await new Promise<string>((resolve, reject) => {
    screen.once('error', reject)
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)))
    const told = screen.stdio[3] as Readable
    told.once('data', (text: Buffer) => resolve(text.toString().trim()))
  })
  process.env['DISPLAY'] = `:${number}`
  return screen
}
