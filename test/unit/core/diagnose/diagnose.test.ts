import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../main/core/diagnose/diagnose'
import { fileSource, textSource, type LogSource } from '../../../../main/core/diagnose/log-source'
import { nothingOwned, type OwnedFacts } from '../../../../main/core/diagnose/rank'
import { loadKnowledge } from '../../../../main/core/diagnose/signatures'

const knowledge = await loadKnowledge(resolve('resources'))
const ofText = (text: string, owned: Partial<OwnedFacts> = {}) =>
  diagnose(textSource(text), knowledge, { ...nothingOwned, ...owned })
const lines = (...given: string[]) => given.join('\n')

const outOfMemory = lines(
  'Traceback (most recent call last):',
  '  File "/e/verl/trainer/main_ppo.py", line 39, in main',
  '    run_ppo(config)',
  'ray.exceptions.RayTaskError(OutOfMemoryError): \u001b[36mray::WorkerDict.actor_rollout_update_actor()\u001b[39m (pid=12, ip=10.0.0.2)',
  '  File "/e/verl/workers/actor/dp_actor.py", line 412, in update_policy',
  '    raise ValueError("No available memory for the cache blocks")',
  'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.16 GiB. GPU 0 has a total capacity of 23.87 GiB of which 1.63 GiB is free.',
)

describe('a verdict', () => {
  it('names the root, the part of a step it happened in, and the line that proves it', async () => {
    const { status, root, others } = await ofText(outOfMemory)
    expect(status).toBe('crash')
    expect(root).toMatchObject({
      ...{ signature: 'cuda-oom', confidence: 'high', phase: 'update' },
      params: { wanted: '2.16 GiB', total: '23.87 GiB', free: '1.63 GiB' },
      evidence: [{ line: 7 }],
    })
    // The line of source that the traceback repeats is no message.
    expect(others).toEqual([])
  })

  it('follows a chain of exceptions to the first, through processes that write across each other', async () => {
    const { root } = await ofText(
      lines(
        '(WorkerDict pid=7) Traceback (most recent call last):',
        '(WorkerDict pid=8) Traceback (most recent call last):',
        '(WorkerDict pid=7)   File "/e/a.py", line 1, in load',
        '(WorkerDict pid=8)   File "/e/b.py", line 9, in wait',
        "(WorkerDict pid=7) ModuleNotFoundError: No module named 'weave'",
        '(WorkerDict pid=8) torch.distributed.DistBackendError: NCCL error in: x.cpp:1691, remote process exited',
        '(WorkerDict pid=7) The above exception was the direct cause of the following exception:',
        '(WorkerDict pid=7) Traceback (most recent call last):',
        '(WorkerDict pid=7) RuntimeError: failed to start',
        'ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.',
      ),
    )
    expect(root).toMatchObject({ signature: 'python-module-missing', params: { module: 'weave' } })
  })

  it('judges the last start of several', async () => {
    const { root, starts, status } = await ofText(
      lines(
        outOfMemory,
        '2026-01-01 10:00:00,1 INFO worker.py:2029 -- Started a local Ray instance.',
        'step:1 - a/b:1',
      ),
    )
    expect({ root, starts, status }).toEqual({ root: null, starts: 2, status: 'unknown' })
  })

  it('takes for survived what training went on after', async () => {
    const { status, root } = await ofText(lines(outOfMemory, 'step:12 - actor/pg_loss:0.1 - critic/score/mean:0.5'))
    expect({ status, root }).toEqual({ status: 'unknown', root: null })
  })

  it('says that it does not know an error, and shows where it is', async () => {
    const { root, excerpt } = await ofText(
      lines(
        'loading',
        'Traceback (most recent call last):',
        '  File "/e/a.py", line 1, in f',
        'FluxError: the flux is gone',
      ),
    )
    expect(root).toMatchObject({
      signature: null,
      confidence: 'low',
      error: { type: 'FluxError', message: 'the flux is gone' },
    })
    expect(excerpt?.text).toContain('in f\nFluxError: the flux is gone')
  })

  it('believes a wrapper only when there is nothing else, and then little', async () => {
    const { root } = await ofText(
      'ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.',
    )
    expect(root).toMatchObject({ signature: 'ray-actor-died-opaque', confidence: 'low' })
  })
})

describe('what the app knows beside the log', () => {
  const exit = (code: number | null, signal: number | null = null) => ({ exit: { code, signal } })

  it('decides how it ended', async () => {
    expect(await ofText('step:1 - a/b:1', exit(0))).toMatchObject({ status: 'clean', root: null })
    expect(await ofText('step:1 - a/b:1', exit(1))).toMatchObject({ status: 'crash', root: null })
    expect(await ofText(outOfMemory, { ...exit(130), stopped: true })).toMatchObject({ status: 'stopped', root: null })
    expect(await ofText(outOfMemory, { running: true })).toMatchObject({ status: 'running', root: null })
  })

  it('finds what no line says: killed for memory, a crash in native code, a full disk', async () => {
    const killed = await ofText('step:1 - a/b:1', { ...exit(null, 9), oomKills: 1 })
    expect(killed.root).toMatchObject({ signature: 'oom-killed-by-kernel', confidence: 'high' })
    expect((await ofText('step:1', exit(139))).root?.signature).toBe('native-segfault')
    const full = await ofText('OSError: [Errno 28] No space left on device', { ...exit(1), diskFreeBytes: 4096 })
    expect(full.root).toMatchObject({ signature: 'disk-full', confidence: 'high' })
  })

  it('doubts a text that does not fit the card', async () => {
    const text = 'RuntimeError: FlashAttention only supports Ampere GPUs or newer.'
    expect((await ofText(text, { ...exit(1), capability: '6.1' })).root?.confidence).toBe('high')
    expect((await ofText(text, { ...exit(1), capability: '8.9' })).root?.confidence).toBe('low')
  })
})

describe('no false alarm', () => {
  it('for a run of real verl on a GPU that was stopped, resumed and finished', async () => {
    const source = await fileSource(resolve('test', 'fixtures', 'gpu-run', 'raw.log'))
    expect(await diagnose(source, knowledge)).toMatchObject({ status: 'clean', root: null, starts: 3 })
  })

  it('for lines that look like trouble and are none', async () => {
    const { status, root } = await ofText(
      lines(
        "Error executing job with overrides: ['data.truncation=error', 'actor_rollout_ref.rollout.dtype=bfloat16']",
        "(TaskRunner pid=1)  'truncation': 'error',",
        'Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.',
        'torch==2.7.1',
        'Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f>',
        'Traceback (most recent call last):',
        '  File "/e/dataloader.py", line 1, in __del__',
        'RuntimeError: DataLoader worker (pid 6110) is killed by signal: Killed.',
      ),
    )
    expect({ status, root }).toEqual({ status: 'unknown', root: null })
  })
})

describe('any input', () => {
  const inFile = async (content: string | Buffer) => {
    const path = join(await mkdtemp(join(tmpdir(), 'launchpad 日志 ')), 'a.log')
    await writeFile(path, content)
    return path
  }

  it('may be empty, without a last line end, or cut anywhere', async () => {
    expect(await ofText('')).toMatchObject({ status: 'unknown', root: null, lines: 0, bytes: 0 })
    const whole = Buffer.from(outOfMemory)
    for (const size of [1, 7, 64]) {
      const pieces: LogSource = {
        async *chunks() {
          for (let at = 0; at < whole.length; at += size) yield await Promise.resolve(whole.subarray(at, at + size))
        },
        slice: () => Promise.resolve(Buffer.alloc(0)),
      }
      expect((await diagnose(pieces, knowledge)).root?.signature).toBe('cuda-oom')
    }
  })

  it('may be UTF-16, as PowerShell writes it', async () => {
    const text = `开始\r\n${outOfMemory}\r\n`
    for (const bytes of [Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(`\ufeff${text}`, 'utf16le').swap16()])
      expect((await diagnose(await fileSource(await inFile(bytes)), knowledge)).root?.signature).toBe('cuda-oom')
  })

  it('is refused when it is no text, or not there', async () => {
    await expect(fileSource(await inFile(Buffer.alloc(9000, 'a\0\0\0')))).rejects.toMatchObject({
      data: { code: 'LOG_NOT_TEXT' },
    })
    await expect(fileSource(join(tmpdir(), 'no such file.log'))).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
  })

  it('may be one line without end, or made to blow patterns up', async () => {
    const long = Buffer.alloc(1 << 20, 'Error: a')
    const source: LogSource = {
      async *chunks() {
        for (let piece = 0; piece < 24; piece += 1) yield await Promise.resolve(long)
        yield Buffer.from(' CUDA out of memory. Tried to allocate 1.00 GiB')
      },
      slice: () => Promise.resolve(Buffer.alloc(0)),
    }
    expect((await diagnose(source, knowledge)).root?.signature).toBe('cuda-oom')
    const spaces = `Traceback (most recent call last):\n${' '.repeat(60_000)}Free memory on device ${'('.repeat(9000)}`
    expect((await ofText(spaces)).status).toBe('unknown')
  })

  it('cannot put control characters or markup of its own into what is shown', async () => {
    const { root } = await ofText(
      "\u001b]0;evil\u0007\u001b[2JModuleNotFoundError: No module named 'x'<img src=x onerror=alert(1)>",
    )
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(JSON.stringify(root)).not.toMatch(/\\u001b|\u001b/)
  })

  it('weighs how full memory was when a process vanished without a word, and not otherwise', async () => {
    const full = { memory: { used: 61, total: 64 }, exit: { code: 1, signal: null } }
    const vanished = 'ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.'
    expect((await ofText(vanished, full)).root).toMatchObject({
      signature: 'oom-killed-by-kernel',
      because: [{ code: 'DIAGNOSIS_BY_MEMORY', params: { used: 61, total: 64 } }],
    })
    const roomy = { ...full, memory: { used: 30, total: 64 } }
    expect((await ofText(vanished, roomy)).root?.signature).toBe('ray-actor-died-opaque')
    const other = lines('Traceback (most recent call last):', '  File "/e/a.py", line 1, in f', 'ValueError: no')
    expect((await ofText(other, full)).root?.signature).toBeNull()
    const card = { vram: { used: 23.1, total: 24 }, exit: { code: 1, signal: null } }
    expect((await ofText(other, card)).root?.signature).toBeNull()
    const because = (await ofText(outOfMemory, card)).root?.because.map(({ code }) => code)
    expect(because).toContain('DIAGNOSIS_BY_VRAM')
  })

  it('may speak Chinese', async () => {
    const { root } = await ofText(
      lines('训练开始 🚀', "FileNotFoundError: [Errno 2] No such file or directory: '/数据/训练 集.parquet'"),
    )
    expect(root?.signature).toBe('data-file-missing')
  })
})

// Real logs with labels, where they lie beside the project; their texts are not ours to carry.
const real = resolve('..', 'shared', 'logs')
describe.skipIf(!existsSync(real))('real logs', () => {
  it('are judged as people judged them, and harmless lines not at all', async () => {
    const table = (await readFile(join(real, 'labels.tsv'), 'utf8')).trim().split('\n').slice(1)
    const labels = new Map(table.map((row) => row.split('\t')).map(([file, label]) => [file, label]))
    for (const name of (await readdir(real)).filter((one) => one.endsWith('.log'))) {
      const { status, root } = await diagnose(await fileSource(join(real, name)), knowledge)
      const wanted = labels.get(name)
      if (wanted === 'benign-shutdown') expect(status, name).toBe('clean')
      else expect(root?.signature, name).toBe(wanted)
    }
    const harmless = await diagnose(await fileSource(join(real, 'harmless.txt')), knowledge)
    expect(harmless.root).toBeNull()
  })
})
