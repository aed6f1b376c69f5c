import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Finding, ProbeReport } from '#contract'
import { words } from '#contract/locales'
import { childEnvironment } from '../../main/core/proc/environment'
import { runScript } from '../../main/core/proc/script'

/** Reports of the real script, over a fake torch, as the core reads them. */
async function probe(torch: object, modules: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad probe 探测 '))
  for (const [name, text] of Object.entries(modules)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, '__init__.py'), text)
  }
  const events: Finding[] = []
  const report = await runScript({
    name: 'probe_env.py',
    argv: ['python3', resolve('resources/python/probe_env.py'), '--modules', ['torch', ...Object.keys(modules)].join()],
    environment: childEnvironment({
      PYTHONPATH: [folder, resolve('test/fixtures/fake-torch')].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      FAKE_TORCH: JSON.stringify(torch),
    }),
    cwd: folder,
    signal: new AbortController().signal,
    result: ProbeReport,
    onFinding: (finding) => events.push(finding),
  })
  return { report, events }
}

/** Sentences of a finding in both languages that leave a gap. */
function gaps({ code, params }: Finding): string[] {
  return Object.values(words).flatMap(({ finding }) => {
    const sentence = (finding as Record<string, string>)[code]
    if (sentence === undefined) return [`${code}: no sentence`]
    const names = [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '')
    return names.filter((name) => !(name in params)).map((name) => `${code}: ${name}`)
  })
}

describe('the report of the smoke test', () => {
  it('fits the contract with two cards, and every finding can be said', async () => {
    const broken = {
      glibc: 'raise ImportError("/lib/libc.so.6: version `GLIBC_2.34\' not found (required by /x.so)")',
      cxx: 'raise ImportError("libstdc++.so.6: version `GLIBCXX_3.4.29\' not found (required by /x.so)")',
      library: 'raise ImportError("libcudart.so.12: cannot open shared object file: No such file or directory")',
      driver: 'raise ImportError("libcuda.so.1: cannot open shared object file: No such file or directory")',
      symbol: 'raise ImportError("/x.so: undefined symbol: _ZN3c105ErrorC2E")',
      numbers: 'raise ValueError("numpy.dtype size changed, may indicate binary incompatibility")',
      lonely: 'import not_there_at_all',
      illegal: 'import os, signal; os.kill(os.getpid(), signal.SIGILL)',
      odd: 'raise OSError("what")',
      old: 'raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040)")',
      flash_attn: '',
      verl: 'import ray_is_not_here',
    }
    const cards = [
      [6, 1],
      [7, 5],
    ]
    const products = { float16: 'CUDA error: misaligned address' }
    const fake = { cards, archList: ['sm_70', 'sm_75'], products, nccl: 'NCCL error' }
    const { report, events } = await probe(fake, broken)
    expect(report.gpus.map(({ supported }) => supported)).toEqual([false, true])
    expect(report.nccl?.error).toContain('NCCL error')
    expect(events).toEqual(report.findings)
    expect(report.findings.flatMap(gaps)).toEqual([])
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(
      new Set([
        ...['GLIBC_TOO_OLD', 'LIBSTDCXX_OLD', 'SHARED_LIBRARY_MISSING', 'CUDA_DRIVER_MISSING', 'UNDEFINED_SYMBOL'],
        ...['NUMPY_ABI', 'MODULE_NOT_FOUND', 'CPU_INSTRUCTION', 'IMPORT_FAILED', 'CUDA_DRIVER_TOO_OLD'],
        ...['UNDECLARED_MODULE', 'NO_KERNEL_FOR_CARD', 'PRODUCT_FAILED', 'BFLOAT16_EMULATED', 'FLASH_ATTENTION_CARD'],
        'NCCL_FAILED',
      ]),
    )
  })
})
