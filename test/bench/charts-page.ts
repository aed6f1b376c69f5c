import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import { benchRoot, startBrowser } from './page'
import { endRun, startRun } from './run'
import { startServer } from './server'
import { mb, print } from './table'

const script = resolve('test/bench/metric_flood.py')
/** A day of training at 8.6 s a step: 1e6 points. Twice that shows what a longer one takes. */
const STEPS = 10_000
const SERIES = 100
const SECONDS = 5
/** Steps a second: far more than any training makes, and as many as a fast one with a tiny model. */
const [FAST, REAL] = [400, 2]

interface Frames {
  perSecond: number
  /** Of the gaps between two frames, the one that 95 of 100 are shorter than. */
  slowMs: number
}

/** The page of a run with charts while a day's metrics come in, in real Chromium. */
export async function printCharts(): Promise<void> {
  const root = benchRoot()
  const { id, folder } = await startRun(root, {
    ...{ name: 'a day', argv: ['python3', script], plannedSteps: 2 * STEPS },
  })
  const until = (steps: number, pace = FAST) => writeFileSync(join(folder, 'goal'), `${steps} ${pace}`)
  const server = await startServer(root)
  const browser = await startBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const empty = { still: await frames(page), moving: await frames(page, moveOver) }
    until(1)
    await page.goto(server.address)
    await page.getByTestId('practice-start').waitFor()
    await page.evaluate((run) => (location.hash = `#/runs/${run}`), id)
    const chart = page.getByTestId('chart-critic/rewards/mean')
    await chart.waitFor()
    const devtools = await page.context().newCDPSession(page)
    const arrived = async (step: number) => {
      until(step)
      await chart
        .getByText(`step ${step.toLocaleString('en')}`)
        .or(chart.getByText(`step ${step}`))
        .first()
        .waitFor({ timeout: 300_000 })
      await page.waitForTimeout(500)
    }
    const memory: number[] = []
    for (const share of [0.1, 0.5, 1]) {
      await arrived(STEPS * share)
      memory.push(await heapBytes(devtools))
    }
    const still = await frames(page)
    const moving = await frames(page, moveOver)
    const arriving: Frames[] = []
    for (const pace of [REAL, FAST]) {
      until(STEPS * 2, pace)
      await page.waitForTimeout(1_000)
      arriving.push(await frames(page), await frames(page, moveOver))
    }
    await arrived(STEPS * 2)
    memory.push(await heapBytes(devtools))
    const rate = ({ perSecond, slowMs }: Frames) => `${perSecond.toFixed(1)}/s, ${slowMs.toFixed(0)} ms`
    const [tenth = 0, half = 0, whole = 0, twice = 0] = memory
    print(`Page with charts, ${SERIES} metrics, 1e6 points (frames/s, and what 95 of 100 frames took at most)`, [
      {
        what: 'memory after 10 %',
        ours: mb(tenth),
        compared: 'JavaScript heap after a collection, with array buffers',
      },
      { what: 'after 50 %', ours: mb(half), compared: '' },
      { what: 'after all', ours: mb(whole), compared: 'aim: flat' },
      { what: 'after twice as many', ours: mb(twice), compared: '' },
      {
        what: 'frames while nothing moves',
        ours: rate(still),
        compared: `aim: 60/s; an empty page: ${rate(empty.still)}`,
      },
      {
        what: 'frames, cursor across the charts',
        ours: rate(moving),
        compared: `aim: 60/s; an empty page: ${rate(empty.moving)}`,
      },
      ...[`${REAL} steps/s arriving`, 'and the cursor', `${FAST} steps/s arriving`, 'and the cursor'].map(
        (what, at) => ({
          ...{ what: `frames, ${what}`, ours: rate(arriving[at] ?? still) },
          compared: at < 2 ? 'aim: 60/s' : `${(FAST * SERIES) / 1000} thousand points/s, a day in 25 s`,
        }),
      ),
    ])
  } finally {
    await browser.close()
    await server.stop()
    await endRun(folder)
  }
}

/** JavaScript heap of a page after a collection, with its array buffers. */
export async function heapBytes(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  const usage: { usedSize: number; backingStorageSize?: number } = await devtools.send('Runtime.getHeapUsage')
  return usage.usedSize + (usage.backingStorageSize ?? 0)
}

/** Frames that the page draws over some seconds while `work` goes on. */
async function frames(page: Page, work?: (page: Page, until: number) => Promise<void>): Promise<Frames> {
  const counted = page.evaluate(
    (ms) =>
      new Promise<number[]>((done) => {
        const gaps: number[] = []
        const begun = performance.now()
        let last = begun
        const next = (now: number) => {
          gaps.push(now - last)
          last = now
          if (now - begun < ms) requestAnimationFrame(next)
          else done(gaps.slice(1))
        }
        requestAnimationFrame(next)
      }),
    SECONDS * 1000,
  )
  await work?.(page, performance.now() + SECONDS * 1000)
  const gaps = (await counted).sort((a, b) => a - b)
  const spent = gaps.reduce((sum, gap) => sum + gap, 0)
  return { perSecond: (gaps.length / spent) * 1000, slowMs: gaps[Math.floor(gaps.length * 0.95)] ?? 0 }
}

/** The cursor goes to and fro over the middle of the window, where the charts are. */
async function moveOver(page: Page, until: number): Promise<void> {
  for (let at = 0; performance.now() < until; at += 8) {
    const along = at % 1600
    await page.mouse.move(260 + (along < 800 ? along : 1600 - along), 500)
    await page.waitForTimeout(8)
  }
}
