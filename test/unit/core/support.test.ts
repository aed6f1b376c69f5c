import { describe, expect, it } from 'vitest'
import { supportText } from '../../../main/core/report/support'
import { emptyProjection } from '../../support/empty-projection'
import { gpu, machine } from '../../support/machine'
import { plainRun } from '../../support/run-view'

const own = { home: '/home/meiling', user: 'meiling', host: 'gpu-box-17' }
const token = 'hf_AbCdEfGhIjKlMnOpQrStUvWx'
const title = { en: 'The port is taken', 'zh-CN': '端口已被占用' }

function report(log: string): string {
  const state = emptyProjection('/home/meiling/数据')
  state.machine = machine([gpu('Tesla P40', '6.1', 22.4)])
  state.settings.network.proxy = `http://meiling:${token}@10.0.0.7:8080`
  for (let number = 1; number <= 12; number += 1)
    state.runs[`r${number}`] = {
      ...{ ...plainRun, id: `r${number}`, createdAt: number, status: 'failed' },
      verdict: { attempt: 1, signature: 'port-in-use', title },
    }
  const native = ['DuckDB: works', 'tokenizers: Cannot find module']
  const facts = { state, node: '20.19.0', uptimeSeconds: 61, freeBytes: 12e9, native, diagnosis: 'It: crash', log }
  return supportText(facts, own)
}

describe('the support report', () => {
  it('says what a helper would ask for', () => {
    const text = report('{"msg":"opened"}')
    for (const part of [
      'Tesla P40',
      'Node 20.19.0',
      '12.0 GB free',
      'DuckDB: works',
      'The port is taken',
      'opened',
      'crash',
    ])
      expect(text).toContain(part)
    // The newest ten, the newest first.
    expect([...text.matchAll(/^ {4}(r\d+):/gm)].map(([, id]) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `r${12 - index}`),
    )
  })
  it('says neither who nor where, and no secret, and is no longer than somebody reads', () => {
    const text = report(`${token} /home/meiling/x gpu-box-17\n${'x'.repeat(100_000)}`)
    expect(text).not.toMatch(/meiling|gpu-box-17|hf_Ab|10\.0\.0\.7/)
    expect(text.length).toBeLessThan(61_000)
  })
})
