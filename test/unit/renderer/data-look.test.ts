import { describe, expect, it } from 'vitest'
import type { DataColumn, DataRow, DataRows, OpenedData } from '#contract'
import { choicesFor } from '../../../renderer/features/dataset/compare/beside'
import { schemaOf } from '../../../renderer/features/dataset/compare/schema'
import {
  keyOf,
  parseRecent,
  refOf,
  splitsOf,
  typedPaths,
  withConfig,
  withRecent,
} from '../../../renderer/features/dataset/refs'
import { dataRoute, parseDataRoute } from '../../../renderer/features/dataset/route'
import { inSight, placesOf } from '../../../renderer/features/dataset/rows/across'
import { cellText, messagesOf, wholeText, widthsOf } from '../../../renderer/features/dataset/rows/cell'
import { opsOf } from '../../../renderer/features/dataset/rows/ops'
import { step } from '../../../renderer/features/dataset/rows/keys'
import { nextSort } from '../../../renderer/features/dataset/rows/order'
import { createRowPages, PAGE } from '../../../renderer/features/dataset/rows/pages'
import {
  barAt,
  LONGEST,
  moved,
  mustSettle,
  placeAt,
  revealed,
  ROW,
  spacerOf,
  windowOf,
} from '../../../renderer/features/dataset/rows/scroll'
import { partsOf } from '../../../renderer/features/dataset/value/rich'
import { hrefOf, parseRoute } from '../../../renderer/stores/route'

const column = (name: string, kind: DataColumn['kind'] = 'text', type = 'VARCHAR'): DataColumn => ({ name, kind, type })

const opened: OpenedData = {
  name: 'gsm8k',
  configs: [
    { name: 'main', splits: ['train', 'test'] },
    { name: 'socratic', splits: ['train'] },
  ],
  config: 'main',
  split: 'train',
  files: [],
  bytes: 0,
  columns: [],
  rows: 2,
  findings: [],
}

describe('what is open', () => {
  it('stands in the address, with spaces and 汉字, and comes back from it', () => {
    const data = { ...refOf(['/data/数据 集/a&b#1.jsonl']), split: 'train' }
    const { id } = parseRoute(hrefOf('data', dataRoute(data, 'profile')))
    expect(parseDataRoute(id)).toEqual({ data, tab: 'profile' })
  })

  it.each([
    ['/data/a b.parquet', ['/data/a b.parquet']],
    ['"C:\\data\\train.csv"', ['C:\\data\\train.csv']],
    ['file:///data/%E6%95%B0%20x.jsonl', ['/data/数 x.jsonl']],
    ['file:///C:/data/x.jsonl', ['C:/data/x.jsonl']],
    [' /a.parquet \r\n/b.parquet\n', ['/a.parquet', '/b.parquet']],
    ['   ', []],
  ])('is named as people paste it: %j', (text, paths) => expect(typedPaths(text)).toEqual(paths))

  it('keeps the split only where the other configuration has it', () => {
    const data = { ...refOf(['/d']), config: 'main', split: 'test' }
    expect(withConfig(data, 'socratic', { ...opened, split: 'test' }).split).toBeNull()
    expect(withConfig(data, 'socratic', opened).split).toBe('train')
    expect(splitsOf(opened)).toEqual(['train', 'test'])
  })

  it('is remembered once for the same files, newest first, and nothing foreign is taken for it', () => {
    const entry = (path: string, split: string | null, at: number) => ({
      data: { ...refOf([path]), split },
      name: path,
      at,
    })
    const list = [entry('/a', null, 1), entry('/b', null, 2)]
    const next = withRecent(list, entry('/b', 'test', 3))
    expect(next.map(({ data }) => [data.paths[0], data.split])).toEqual([
      ['/b', 'test'],
      ['/a', null],
    ])
    expect(parseRecent(JSON.stringify(next))).toEqual(next)
    for (const text of [null, '', '{', '[1]', '{"data":1}']) expect(parseRecent(text)).toEqual([])
  })
})

describe('a list longer than an element may be', () => {
  const track = { content: 50_000_000 * ROW, view: 600 }

  it('is as long as its rows while it can be', () => {
    const small = { content: 1000 * ROW, view: 600 }
    expect(spacerOf(small)).toBe(small.content)
    expect(moved(small, { scroll: 0, top: 0 }, 777)).toEqual({ scroll: 777, top: 777 })
    expect(spacerOf(track)).toBe(LONGEST)
  })

  it('moves by what the wheel says, and by share when the bar is dragged', () => {
    const at = placeAt(track, 900_000_000)
    const wheel = moved(track, at, at.scroll + 120)
    expect(wheel.top).toBeCloseTo(at.top + 120)
    const half = moved(track, at, (LONGEST - 600) / 4)
    expect(half.top / track.content).toBeCloseTo(0.25, 3)
  })

  it('reaches its first and its last row', () => {
    expect(moved(track, placeAt(track, 5000), 0).top).toBe(0)
    const end = moved(track, placeAt(track, 0), LONGEST - 600)
    expect(windowOf(track, end.top, 50_000_000).to).toBe(50_000_000)
    expect(end.top + track.view).toBe(track.content)
  })

  it('puts its bar right before that gets to an end too early', () => {
    let place = placeAt(track, 6_000_000)
    let turns = 0
    while (place.top > 0 && turns < 100_000) {
      place = moved(track, place, Math.max(0, place.scroll - 1000))
      if (mustSettle(track, place)) place = placeAt(track, place.top)
      turns += 1
    }
    expect(turns).toBe(6000)
    expect(barAt(track, place.top)).toBe(0)
  })

  it('brings a row into sight by the shortest way', () => {
    expect(revealed(track, 100 * ROW, 100)).toBe(100 * ROW)
    expect(revealed(track, 100 * ROW, 99)).toBe(99 * ROW)
    expect(revealed(track, 0, 20)).toBe(21 * ROW - 600)
  })

  it('draws nothing of an empty list', () =>
    expect(windowOf({ content: 0, view: 600 }, 0, 0)).toEqual({ from: 0, to: 0 }))
})

describe('pages of rows', () => {
  const rows = (from: number, count: number): DataRow[] =>
    Array.from({ length: count }, (_, at) => ({ index: from + at, cells: [from + at], cut: false }))

  function source(total: number | null, all = 1000) {
    const asked: number[] = []
    const given: { from: number; signal: AbortSignal; answer(): void; fail(): void }[] = []
    const pages = createRowPages((from, count, signal) => {
      asked.push(from)
      return new Promise<DataRows>((resolve, reject) =>
        given.push({
          from,
          signal,
          answer: () => resolve({ rows: rows(from, Math.max(0, Math.min(count, all - from))), total }),
          fail: () => reject(new Error('gone')),
        }),
      )
    })
    const settle = async (act: 'answer' | 'fail' = 'answer') => {
      for (const one of given.splice(0)) one[act]()
      await new Promise((resolve) => setTimeout(resolve))
    }
    return { pages, asked, given, settle }
  }

  it('are asked for once, and given up when they are scrolled past', async () => {
    const { pages, asked, given, settle } = source(1000)
    pages.want(0, 40)
    pages.want(10, 60)
    expect(asked).toEqual([0])
    pages.want(530, 570)
    expect(asked).toEqual([0, 500])
    expect(given.map(({ signal }) => signal.aborted)).toEqual([true, false])
    await settle()
    expect(pages.row(10)).toBeUndefined()
    expect(pages.row(531)?.index).toBe(531)
    expect(pages.total()).toBe(1000)
  })

  it('tell their readers, and are held until too many others were looked at', async () => {
    const { pages, asked, settle } = source(100_000, 100_000)
    let told = 0
    const leave = pages.subscribe(() => (told += 1))
    for (let page = 0; page < 70; page += 1) {
      pages.want(page * PAGE, page * PAGE + 10)
      await settle()
    }
    expect(told).toBe(70)
    expect(pages.row(0)).toBeUndefined()
    expect(pages.row(69 * PAGE)?.index).toBe(6900)
    pages.want(69 * PAGE, 69 * PAGE + 10)
    expect(asked).toHaveLength(70)
    leave()
  })

  it('know where the rows end when nobody has counted them', async () => {
    const { pages, settle } = source(null, 130)
    pages.want(0, 40)
    await settle()
    expect([pages.total(), pages.length(null), pages.length(500)]).toEqual([null, 101, 500])
    pages.want(90, 130)
    await settle()
    expect(pages.total()).toBe(130)
  })

  it('end also where the last page is full', async () => {
    const { pages, settle } = source(null, 100)
    pages.want(0, 40)
    await settle()
    pages.want(60, pages.length(null))
    await settle()
    expect([pages.total(), pages.length(null)]).toEqual([100, 100])
  })

  it('say what went wrong, and ask again only when told to', async () => {
    const { pages, asked, settle } = source(10, 10)
    pages.want(0, 10)
    await settle('fail')
    expect(pages.error()?.params).toEqual({ detail: 'gone' })
    pages.want(0, 10)
    expect(asked).toEqual([0])
    pages.retry()
    await settle()
    expect([pages.error(), pages.row(3)?.index]).toEqual([null, 3])
  })
})

describe('texts', () => {
  const kinds = (text: string) => partsOf(text).map(({ kind, text: part }) => `${kind}:${part}`)

  it.each([
    ['It costs $5 and $10.', ['text:It costs $5 and $10.']],
    ['$5-$10 for $x$', ['text:$5-$10 for ', 'math:x']],
    ['a $x^2$ b', ['text:a ', 'math:x^2', 'text: b']],
    ['\\$x$', ['text:\\$x$']],
    ['\\(a\\) \\[b\\] $$c$$', ['math:a', 'text: ', 'math:b', 'text: ', 'math:c']],
    ['\\begin{align*}x&=1\\end{align*}', ['math:\\begin{align*}x&=1\\end{align*}']],
    ['run `rm $x` now', ['text:run ', 'code:rm $x', 'text: now']],
    ['see:\n```python\nprint("$x$")\n```\nend', ['text:see:\n', 'code:print("$x$")', 'text:\nend']],
    ['```\nnever closed $x$', ['code:never closed $x$']],
    ['<b>$x$</b>', ['text:<b>', 'math:x', 'text:</b>']],
  ])('are taken apart: %j', (text, parts) => expect(kinds(text)).toEqual(parts))

  it('end soon, however a text is made', () => {
    for (const text of [
      '$'.repeat(50_000),
      '$a'.repeat(40_000),
      '`'.repeat(60_000),
      '\\('.repeat(50_000),
      '\n```'.repeat(9000),
    ]) {
      const parts = partsOf(text)
      expect(parts.length).toBeGreaterThan(0)
    }
  }, 20_000)

  it('of a cell are one line, and whole for the clipboard', () => {
    expect(cellText('a\n\n  b')).toBe('a b')
    expect(cellText('x'.repeat(10_000)).length).toBeLessThan(300)
    expect(cellText({ a: [1] })).toBe('{"a":[1]}')
    expect(wholeText('a\n b')).toBe('a\n b')
    expect(wholeText([1])).toBe('[\n  1\n]')
  })

  it('are a conversation only where every turn has a role', () => {
    expect(messagesOf([{ role: 'user', content: 'hi' }])).toEqual([{ role: 'user', content: 'hi' }])
    expect(messagesOf([{ role: 'user', content: [{ type: 'image' }] }])?.[0]?.content).toBe('[{"type":"image"}]')
    for (const other of [[], 'user', [1], [{ role: 'user' }], [{ content: 'x' }], { role: 'user', content: 'x' }])
      expect(messagesOf(other)).toBeNull()
  })
})

describe('the grid', () => {
  it('goes where the keys say, and no further than its edges', () => {
    const size = { rows: 100, columns: 4, fits: 10 }
    const press = (key: string, ctrlKey = false) => step({ key, ctrlKey, metaKey: false }, { row: 5, column: 1 }, size)
    expect(press('ArrowDown')).toEqual({ row: 6, column: 1 })
    expect(press('PageUp')).toEqual({ row: 0, column: 1 })
    expect(press('PageDown')).toEqual({ row: 15, column: 1 })
    expect(press('End')).toEqual({ row: 5, column: 3 })
    expect(press('End', true)).toEqual({ row: 99, column: 3 })
    expect(press('Home', true)).toEqual({ row: 0, column: 0 })
    expect(press('x')).toBeNull()
    expect(press('toString')).toBeNull()
  })

  it('sorts one way, the other way, and not at all', () => {
    const once = nextSort(null, 'a')
    const twice = nextSort(once, 'a')
    expect([once?.descending, twice?.descending, nextSort(twice, 'a')]).toEqual([false, true, null])
    expect(nextSort(twice, 'b')).toEqual({ column: 'b', descending: false })
  })

  it('gives the room that is left to columns that hold much, and keeps what was set by hand', () => {
    const columns = [column('n', 'number'), column('text'), column('answer')]
    const [number = 0, text = 0, answer = 0] = widthsOf(columns, new Map([['answer', 500]]), 2000)
    expect(answer).toBe(500)
    expect(number + text + answer).toBe(2000)
    expect(text).toBeGreaterThan(number)
  })

  it('draws of a thousand columns those in sight', () => {
    const { places, width } = placesOf(
      Array.from({ length: 1000 }, () => 100),
      84,
    )
    expect(width).toBe(100_084)
    const seen = inSight(places, 50_000, 1000).map(({ at }) => at)
    expect(seen).toHaveLength(seen.at(-1)! - seen[0]! + 1)
    expect(seen).toContain(499)
    expect(seen).toContain(509)
    expect(seen.length).toBeLessThan(25)
  })

  it('asks of a column what its kind can answer', () => {
    expect(opsOf('number')).not.toContain('contains')
    expect(opsOf('bytes')).toEqual(['empty', 'filled'])
    expect(opsOf('messages')).toContain('contains')
  })
})

describe('two datasets', () => {
  it('can be the splits of one, anything that is here, but never the same twice', () => {
    const data = refOf(['/hub/gsm8k'])
    const recent = [
      { data: { ...data, config: 'main', split: 'test' }, name: 'gsm8k', at: 1 },
      { data: refOf(['/other']), name: 'other', at: 2 },
      { data, name: 'gsm8k', at: 3 },
    ]
    const found = choicesFor({ data, opened, library: {}, datasets: {}, recent })
    expect(found.map(({ shelf, label }) => `${shelf} ${label}`)).toEqual(['splits test', 'recent other'])
    expect(new Set(found.map((choice) => keyOf(choice.data))).size).toBe(found.length)
  })

  it('differ by name and by type', () => {
    const a = [column('q'), column('a'), column('n', 'number', 'BIGINT')]
    const b = [column('q'), column('n', 'number', 'DOUBLE'), column('x')]
    expect(schemaOf(a, b)).toEqual({ onlyA: ['a'], onlyB: ['x'], differ: [{ name: 'n', a: 'BIGINT', b: 'DOUBLE' }] })
  })
})
