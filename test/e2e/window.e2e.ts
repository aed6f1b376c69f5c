import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { GuidePage } from './pages/guide-page'
import { hasDesktop, openDesktop, withApp } from './support/doors'
import { aliveMatching, appProcesses, isRunning, until } from './support/processes'
import { freshRoot, guideDone, home } from './support/roots'
import { shot } from './support/shots'

describe.skipIf(!hasDesktop)('the window', () => {
  test('opens with the first step of the guide, connected to its core', async () => {
    await withApp(openDesktop(freshRoot()), async ({ page }) => {
      const guide = new GuidePage(page)
      await guide.at('welcome').waitFor()
      await guide.ready()
      expect(new URL(page.url()).href).toBe('app://launchpad/')
      await shot(page, 'desktop-first-start')
    })
  })

  test('gives the page a line to the core and a folder dialog, and nothing else of the machine', async () => {
    await withApp(openDesktop(freshRoot()), async ({ page }) => {
      await new GuidePage(page).ready()
      const seen = await page.evaluate(() => {
        const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__dirname']
        const bridge = (window as unknown as { launchpad: Record<string, unknown> }).launchpad
        return {
          bridge: Object.entries(bridge).map(([key, value]) => `${key}: ${typeof value}`),
          leaked: names.filter((name) => name in window),
        }
      })
      expect(seen.bridge).toEqual([
        'platform: string',
        'connect: function',
        'pickFolder: function',
        'pickFiles: function',
        'pathOf: function',
        'servers: function',
        'connectServer: function',
        'forgetServer: function',
      ])
      expect(seen.leaked).toEqual([])
    })
  })

  test('opens a file that is dropped on it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'data 数据-')), 'train 训练.jsonl')
    writeFileSync(file, '{"question":"1+1?","answer":"2"}\n')
    await withApp(openDesktop(freshRoot({ ...guideDone, language: 'en' })), async ({ page }) => {
      const app = new AppPage(page)
      await app.ready()
      await app.go('data')
      const input = await page.evaluateHandle(() => {
        const made = document.createElement('input')
        made.type = 'file'
        return document.body.appendChild(made)
      })
      await input.setInputFiles(file)
      await input.evaluate((made) => {
        const dropped = new DataTransfer()
        for (const one of made.files ?? []) dropped.items.add(one)
        made.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }))
      })
      await page.getByRole('gridcell', { name: '1+1?' }).first().waitFor()
    })
  })

  test('cannot be talked into another place, another window, a frame or a permission', async () => {
    await withApp(openDesktop(freshRoot()), async ({ page, electron }) => {
      await new GuidePage(page).ready()
      await electron.evaluate(({ shell }) => {
        const opened: string[] = []
        Object.assign(globalThis, { opened })
        shell.openExternal = (address) => (opened.push(address), Promise.resolve())
      })
      const tried = await page.evaluate(async () => {
        const opened = ['https://example.org/a b', 'file:///etc/passwd', 'app://launchpad/'].map((address) =>
          window.open(address),
        )
        const frame = document.createElement('iframe')
        frame.src = 'https://example.org/frame'
        document.body.append(frame)
        location.href = 'ssh://example.org/'
        location.href = 'https://example.org/leave'
        const permission = await Notification.requestPermission()
        await new Promise((resolve) => setTimeout(resolve, 300))
        frame.remove()
        return { opened: opened.map((other) => other !== null), permission }
      })
      expect(tried).toEqual({ opened: [false, false, false], permission: 'denied' })
      expect(page.url()).toBe('app://launchpad/')
      const outside = await electron.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)
      expect(outside).toEqual(['https://example.org/a%20b', 'https://example.org/leave'])
      expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    })
  })

  test('is protected by the operating system and by its content policy', async () => {
    await withApp(openDesktop(freshRoot()), async ({ page, electron }) => {
      await new GuidePage(page).ready()
      const preferences = await electron.evaluate(({ webContents }) => {
        const [contents] = webContents.getAllWebContents()
        const all = (
          contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
        ).getLastWebPreferences()
        return {
          sandbox: all['sandbox'],
          contextIsolation: all['contextIsolation'],
          nodeIntegration: all['nodeIntegration'],
          webviewTag: all['webviewTag'],
        }
      })
      expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false })
      const policy = await page.evaluate(async () => (await fetch('./')).headers.get('content-security-policy'))
      expect(policy).toMatch(/^default-src 'none'; script-src 'self';/)
      expect(await page.evaluate(async () => (await fetch('./../../../etc/passwd')).status)).toBe(404)
    })
  })

  test('comes to the front when the app is started again on the same folder', async () => {
    const root = freshRoot(guideDone)
    await withApp(openDesktop(root), async ({ page, electron }) => {
      await new AppPage(page).ready()
      await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
      const again = spawn(electron.process().spawnfile, [home, '--no-sandbox', '--root', root], { stdio: 'ignore' })
      await until(() => again.exitCode !== null, 'the second start to end')
      expect(again.exitCode).toBe(0)
      await until(
        () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized() === false),
        'the window to be back',
      )
      expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    })
  })

  test('of two folders can be open side by side', async () => {
    await withApp(openDesktop(freshRoot(guideDone)), async (first) => {
      await withApp(openDesktop(freshRoot(guideDone)), async (second) => {
        await new AppPage(first.page).ready()
        await new AppPage(second.page).ready()
        expect(second.pid).not.toBe(first.pid)
      })
    })
  })

  test('gets a new core when the core dies, and shows live data again', async () => {
    await withApp(openDesktop(freshRoot(guideDone)), async ({ page, pid }) => {
      const app = new AppPage(page)
      await app.ready()
      const core = () => appProcesses(pid).filter((each) => aliveMatching('core.mjs').includes(each))
      const before = core()
      expect(before).toHaveLength(1)
      process.kill(before[0] ?? 0, 'SIGKILL')
      await until(() => core().length === 1 && core()[0] !== before[0], 'another core')
      await app.ready()
      await app.go('machine')
      await page.getByRole('main').getByRole('button').first().click()
      await page.getByRole('heading', { name: 'Processor' }).waitFor()
    })
  })

  test('is loaded again when its page dies', async () => {
    await withApp(openDesktop(freshRoot(guideDone)), async ({ electron, page }) => {
      await new AppPage(page).ready()
      await electron.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer())
      await until(
        () =>
          electron.evaluate(({ webContents }) => {
            const asked = webContents
              .getAllWebContents()[0]
              ?.executeJavaScript(
                `document.querySelector('[data-testid="connection-state"]')?.dataset.state`,
              ) as Promise<unknown>
            // Asked of a page that is just dying, it would never answer.
            return Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 500))]).then(
              (state) => state === 'live',
              () => false,
            )
          }),
        'a live page',
      )
    })
  })

  test('leaves no process behind when it quits', async () => {
    const app = await openDesktop(freshRoot(guideDone))
    await new AppPage(app.page).ready()
    const pids = appProcesses(app.pid)
    expect(pids.length).toBeGreaterThan(3)
    await app.close()
    await until(() => !pids.some(isRunning), 'every process to be gone')
  })
})
