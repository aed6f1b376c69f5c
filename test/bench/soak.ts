import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { heapBytes } from './charts-page'
import { benchRoot, startBrowser } from './page'
import { pause, processesOf, startRun, until } from './run'
import { residentBytes, startServer } from './server'
import { mb, print } from './table'

/*
 * A day of training in minutes, watched by a page that is reloaded and whose line breaks: is anything lost, does
 * anything grow? `npm run bench -- soak --megabytes=1000 --steps=2880 --seconds=240`.
 */

interface Day {
  megabytes: number
  steps: number
  seconds: number
}

/** Of the day: before it warmed up, in between, at its end. */
const SHARES = [0.1, 0.4, 0.7, 1] as const
const AWAY_MS = 3_000

export async function printSoak({ megabytes, steps, seconds }: Day): Promise<void> {
  const root = benchRoot()
  const words = [megabytes * 1e6, steps, seconds].map(String)
  const argv = ['python3', resolve('test/bench/soak_day.py'), ...words]
  const { id, folder } = await startRun(root, { name: 'a day', argv, metrics: 'console', plannedSteps: steps })
  const { supervisor } = await processesOf(folder)
  const server = await startServer(root)
  const browser = await startBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(server.address)
    await page.getByTestId('practice-start').waitFor()
    await page.evaluate((run) => (location.hash = `#/runs/${run}`), id)
    const devtools = await page.context().newCDPSession(page)
    const seen: { core: number; supervisor: number; page: number }[] = []
    let disturbed = 0
    for (const share of SHARES) {
      const file = join(folder, 'metrics.jsonl')
      const here = () => existsSync(file) && linesOf(readFileSync(file)) >= steps * share
      while (!here()) {
        await disturb(page, (disturbed += 1))
        await pause(seconds * 20)
      }
      const alive = existsSync(`/proc/${supervisor}`)
      seen.push({
        core: residentBytes(server.pid),
        supervisor: alive ? residentBytes(supervisor) : 0,
        page: await heapBytes(devtools),
      })
    }
    await until(() => existsSync(join(folder, 'exit.json')) || undefined)
    const last = page.getByTestId('chart-critic/rewards/mean').getByText(`step ${steps.toLocaleString('en')}`)
    await last
      .or(page.getByText(`step ${steps}`))
      .first()
      .waitFor({ timeout: 30_000 })
    const printed = Number(readFileSync(join(folder, 'printed'), 'utf8'))
    const logged = await countLines(join(folder, 'raw.log'))
    const metrics = linesOf(readFileSync(join(folder, 'metrics.jsonl')))
    const over = (name: 'core' | 'supervisor' | 'page') => seen.map((one) => mb(one[name])).join(', ')
    print(`A day of training: ${megabytes} MB of log, ${steps} steps, ${disturbed} reloads and broken lines`, [
      { what: 'lines in the log', ours: String(logged), compared: `printed: ${printed}` },
      { what: 'steps in the metrics', ours: String(metrics), compared: `printed: ${steps}` },
      { what: 'core, at 10, 40, 70, 100 %', ours: over('core'), compared: 'aim: no growth' },
      { what: 'supervisor, the same', ours: over('supervisor'), compared: 'aim: no growth' },
      { what: 'page, JavaScript heap', ours: over('page'), compared: 'aim: no growth but for its points' },
    ])
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** In turn: the page is loaded anew, its line breaks for a while, it goes elsewhere and back. */
async function disturb(page: Page, turn: number): Promise<void> {
  if (turn % 3 === 0) await page.reload()
  else if (turn % 3 === 1) {
    await page.context().setOffline(true)
    await pause(AWAY_MS)
    await page.context().setOffline(false)
  } else {
    await page.goBack()
    await page.goForward()
  }
}

const NEWLINE = 10

function linesOf(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1
  return count
}

async function countLines(path: string): Promise<number> {
  let count = 0
  for await (const chunk of createReadStream(path)) count += linesOf(chunk as Buffer)
  return count
}
