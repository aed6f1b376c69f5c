import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it } from 'vitest'
import { stepIds, type StepId } from '#contract'
import { words } from '#contract/locales'

/**
 * The whole job as a user starts it in a terminal: real environment, real model, real training, and the
 * program killed in every phase. The root has spaces and Chinese characters, as users' folders have.
 */
const root = mkdtempSync(join(tmpdir(), 'launchpad données 训练 '))
const realData = resolve('..', 'shared', 'data', 'gsm8k')

interface Program {
  child: ChildProcess
  lines: string[]
  /** Resolves when a line holds this text; rejects when the program ends first. */
  saw(text: string): Promise<void>
  ended: Promise<number | null>
}

function practice(...args: string[]): Program {
  const child = spawn(process.execPath, ['dist/node/launchpad.mjs', 'practice', '--root', root, ...args], {
    env: { ...process.env, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting: { text: string; found: () => void }[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      for (const { text, found } of waiting) if (line.includes(text)) found()
    })
  }
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const saw = (text: string) =>
    new Promise<void>((found, failed) => {
      waiting.push({ text, found })
      void ended.then(() => failed(new Error(`ended without "${text}":\n${lines.join('\n')}`)))
    })
  return { child, lines, saw, ended }
}

// The practice has no verl, and nothing to lay over it; downloads, the library, datasets and models of runs have jobs of their own.
const practiceSteps: StepId[] = stepIds.filter(
  (id) => id !== 'environment.patch' && !/^(download|library|dataset|model)\./.test(id),
)
const begun = (id: StepId) => `[${practiceSteps.indexOf(id) + 1}/${practiceSteps.length}] ${words.en.steps[id]}`
const statusOf = (lines: string[], id: StepId) =>
  lines.findLast((line) => line.startsWith(`${begun(id)}: `))?.slice(begun(id).length + 2)
const lastJson = (lines: string[]) =>
  JSON.parse(lines.findLast((line) => line.startsWith('{')) ?? 'null') as Record<string, unknown>
const runs = () => readdirSync(join(root, 'runs'))

beforeAll(() => expect(existsSync('dist/node/launchpad.mjs'), 'npm run build comes first').toBe(true))

describe('practice', () => {
  it(
    'killed in every phase before the training, goes on each time and loses only that phase',
    { timeout: 600_000 },
    async () => {
      const phases: StepId[] = [
        'environment.create',
        'environment.resolve',
        'environment.fetch',
        'environment.install',
        'environment.probe',
        'model',
      ]
      for (const [index, phase] of phases.entries()) {
        const program = practice('--steps', '6')
        await program.saw(begun(phase))
        await new Promise((done) => setTimeout(done, 700))
        program.child.kill('SIGKILL')
        await program.ended
        const before = phases[index - 1]
        // What an earlier start finished is not done again, nor is what was finished before it was killed.
        if (before !== undefined) expect(statusOf(program.lines, before)).toMatch(/^(kept|done)/)
        if (index > 1) expect(statusOf(program.lines, 'environment.create')).toBe('kept')
      }
    },
  )

  it(
    'killed in the training, leaves it running; the same command attaches to it and reports',
    { timeout: 600_000 },
    async () => {
      const program = practice('--steps', '6')
      await program.saw('1 / 6 steps')
      program.child.kill('SIGKILL')
      await program.ended
      expect(runs()).toHaveLength(1)
      const again = practice('--steps', '6', '--json')
      expect(await again.ended).toBe(0)
      expect(statusOf(again.lines, 'model')).toBe('kept')
      expect(runs()).toHaveLength(1)
      const result = lastJson(again.lines)
      expect(result).toMatchObject({ steps: 6, run: runs()[0] })
      expect(result['rewards']).toHaveLength(6)
      expect((result['rewards'] as number[]).some((reward) => reward > 0)).toBe(true)
      expect(existsSync(join(root, 'runs', String(result['run']), 'output', 'final', 'model.safetensors'))).toBe(true)
    },
  )

  it('stopped with Ctrl-C, ends the training too and exits with 130', { timeout: 300_000 }, async () => {
    const program = practice('--steps', '50', '--json')
    await program.saw('1 / 50 steps')
    program.child.kill('SIGINT')
    expect(await program.ended).toBe(130)
    const id = runs().sort().at(-1) ?? ''
    expect(existsSync(join(root, 'runs', id, 'exit.json'))).toBe(true)
  })

  it('refuses data it cannot use, with file and line', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'launchpad-data-'))
    writeFileSync(join(folder, 'train.jsonl'), '{"question":"q","answer":"#### 1"}\n{"question":\n')
    writeFileSync(join(folder, 'test.jsonl'), '{"question":"q","answer":"#### 1"}\n')
    const program = practice('--data', folder, '--json')
    expect(await program.ended).toBe(1)
    expect(lastJson(program.lines)).toMatchObject({ error: { code: 'DATA_BAD_LINE', params: { line: 2 } }, steps: 0 })
  })

  it.runIf(existsSync(realData))('trains on the real GSM8K where it is there', { timeout: 900_000 }, async () => {
    const program = practice('--data', realData, '--steps', '5', '--json')
    expect(await program.ended).toBe(0)
    expect(lastJson(program.lines)).toMatchObject({ steps: 5 })
  })
})

describe('without a network', () => {
  it('says which address failed and what to set, and keeps what it has', { timeout: 120_000 }, async () => {
    const empty = mkdtempSync(join(tmpdir(), 'launchpad-offline-'))
    const program = spawnOffline(empty)
    const lines: string[] = []
    for (const stream of [program.stdout, program.stderr])
      createInterface({ input: stream }).on('line', (line) => lines.push(line))
    expect(await new Promise((done) => program.on('close', done))).toBe(1)
    const { error } = lastJson(lines) as { error: { code: string; message: string } }
    expect(error.code).toBe('NETWORK_UNREACHABLE')
    expect(error.message).toMatch(/proxy/)
    expect(lines.some((line) => line.includes(`${words.en.steps['environment.create']}: done`))).toBe(true)
  })
})

/** A proxy that nobody listens on is what a network that is down looks like to pip and to us. */
function spawnOffline(folder: string) {
  const dead = 'http://127.0.0.1:9'
  const env = {
    ...process.env,
    LANG: 'C.UTF-8',
    HTTP_PROXY: dead,
    HTTPS_PROXY: dead,
    http_proxy: dead,
    https_proxy: dead,
    PIP_NO_CACHE_DIR: '1',
  }
  return spawn(process.execPath, ['dist/node/launchpad.mjs', 'practice', '--root', folder, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
