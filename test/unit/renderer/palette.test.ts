import { expect, it } from 'vitest'
import { matching, type Entry } from '../../../renderer/app/palette/entries'

const entry = (label: string, detail = ''): Entry => ({ href: `#/${label}`, group: 'runs', label, detail })
const entries = [entry('Runs'), entry('Qwen gsm8k', 'failed · 1'), entry('gsm8k long', 'running · 2'), entry('环境')]
const found = (query: string) => matching(entries, query).map(({ label }) => label)

it('finds what has every word, in any order and in any letters, names before the rest', () => {
  expect(found('')).toEqual(['Runs', 'Qwen gsm8k', 'gsm8k long', '环境'])
  expect(found('GSM8K')).toEqual(['gsm8k long', 'Qwen gsm8k'])
  expect(found('gsm8k failed')).toEqual(['Qwen gsm8k'])
  expect(found('ru')).toEqual(['Runs', 'gsm8k long'])
  expect(found('境')).toEqual(['环境'])
  expect(found('nothing')).toEqual([])
})
