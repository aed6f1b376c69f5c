import { expect, test } from 'vitest'
import { soakOnce } from '../support/transfer-soak'

test('30 random sequences of faults end with the right bytes or a clear error, never with a wrong file', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { right, refused, wrong, open, faults } = await soakOnce(seed)
    const told = JSON.stringify({ seed, faults, refused })
    expect(wrong, told).toEqual([])
    expect(open, told).toEqual([])
    expect(right + refused.length, told).toBe(4)
    expect(refused, told).not.toContain('INTERNAL')
  }
}, 120_000)
