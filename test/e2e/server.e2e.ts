import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSshd, startSshServer, type SshServer } from '../support/ssh-server'
import { AppPage } from './pages/app-page'
import { barriers } from './support/accessibility'
import { hasDesktop, openDesktop, withApp, type DesktopApp } from './support/doors'
import { aliveMatching, until } from './support/processes'
import { freshRoot, guideDone, home } from './support/roots'
import { startServer } from './support/server'
import { shot } from './support/shots'

/** "Connect to a GPU server": a real sshd on this machine, and the desktop app that goes through it. */
const sshd = hasDesktop ? findSshd() : { missing: 'no Electron here' }
if ('missing' in sshd) console.error(`Not tested: ${sshd.missing}`)

async function choose(page: Page, fields: { kind?: 'By address'; where: string; more?: string }): Promise<void> {
  const dialog = page.getByRole('dialog')
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: 'This computer' }).click()
  if (fields.kind !== undefined) await dialog.getByText(fields.kind).click()
  await dialog.getByRole('textbox', { name: fields.kind === undefined ? 'Host' : 'Address' }).fill(fields.where)
  if (fields.more !== undefined) await dialog.getByLabel('Program on the server').fill(fields.more)
  await dialog.getByRole('button', { name: 'Connect', exact: true }).last().click()
}

const english = { ...guideDone, language: 'en' as const }
const otherWindow = (app: DesktopApp) => app.electron.waitForEvent('window')

describe.skipIf('missing' in sshd)('by ssh', () => {
  let server: SshServer
  let program = ''
  let remote = ''
  const path = process.env['PATH'] ?? ''

  beforeAll(async () => {
    if ('missing' in sshd) return
    server = await startSshServer(sshd.program)
    process.env['PATH'] = `${server.bin}:${path}`
    remote = freshRoot({ ...english, theme: 'dark' })
    program = join(server.folder, 'launchpad')
    const node = `"${process.execPath}" "${join(home, 'dist', 'node', 'launchpad.mjs')}"`
    // What a login script of a real server likes to print.
    writeFileSync(program, `#!/bin/sh\necho Welcome to Ubuntu\nexec ${node} "$@" --root "${remote}"\n`)
    chmodSync(program, 0o755)
  })
  afterAll(() => {
    process.env['PATH'] = path
    server.stop()
  })

  test('starts the server there, shows its pages, comes back after a cut, and leaves nothing behind', async () => {
    await withApp(openDesktop(freshRoot(english)), async (app) => {
      await new AppPage(app.page).ready()
      const opening = otherWindow(app)
      await choose(app.page, { where: server.host, more: program })
      const page = await opening
      const there = new AppPage(page)
      await there.ready()
      await page.getByRole('navigation').locator('a[href="#/settings"]').click()
      await page.getByText(remote).first().waitFor()
      await shot(page, 'server-window')
      expect(await page.evaluate(() => 'launchpad' in window)).toBe(false)
      expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/settings$/)
      expect(await page.title()).toContain('Verl Launchpad')
      const tunnels = () => aliveMatching('ServerAliveInterval').filter((pid) => aliveMatching(program).includes(pid))
      const [tunnel = 0] = tunnels()
      process.kill(tunnel, 'SIGKILL')
      await there.connection('reconnecting').first().waitFor()
      await there.ready()
      expect(tunnels()).not.toContain(tunnel)

      // A page of the server that wants elsewhere stays where it is. Last: the driver waits for a refused navigation.
      await page.evaluate(() => void (location.href = 'app://launchpad/'))
      await page.evaluate(() => void window.open('file:///etc/passwd'))
      expect(page.url()).toContain('127.0.0.1')
      expect(app.electron.windows()).toHaveLength(2)

      await page.close()
      await until(() => aliveMatching(remote).length === 0, 'the server there to end')
      expect(tunnels()).toEqual([])
      await app.page.getByRole('button', { name: 'This computer' }).click()
      await app.page.getByRole('button', { name: `Connect to ${server.host}` }).waitFor()
      expect(await barriers(app.page)).toEqual([])
      await shot(app.page, 'server-known-light')
    })
  })

  test('what ssh says is shown when it does not get there', async () => {
    await withApp(openDesktop(freshRoot(english)), async ({ page }) => {
      await new AppPage(page).ready()
      const alert = page.getByRole('dialog').getByRole('alert')
      await choose(page, { where: '-oProxyCommand=touch${IFS}/tmp/owned' })
      await alert.getByText('is not a host for ssh').waitFor()
      await choose(page, { where: server.host, more: '/nowhere/launchpad' })
      await alert.getByText('"/nowhere/launchpad" is not there').waitFor()
      await choose(page, { where: server.host.replace(/^\w+@/, 'nobody-here@') })
      await alert.getByText('Permission denied').waitFor()
      await choose(page, { where: server.host.replace('127.0.0.1', 'localhost') })
      await alert.getByText('Host key verification failed').waitFor()
      await shot(page, 'server-failed-light')
    })
  })
})

describe.skipIf(!hasDesktop)('by address', () => {
  test('the token is traded by the app, and in no address of the window', async () => {
    const remote = freshRoot({ ...english, theme: 'light' })
    const server = await startServer(remote)
    try {
      const local = freshRoot(english)
      await withApp(openDesktop(local), async (app) => {
        await new AppPage(app.page).ready()
        await choose(app.page, { kind: 'By address', where: 'http://gpu.example:8118/#token=x' })
        await app.page.getByRole('alert').getByText('is not the address of a server').waitFor()
        await choose(app.page, { kind: 'By address', where: server.address.replace(/=.*/, '=wrong') })
        await app.page.getByRole('alert').getByText('does not take this token').waitFor()
        const opening = otherWindow(app)
        await choose(app.page, { kind: 'By address', where: server.address })
        const page = await opening
        await new AppPage(page).ready()
        expect(page.url()).not.toContain('token')
      })
    } finally {
      await server.stop()
    }
  })

  test.each([
    ['light', 'en'],
    ['dark', 'en'],
    ['light', 'zh-CN'],
    ['dark', 'zh-CN'],
  ] as const)('the chooser in %s, %s', async (theme, language) => {
    await withApp(openDesktop(freshRoot({ ...guideDone, theme, language })), async ({ page }) => {
      await new AppPage(page).ready()
      await page.getByRole('button', { name: language === 'en' ? 'This computer' : '这台电脑' }).click()
      await page.getByRole('dialog').getByRole('textbox').first().waitFor()
      await page.waitForTimeout(400)
      expect(await barriers(page)).toEqual([])
      await shot(page, `server-${theme}-${language}`)
    })
  })
})
