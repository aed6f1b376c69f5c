import { measureFlood } from './flood'
import { measurePage } from './page'

interface Figure {
  what: string
  ours: string
  compared: string
}

/** A table of figures; what each is compared with stands beside it. */
function print(title: string, figures: Figure[]): void {
  console.log(`\n${title}`)
  const width = Math.max(...figures.map(({ what }) => what.length))
  for (const { what, ours, compared } of figures)
    console.log(`  ${what.padEnd(width)}  ${ours.padStart(14)}   ${compared}`)
}

const ms = (value: number) => `${Math.round(value)} ms`
const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`
const kb = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`

const page = await measurePage()
print('Page, browser door (median of 5 loads, fresh profile each)', [
  { what: 'interactive after', ours: ms(page.interactiveMs), compared: 'aim: at most 1500 ms' },
  { what: 'JavaScript of the first load, gzipped', ours: kb(page.scriptBytes), compared: 'aim: at most 350 KB' },
  { what: 'longest task while loading', ours: ms(page.longestTaskMs), compared: '' },
  { what: 'server ready after', ours: ms(page.serverMs), compared: `a bare Node (node -e 0): ${ms(page.nodeMs)}` },
  {
    what: 'core idle, resident',
    ours: mb(page.idleBytes),
    compared: `aim: under 120 MB; a bare Node: ${mb(page.nodeBytes)}`,
  },
])

const flood = await measureFlood(200)
print(`Log flood: ${mb(flood.bytes)} of coloured lines with progress bars`, [
  {
    what: 'supervisor to file',
    ours: `${(flood.bytes / 2 ** 20 / flood.seconds).toFixed(0)} MB/s`,
    compared: `util-linux script: ${flood.peerSeconds === null ? 'not here' : `${(flood.bytes / 2 ** 20 / flood.peerSeconds).toFixed(0)} MB/s`}`,
  },
  { what: 'lines', ours: `${Math.round(flood.lines / flood.seconds / 1000)} thousand/s`, compared: '' },
  { what: 'bytes missing in the file', ours: String(flood.missing), compared: 'aim: 0' },
  { what: "page's longest task", ours: ms(flood.longestTaskMs), compared: 'aim: under 50 ms' },
  { what: 'page caught up with the end after', ours: ms(flood.caughtUpMs), compared: '' },
  { what: "page's memory, most", ours: mb(flood.pageBytes), compared: '' },
  { what: 'core resident, most', ours: mb(flood.coreBytes), compared: '' },
])
