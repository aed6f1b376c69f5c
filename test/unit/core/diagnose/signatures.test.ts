import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../main/core/diagnose/diagnose'
import { textSource } from '../../../../main/core/diagnose/log-source'
import { plainLine } from '../../../../main/core/diagnose/plain-line'
import { literalsOf, loadKnowledge } from '../../../../main/core/diagnose/signatures'

const knowledge = await loadKnowledge(resolve('resources'))
const { signatures } = knowledge

/** Signatures found in a log of these lines. */
async function found(lines: readonly string[]): Promise<string[]> {
  const { root, others } = await diagnose(textSource(lines.join('\n')), knowledge)
  return [root, ...others].flatMap((cause) => cause?.signature ?? [])
}

describe('signatures', () => {
  it('have names of their own', () => {
    const ids = signatures.map(({ id }) => id)
    expect(ids).toHaveLength(new Set(ids).size)
    expect(ids.length).toBeGreaterThanOrEqual(90)
  })

  it('can each be looked for in time that grows with the log alone', () => {
    // RE2 takes no pattern that needs backtracking; a fixed text in each keeps the closer look rare.
    for (const { find } of signatures) for (const pattern of find) expect(literalsOf(pattern)).not.toEqual([])
    expect(() => literalsOf('(a+)+$')).toThrow(RangeError)
    expect(() => literalsOf('long enough|x.*y')).toThrow(RangeError)
    expect(() => knowledge.signatures[0]?.patterns[0]?.regex).not.toThrow()
  })

  it('say in both languages only what their patterns capture', () => {
    for (const { id, find, text } of signatures) {
      const captured = new Set(
        find.flatMap((pattern) => [...pattern.matchAll(/\(\?P<(\w+)>/g)].map(([, name]) => name)),
      )
      for (const sentence of Object.values(text).flatMap(({ title, cause, fix }) => [title, cause, fix]))
        for (const [, name] of sentence.matchAll(/\{\{(\w+)\}\}/g)) expect(captured, id).toContain(name)
    }
  })

  it('never advise what makes vLLM worse', () => {
    // expandable segments break its sleep mode: https://github.com/vllm-project/vllm/pull/40812
    for (const { id, remedies } of signatures)
      for (const remedy of remedies)
        if (remedy.kind === 'env' && remedy.name === 'PYTORCH_CUDA_ALLOC_CONF')
          expect(remedy.value, id).not.toContain('expandable_segments:True')
  })

  it.each(signatures.map((signature) => [signature.id, signature] as const))('%s', async (id, signature) => {
    const { kind, tests, within, patterns } = signature
    for (const line of tests.not)
      expect(
        patterns.some(({ regex }) => regex.test(plainLine(line).text)),
        line,
      ).toBe(false)
    if (within !== undefined) return
    if (kind === 'benign') expect(await found(tests.match)).not.toContain(id)
    else expect(await found(tests.match)).toContain(id)
  })
})
