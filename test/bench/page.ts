import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser } from 'playwright-core'
import { defaultSettings } from '#contract'
import { residentBytes, startServer } from './server'

const LOADS = 5
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['LAUNCHPAD_E2E_CHROMIUM'] ?? '', args })

/** A root whose guide is done, so that the page shows what a returning user sees. */
export function benchRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'launchpad-bench-'))
  writeFileSync(
    join(root, 'settings.json'),
    JSON.stringify({ ...defaultSettings, language: 'en', guide: { step: 'done', finished: true } }),
  )
  return root
}

export async function measurePage() {
  const started = performance.now()
  const server = await startServer(benchRoot())
  const serverMs = performance.now() - started
  await new Promise((done) => setTimeout(done, 5_000))
  const idleBytes = residentBytes(server.pid)
  const loads = []
  // Only a token's first use needs the fragment, but every fresh profile is a first use.
  for (let load = 0; load < LOADS; load++) loads.push(await loadOnce(server.address))
  await server.stop()
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
  return {
    serverMs,
    idleBytes,
    interactiveMs: median(loads.map((load) => load.interactiveMs)),
    longestTaskMs: median(loads.map((load) => load.longestTaskMs)),
    scriptBytes: firstLoadBytes(),
    ...bareNode(),
  }
}

/** The scripts the document names, gzipped; the rest of the pages is fetched ahead when the first one is idle. */
function firstLoadBytes(): number {
  const folder = join('dist', 'renderer')
  const named = readFileSync(join(folder, 'index.html'), 'utf8').match(/assets\/[\w.-]+\.js/g) ?? []
  return [...new Set(named)].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)
}

/** Interactive: the button that starts practice is there and can be pressed. */
async function loadOnce(address: string) {
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    await page.addInitScript(() => {
      const holder = window as unknown as { longest: number }
      holder.longest = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) holder.longest = Math.max(holder.longest, entry.duration)
      }).observe({ type: 'longtask', buffered: true })
    })
    const started = performance.now()
    await page.goto(address)
    await page.getByTestId('practice-start').click({ trial: true })
    const interactiveMs = performance.now() - started
    await page.waitForTimeout(500)
    const longestTaskMs = await page.evaluate(() => (window as unknown as { longest: number }).longest)
    return { interactiveMs, longestTaskMs }
  } finally {
    await browser.close()
  }
}

function bareNode() {
  const started = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  const nodeMs = performance.now() - started
  const { stdout } = spawnSync(process.execPath, ['-e', 'process.stdout.write(String(process.memoryUsage.rss()))'], {
    encoding: 'utf8',
  })
  return { nodeMs, nodeBytes: Number(stdout) }
}
