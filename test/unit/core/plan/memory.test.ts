import { describe, expect, test } from 'vitest'
import { compareMemory } from '../../../support/measured-memory'
import { knowledge } from './knowledge'

const recipe = knowledge.recipes.find(({ id }) => id === 'pascal-verl-0.5')
if (recipe === undefined) throw new Error('the recipe that was measured is gone')
const compared = compareMemory(recipe)

describe.each(compared)('the memory table against a real card: $name', ({ phases, peak, process, host }) => {
  test('no phase needs more than the table says', () => {
    for (const { phase, planned, measured } of phases)
      expect(planned, `${phase}: ${planned} planned, ${measured} measured`).toBeGreaterThanOrEqual(measured)
  })
  test('the peak is at most a quarter too high', () => {
    expect(peak.planned / peak.measured).toBeLessThan(1.25)
  })
  test('the whole process and the host stay inside too', () => {
    if (process !== null) expect(process.planned).toBeGreaterThanOrEqual(process.measured)
    expect(host.planned).toBeGreaterThanOrEqual(host.measured)
  })
})

test('enough cases were measured to say so', () => {
  expect(compared.length).toBeGreaterThanOrEqual(9)
  expect(compared.some(({ process }) => process !== null)).toBe(true)
})
