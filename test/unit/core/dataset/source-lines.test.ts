import { describe, expect, it } from 'vitest'
import { cutCell, parseRow } from '../../../../main/core/dataset/source/cells'
import { csvField, csvFields, jsonObject } from '../../../../main/core/dataset/source/lines'
import { decodeLz4 } from '../../../../main/core/dataset/source/lz4'
import { jsonItems } from '../../../../main/core/dataset/source/text'
import { textTypes } from '../../../../main/core/dataset/source/types-text'

describe('JSON that DuckDB can read', () => {
  it.each([
    ['{"a": 1}', null],
    ['{"a": NaN, "b": [-Infinity]}', null],
    ['{"a": {"b": 1}, "b": {"b": 2}}', null],
    [String.raw`{"a": "\"b\": 1, \"b\": 2"}`, null],
    [String.raw`{"a": "\ud83d\ude00"}`, null],
    ['{"a": 1, "a": 2}', 'the key "a" is there twice'],
    ['{"x": {"a": 1, "a": 2}}', 'the key "a" is there twice'],
    [String.raw`{"a": "\ud83d"}`, 'half of a surrogate pair'],
    ['[1]', 'no JSON object'],
    ['null', 'no JSON object'],
  ])('%s', (text, detail) => {
    const read = jsonObject(text)
    expect('text' in read ? null : 'detail' in read ? read.detail : read.code).toBe(detail)
  })

  it('finds the items of a list, however one of them is broken', () => {
    const items = (text: string) => Array.from(jsonItems(text), ([from, to]) => text.slice(from, to).trim())
    expect(items('[{"a":"],["}, {"b":[1,2]},3 , "x"]')).toEqual(['{"a":"],["}', '{"b":[1,2]}', '3', '"x"'])
    expect(items('[{"a":},{"b":1}]')).toEqual(['{"a":}', '{"b":1}'])
    expect(items('{\n"a": 1\n}\n{"b": [2]}')).toEqual(['{\n"a": 1\n}', '{"b": [2]}'])
    expect(items('[]')).toEqual([])
    expect(items('[{"a": "never closed')).toEqual(['{"a": "never closed'])
  })
})

describe('CSV', () => {
  it('takes fields apart, and puts them together again', () => {
    const fields = ['plain', null, '', 'a "quote"', 'two\nlines', ' spaces ', 'com,ma', '汉字']
    expect(csvFields(fields.map(csvField).join(','), ',')).toEqual(fields)
    expect(csvFields('', ',')).toEqual([null])
    expect(csvFields('a\t"b\tc"', '\t')).toEqual(['a', 'b\tc'])
    expect(csvFields('a,"b', ',')).toBe('open')
    expect(csvFields('"a"b,c', ',')).toBe('text behind a closing quote')
  })
})

describe('cells', () => {
  it('keeps every digit, and what JSON has no word for', () => {
    expect(parseRow('[9007199254740993,-9007199254740991,1e300,NaN,-Infinity,"NaN, 9007199254740993",0.125]')).toEqual([
      '9007199254740993',
      -9007199254740991,
      1e300,
      'NaN',
      '-Infinity',
      'NaN, 9007199254740993',
      0.125,
    ])
  })

  it('is cut within, and never through a character', () => {
    const [cell, cut] = cutCell({ a: ['x'.repeat(599) + '😀', 'short'], n: 1 })
    expect(cut).toBe(true)
    expect(cell).toEqual({ a: [`${'x'.repeat(599)}…`, 'short'], n: 1 })
    expect(cutCell(Array.from({ length: 1000 }, (_, at) => at))[0]).toHaveLength(201)
    expect(cutCell('x'.repeat(600))).toEqual(['x'.repeat(600), false])
  })
})

it('what DuckDB guesses of texts stays text; names are no types', () => {
  expect(textTypes('STRUCT("date" DATE, "DATE" BIGINT, u UUID)[]')).toBe(
    'STRUCT("date" VARCHAR, "DATE" BIGINT, u VARCHAR)[]',
  )
  expect(textTypes('TIMESTAMP WITH TIME ZONE')).toBe('VARCHAR')
  expect(textTypes('MAP(VARCHAR, TIMESTAMP)')).toBe('MAP(VARCHAR, VARCHAR)')
})

it('LZ4 that is damaged is an error, not an endless loop', () => {
  // A block of one literal and a repetition of it: "a" 20 times.
  const block = [0x1f, 0x61, 0x01, 0x00, 0x00, 0x00]
  const frame = Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, block.length, 0, 0, 0, ...block, 0, 0, 0, 0])
  expect(new TextDecoder().decode(decodeLz4(frame))).toBe('a'.repeat(20))
  for (let at = 0; at < frame.length; at += 1)
    for (const value of [0, 1, 0x7f, 0xff]) {
      const damaged = frame.with(at, value)
      try {
        decodeLz4(damaged)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error)
      }
    }
  expect(() => decodeLz4(frame.subarray(0, 12))).toThrow()
})
