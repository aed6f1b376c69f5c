import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import { load } from 'js-yaml'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { AppPage } from './pages/app-page'
import { inBareRoot, makeBareRoot } from './support/bare-root'
import { hasDesktop, openDesktop, openServer, withApp } from './support/doors'
import { freshRoot, guideDone, home, scratch } from './support/roots'
import { startServer } from './support/server'
import { shot } from './support/shots'

/* What people install, as `npm run package` makes it: started, and looked into. */

const packaged = (...words: string[]): void => {
  const made = spawnSync(process.execPath, [join(home, 'scripts', 'package.mjs'), ...words], { encoding: 'utf8' })
  expect(made.status, `${made.stdout}\n${made.stderr}`).toBe(0)
}

describe.skipIf(!hasDesktop)('the packed desktop app', () => {
  test('has its fuses set, opens its window, and its native libraries read data', async () => {
    const out = scratch()
    const { program, version } = packedElectron(out)
    packaged('unpacked', '--out', out, '--electron-dist', dirname(program), '--electron-version', version)
    const app = join(out, 'linux-unpacked', 'verl-launchpad')
    expect(await fusesOf(app)).toEqual(shippedFuses(await fusesOf(program)))

    // Playwright drives a window through Node's inspector, which a fuse has closed: opened again for the test alone.
    await flipFuses(app, { version: FuseVersion.V1, [FuseV1Options.EnableNodeCliInspectArguments]: true })
    const data = join(scratch(), '数据.jsonl')
    const row = (at: number) => `{"question":"${at} + 1","answer":"#### ${at + 1}"}\n`
    writeFileSync(data, Array.from({ length: 20 }, (_, at) => row(at)).join(''))
    const root = freshRoot({ ...guideDone, language: 'en' })
    await withApp(openDesktop(root, [], app), async ({ page, problems }) => {
      const shell = new AppPage(page)
      await shell.ready()
      await shell.go('data')
      await page.getByRole('textbox', { name: 'Path of a file or a folder' }).fill(data)
      await page.keyboard.press('Enter')
      await page.getByText('20 rows').first().waitFor()
      await shot(page, 'packed-desktop')
      expect(problems).toEqual([])
    })
  }, 120_000)
})

// A root of its own for the package can only be made by root, as which these tests run in a container.
describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')('the headless package', () => {
  test('runs where there is nothing but a libc and a shell', async () => {
    const [out, bare] = [scratch(), scratch()]
    packaged('headless', 'bill', '--out', out)
    const archive = readdirSync(out).find((name) => name.endsWith('.tar.gz')) ?? ''
    const folder = basename(archive, '.tar.gz')
    makeBareRoot(bare, join(out, folder))
    mkdirSync(join(bare, 'opt', '训练 服务'))
    spawnSync('tar', ['xzf', join(out, archive), '-C', join(bare, 'opt', '训练 服务')])
    const launchpad = [...inBareRoot(bare), `/opt/训练 服务/${folder}/bin/launchpad`]
    const [program = '', ...words] = launchpad
    const said = spawnSync(program, [...words, 'report', '--root', '/opt/data'], { encoding: 'utf8' })
    expect(said.status, said.stderr).toBe(0)
    expect(said.stdout).toContain('DuckDB: works')
    expect(said.stdout).toContain('tokenizers: works')
    // It is there; pseudo-terminals are not.
    expect(said.stdout).toMatch(/node-pty: (works|forkpty)/)
    await withApp(startServer('/opt/data', [], launchpad).then(openServer), async ({ page, problems }) => {
      await page.getByRole('main').waitFor()
      await shot(page, 'packed-headless')
      expect(problems).toEqual([])
    })
    const Bill = z.object({ components: z.array(z.object({ name: z.string(), version: z.string() })) })
    const { components } = Bill.parse(JSON.parse(readFileSync(join(out, 'sbom.cdx.json'), 'utf8')))
    expect(components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['@duckdb/node-api', 'react', 'tokenizers', 'zod']),
    )
    expect(components.map(({ name }) => name)).not.toContain('vitest')
    expect(readFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), 'utf8')).toContain('apache-arrow')
  }, 120_000)
})

/** The tests' Electron as its makers ship it: without the stand-in for an app that ours has. */
function packedElectron(out: string): { program: string; version: string } {
  const shipped = process.env['LAUNCHPAD_E2E_ELECTRON'] ?? ''
  const copy = join(out, 'electron')
  cpSync(dirname(shipped), copy, {
    recursive: true,
    filter: (path) => !(basename(path) === 'app' && basename(dirname(path)) === 'resources'),
  })
  const program = join(copy, basename(shipped))
  const asked = spawnSync(program, ['--no-sandbox', '-e', 'console.log(process.versions.electron)'], {
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  return { program, version: asked.stdout.trim() }
}

/** In the binary: the digit 1. */
const ON = '1'.charCodeAt(0)

/** By name, what is on and what is off; what this Electron does not know is left out. */
async function fusesOf(program: string): Promise<Record<string, boolean>> {
  const wire = await getCurrentFuseWire(program)
  const names = Object.entries(FuseV1Options).filter(
    (entry): entry is [string, FuseV1Options] => typeof entry[1] === 'number',
  )
  return Object.fromEntries(
    names.flatMap(([name, at]) => (wire[at] === undefined ? [] : [[name.toLowerCase(), Number(wire[at]) === ON]])),
  )
}

/** What electron-builder.yml says, of those that are known. */
function shippedFuses(known: Record<string, boolean>): Record<string, boolean> {
  const text = readFileSync(join(home, 'electron-builder.yml'), 'utf8')
  const { electronFuses } = z.object({ electronFuses: z.record(z.string(), z.boolean()) }).parse(load(text))
  const wanted = Object.entries(electronFuses).map(([name, on]): [string, boolean] => [name.toLowerCase(), on])
  return Object.fromEntries(wanted.filter(([name]) => name in known))
}
