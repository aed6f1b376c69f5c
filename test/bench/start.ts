import { execa } from 'execa'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { _electron } from 'playwright-core'
import { benchRoot } from './page'
import { residentBytes } from './server'
import { mb, median, ms, print } from './table'

/* Size, start and memory of what people install, beside an Electron with an empty page. `npm run bench -- start`. */

const STARTS = 5
const IDLE_MS = 5_000

interface Start {
  windowMs: number
  /** Everything that the app started, too. */
  residentBytes: number
}

export async function printStart(electron: string): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'launchpad-package-'))
  const { folder, version } = await emptyElectron(electron, out)
  const packed = ['unpacked', 'headless', '--out', out, '--electron-dist', folder, '--electron-version', version]
  await execa(process.execPath, ['scripts/package.mjs', ...packed], { stdout: 'ignore', stderr: 'inherit' })
  const archive = readdirSync(out).find((name) => name.endsWith('.tar.gz')) ?? ''
  const unpacked = join(out, 'linux-unpacked')
  const empty = emptyApp(out)
  // Node's inspector, by which windows are driven here, is closed by a fuse in the packed app: the built one is started.
  const ours = await starts(electron, () => [process.cwd(), '--root', benchRoot()], '[data-state="live"]')
  const bare = await starts(electron, () => [empty], 'h1')
  print(`Desktop, Electron ${version}; median of ${STARTS} starts`, [
    {
      what: 'window shows what came from the core',
      ours: ms(ours.windowMs),
      compared: `an empty page: ${ms(bare.windowMs)}`,
    },
    {
      what: 'all its processes, idle',
      ours: mb(ours.residentBytes),
      compared: `an empty page: ${mb(bare.residentBytes)}`,
    },
    { what: 'unpacked', ours: mb(sizeOf(unpacked)), compared: `Electron alone: ${mb(sizeOf(folder))}` },
  ])
  const node = statSync(process.execPath).size
  print('Headless package', [
    { what: 'archive', ours: mb(statSync(join(out, archive)).size), compared: '' },
    {
      what: 'unpacked',
      ours: mb(sizeOf(join(out, basename(archive, '.tar.gz')))),
      compared: `Node alone: ${mb(node)}`,
    },
  ])
}

async function starts(program: string, args: () => string[], shown: string): Promise<Start> {
  const all: Start[] = []
  for (let number = 0; number < STARTS; number += 1) {
    const begun = performance.now()
    const app = await _electron.launch({ executablePath: program, args: [...args(), '--no-sandbox'] })
    const page = await app.firstWindow()
    await page.locator(shown).first().waitFor()
    const windowMs = performance.now() - begun
    await setTimeout(IDLE_MS)
    const pids = familyOf(app.process().pid ?? 0)
    all.push({ windowMs, residentBytes: pids.reduce((sum, pid) => sum + residentBytes(pid), 0) })
    await app.close()
  }
  return {
    windowMs: median(all.map((start) => start.windowMs)),
    residentBytes: median(all.map((start) => start.residentBytes)),
  }
}

/** A process and all below it. */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((name): [number, number][] => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]]
    } catch {
      return []
    }
  })
  const below = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)])
  return [pid, ...below(pid)]
}

/** The tests' Electron without the stand-in for an app that it carries. */
async function emptyElectron(program: string, out: string): Promise<{ folder: string; version: string }> {
  const folder = join(out, 'electron')
  const filter = (path: string) => !(basename(path) === 'app' && basename(dirname(path)) === 'resources')
  cpSync(dirname(program), folder, { recursive: true, filter })
  const words = ['-e', 'console.log(process.versions.electron)']
  const { stdout: version } = await execa(program, words, { env: { ELECTRON_RUN_AS_NODE: '1' } })
  return { folder, version }
}

/** The least that is an app: a window with a heading. */
function emptyApp(out: string): string {
  const folder = join(out, 'empty')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "version": "1.0.0", "main": "main.js" }')
  writeFileSync(
    join(folder, 'main.js'),
    "const { app, BrowserWindow } = require('electron')\napp.whenReady().then(() => new BrowserWindow().loadFile(`${__dirname}/page.html`))\n",
  )
  writeFileSync(join(folder, 'page.html'), '<h1>Empty</h1>')
  return folder
}

function sizeOf(path: string): number {
  const found = statSync(path)
  if (!found.isDirectory()) return found.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
