import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellText } from '../../../../main/core/hub/facts/cell'
import { csvRecords, rowsOfText } from '../../../../main/core/hub/facts/preview-text'

const rows = (text: string, format: string, whole = true, most = 10) =>
  rowsOfText(Buffer.from(text), whole, format, most)

describe('the first rows of text', () => {
  test('JSON lines leave a broken last line out, and keep it when it is only without its end', () => {
    expect(rows('{"a":1}\n{"a":', 'jsonl', false).values).toEqual([{ a: 1 }])
    expect(rows('{"a":1}\r\n{"a":2}', 'jsonl')).toMatchObject({ values: [{ a: 1 }, { a: 2 }], totalRows: 2 })
  })
  test.each([
    ['a list', '[{"q":"] , }"},{"q":"\\"x"},{"q":', [{ q: '] , }' }, { q: '"x' }]],
    [
      'rows under a name',
      '{"version": "1", "tags": ["x"], "data": [{"q": 1}, {"q": [2, {"r": 3}]}, {"q"',
      [{ q: 1 }, { q: [2, { r: 3 }] }],
    ],
    ['lines under the wrong name', '{"q":1}\n{"q":2}\n{"q', [{ q: 1 }, { q: 2 }]],
  ])('JSON: %s', (_name, text, expected) => {
    expect(rows(text, 'json', false).values).toEqual(expected)
  })
  test('columns are in the order they appear, with what they hold', () => {
    expect(rows('{"a":1}\n{"b":null,"a":"x"}\n{"b":[1]}', 'jsonl').columns).toEqual([
      { name: 'a', type: 'number | string' },
      { name: 'b', type: 'list' },
    ])
  })
  test('CSV: quotes hold separators, line ends and quotes', () => {
    expect(rows('q,a\r\n"1, ""2""\n3",4\r\n5,', 'csv').values).toEqual([
      { q: '1, "2"\n3', a: '4' },
      { q: '5', a: '' },
    ])
    expect(rows('q\ta\n1,5\t2\n3', 'tsv', false).values).toEqual([{ q: '1,5', a: '2' }])
  })
  test('CSV: what is quoted by the rules is read back', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', '汉') })
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (table) => {
        const text = table
          .map((record) => record.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
          .join('\r\n')
        expect(csvRecords(text, ',', true, 1000)).toEqual(table)
      }),
    )
  })
})

describe('a cell', () => {
  test.each<[unknown, string]>([
    [9007199254740993n, '9007199254740993'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new Date(Number.NaN), 'null'],
    [new Uint8Array([0xff, 0xd8]), '"ffd8"'],
    [new TextEncoder().encode('汉'), '"汉"'],
    [Number.NaN, '"NaN"'],
    [undefined, 'null'],
    [[{ role: 'user', content: 'x', n: 1n }], '[{"role":"user","content":"x","n":1}]'],
    ['<script>alert(1)</script>', '"<script>alert(1)</script>"'],
  ])('%o', (value, text) => {
    expect(cellText(value)).toBe(text)
  })
  test('is cut when it is long, deep or endless', () => {
    expect(cellText('x'.repeat(1_000_000)).length).toBeLessThan(2_010)
    expect(cellText(Array.from({ length: 1_000_000 }, () => 1)).length).toBeLessThan(2_010)
    const endless: { me?: unknown } = {}
    endless.me = endless
    expect(cellText(endless).length).toBeLessThan(2_010)
  })
})
