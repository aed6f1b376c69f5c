import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fuzzReaders } from '../support/dataset-fuzz'

it('300 mutated files end in rows or in an error with a code', async () => {
  const folder = mkdtempSync(join(tmpdir(), '数据 fuzz '))
  const report = await fuzzReaders({ cases: 300, seed: 20_260_801, folder })
  rmSync(folder, { recursive: true })
  expect(report.faults).toEqual([])
  expect(Object.values(report.ends).reduce((sum, count) => sum + count, 0)).toBe(300)
  expect(report.ends['rows']).toBeGreaterThan(0)
  expect(report.ends['DATA_DAMAGED']).toBeGreaterThan(0)
}, 240_000)
