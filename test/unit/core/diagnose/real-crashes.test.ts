import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { diagnose } from '../../../../main/core/diagnose/diagnose'
import { fileSource } from '../../../../main/core/diagnose/log-source'
import { nothingOwned } from '../../../../main/core/diagnose/rank'
import { loadKnowledge } from '../../../../main/core/diagnose/signatures'

// Made for real by test/crashes/make_crashes.py; "expected" was written before the log was there.
const folder = resolve('test', 'fixtures', 'real-crashes')
const Crash = z.object({
  name: z.string(),
  /** '': no signature is about it. */
  expected: z.string(),
  exit: z.object({ code: z.number().nullable(), signal: z.number().nullable(), oomKills: z.number() }),
  /** What the kernel wrote meanwhile. */
  kernel: z.array(z.string()),
})
const crashes = z.array(Crash).parse(JSON.parse(await readFile(join(folder, 'crashes.json'), 'utf8')))
const knowledge = await loadKnowledge(resolve('resources'))

describe('a crash that was made for real', () => {
  it.each(crashes)('$name is known by its cause', async ({ name, expected, exit: known, kernel }) => {
    const { oomKills, ...exit } = known
    const log = await fileSource(join(folder, `${name}.log`))
    const { status, root } = await diagnose(log, knowledge, { ...nothingOwned, exit, oomKills }, kernel.join('\n'))
    expect(status).toBe('crash')
    expect(root?.signature ?? '').toBe(expected)
    expect(root?.because.length).toBeGreaterThan(0)
  })
})
