import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { benchRoot, startBrowser } from './page'
import { residentBytes, startServer } from './server'
import { startRun } from './run'

const script = resolve('test/bench/flood.py')

/** A run that floods its log under the real supervisor, while the real page shows it. */
export async function measureFlood(megabytes: number) {
  const root = benchRoot()
  const { folder, id } = await startRun(root, { name: 'flood', argv: ['python3', script, String(megabytes)] })
  const server = await startServer(root)
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    await page.addInitScript(() => {
      const holder = window as unknown as { longest: number }
      holder.longest = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) holder.longest = Math.max(holder.longest, entry.duration)
      }).observe({ type: 'longtask' })
    })
    await page.goto(server.address)
    await page.getByTestId('practice-start').waitFor()
    await page.evaluate((run) => (location.hash = `#/runs/${run}`), id)
    await page.getByTestId('run-log').waitFor()
    await page.waitForTimeout(1_500)
    // Loading the page is measured elsewhere.
    await page.evaluate(() => ((window as unknown as { longest: number }).longest = 0))

    const peaks = { page: 0, core: 0 }
    const devtools = await page.context().newCDPSession(page)
    const watching = setInterval(() => {
      peaks.core = Math.max(peaks.core, residentBytes(server.pid))
      void devtools.send('Runtime.getHeapUsage').then(
        ({ usedSize }) => (peaks.page = Math.max(peaks.page, usedSize)),
        () => undefined,
      )
    }, 200)
    const started = performance.now()
    writeFileSync(join(folder, 'go'), '')
    while (!exists(join(folder, 'exit.json'))) await new Promise((done) => setTimeout(done, 20))
    const seconds = (performance.now() - started) / 1000
    await page.getByTestId('run-log').getByText('end of flood').first().waitFor({ timeout: 120_000 })
    const caughtUpMs = performance.now() - started - seconds * 1000
    clearInterval(watching)
    const longestTaskMs = await page.evaluate(() => (window as unknown as { longest: number }).longest)
    const [lines = 0, bytes = 0] = readFileSync(join(folder, 'written'), 'utf8').split(' ').map(Number)
    return {
      bytes,
      lines,
      seconds,
      longestTaskMs,
      caughtUpMs,
      missing: bytes - statSync(join(folder, 'raw.log')).size,
      pageBytes: peaks.page,
      coreBytes: peaks.core,
      peerSeconds: peer(megabytes),
    }
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** The same program under util-linux's `script`, the usual way to keep a terminal's log. */
function peer(megabytes: number): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-peer-'))
  writeFileSync(join(folder, 'go'), '')
  const started = performance.now()
  const { status } = spawnSync('script', ['--quiet', '--command', `python3 ${script} ${megabytes}`, 'log'], {
    cwd: folder,
    stdio: 'ignore',
  })
  return status === 0 ? (performance.now() - started) / 1000 : null
}

function exists(path: string): boolean {
  try {
    return statSync(path).size > 0
  } catch {
    return false
  }
}
