import { describe, expect, it } from 'vitest'
import type { PlanRequest, PreflightFinding, PreflightReport, RunRequest, Sample } from '#contract'
import { linesOf, meanScore, rowsOf } from '../../../renderer/features/train/checkpoints/rows'
import { groupedRuns, idsOf } from '../../../renderer/features/train/list/groups'
import { phaseLine, shareDone, timeLeft } from '../../../renderer/features/train/run/progress'
import { diffOf } from '../../../renderer/features/train/samples/diff'
import { byStep } from '../../../renderer/features/train/samples/steps'
import { addressOf, argvOf, draftOf, emptyDraft, envOf, requestOf } from '../../../renderer/features/train/start/draft'
import { areaAt, groupsOf, mended } from '../../../renderer/features/train/start/preflight'
import { hrefOf, parseRoute } from '../../../renderer/stores/route'
import { plainRun } from '../../support/run-view'

const plan: PlanRequest = {
  version: 1,
  model: 'Qwen/Qwen2.5-0.5B-Instruct',
  algorithm: 'auto',
  goal: 'fits',
  data: '/data/gsm8k',
  hardware: null,
  gpu: null,
  changes: { 'data.train_batch_size': '60' },
}

describe('what a run is busy with', () => {
  const engine = { id: 'engine' as const, since: 1000, usualSeconds: 120 }

  it('is how long it takes, how long it usually does, and since when the log is still', () => {
    const run = { ...plainRun, phase: engine, logMovedAt: 161_000 }
    expect(phaseLine(run, 181_000)).toEqual({
      id: 'engine',
      forMs: 180_000,
      usualMs: 120_000,
      quietMs: 20_000,
      late: false,
    })
    expect(phaseLine(run, 300_000)?.late).toBe(true)
  })

  it('says nothing of a log that moved just now, nor of what was never seen before', () => {
    const run = { ...plainRun, phase: { ...engine, usualSeconds: null }, logMovedAt: 9000 }
    expect(phaseLine(run, 10_000)).toMatchObject({ usualMs: null, quietMs: null, late: false })
    expect(phaseLine({ ...run, phase: null }, 10_000)).toBeNull()
  })
})

describe('how far a run is', () => {
  const run = { ...plainRun, plannedSteps: 100, lastStep: 40, secondsPerStep: 30 }

  it('has an end only while it trains, its length is known, and steps were timed', () => {
    expect(timeLeft(run)).toBe(60 * 30_000)
    expect(timeLeft({ ...run, status: 'finished' })).toBeNull()
    expect(timeLeft({ ...run, plannedSteps: null })).toBeNull()
    expect(timeLeft({ ...run, secondsPerStep: null })).toBeNull()
    expect(timeLeft({ ...run, lastStep: 120 })).toBe(0)
  })

  it('is a share of what was planned', () => {
    expect(shareDone(run)).toBe(0.4)
    expect(shareDone({ ...run, lastStep: null })).toBe(0)
    expect(shareDone({ ...run, plannedSteps: null })).toBeNull()
  })
})

describe('the list', () => {
  it('begins with the queue by place, then what trains, then what ended', () => {
    const runs = {
      a: { ...plainRun, id: 'a', status: 'finished' as const, createdAt: 5 },
      b: { ...plainRun, id: 'b', status: 'queued' as const, queued: 2 },
      c: { ...plainRun, id: 'c', status: 'queued' as const, queued: 1, createdAt: 9 },
      d: { ...plainRun, id: 'd', status: 'stopping' as const },
      e: { ...plainRun, id: 'e', status: 'lost' as const, createdAt: 6 },
    }
    const order = groupedRuns(runs).map(({ group, runs: some }) => [group, some.map(({ id }) => id)])
    expect(order).toEqual([
      ['queued', ['c', 'b']],
      ['live', ['d']],
      ['over', ['e', 'a']],
    ])
    expect(groupedRuns({})).toEqual([])
  })

  it('is left for a comparison whose address names every run once', () => {
    const route = parseRoute(hrefOf('runs', 'compare', 'a 1,b/2'))
    expect(route).toEqual({ page: 'runs', id: 'compare', part: 'a 1,b/2' })
    expect(idsOf(route.part)).toEqual(['a 1', 'b/2'])
    expect(idsOf('a,,a')).toEqual(['a'])
    expect(idsOf(undefined)).toEqual([])
    expect(parseRoute('#/runs/compare/a,b').part).toBe('a,b')
  })
})

describe('what a step says anew', () => {
  const fresh = (before: string, after: string) =>
    diffOf(before, after).flatMap(({ text, fresh: isFresh }) => (isFresh ? [text.trim()] : []))

  it('is marked word by word, and the parts together are the text', () => {
    const [before, after] = ['So it costs 12 dollars.\n#### 12', 'So all of it costs 15 dollars.\n#### 15']
    expect(fresh(before, after)).toEqual(['all of', '15', '15'])
    expect(
      diffOf(before, after)
        .map(({ text }) => text)
        .join(''),
    ).toBe(after)
  })

  it('is nothing for the same text, and all of it after an empty one', () => {
    expect(fresh('a b', 'a b')).toEqual([])
    expect(diffOf('', 'a b')).toEqual([{ text: 'a b', fresh: true }])
    expect(diffOf('a', '')).toEqual([])
    expect(fresh('答案是十二', '答案是十五')).toEqual(['五'])
  })

  it('has an end for very long texts, too', () => {
    const long = Array.from({ length: 20_000 }, (_, at) => `w${at}`).join(' ')
    expect(fresh(`x ${long} y`, `z ${long} y`)).toEqual(['z'])
    expect(diffOf(long, [...long].reverse().join('')).length).toBeGreaterThan(0)
  })

  it('is grouped by step, oldest first, with the mean of what was scored', () => {
    const one = (step: number, index: number, score: number | null): Sample => ({
      step,
      index,
      score,
      kind: 'train',
      prompt: 'p',
      answer: 'a',
      truth: null,
    })
    const steps = byStep([one(2, 1, 0), one(2, 0, 1), one(1, 0, null)])
    expect(steps.map(({ step, mean, answers }) => [step, mean, answers.map(({ index }) => index)])).toEqual([
      [1, null, [0]],
      [2, 0.5, [0, 1]],
    ])
  })
})

describe('asking a model', () => {
  it('takes numbers and ranges of rows, twenty at most', () => {
    expect(rowsOf('0-2, 7')).toEqual([0, 1, 2, 7])
    expect(rowsOf('3，3')).toEqual([3])
    expect(rowsOf('')).toEqual([])
    expect(rowsOf('0-19')?.length).toBe(20)
    for (const bad of ['0-20', '0-10, 30-40', 'a', '1--2', '-1']) expect(rowsOf(bad), bad).toBeNull()
  })

  it('takes a question a line, and averages what was scored', () => {
    expect(linesOf(' a \n\nb')).toEqual(['a', 'b'])
    expect(meanScore([{ score: 1 }, null, { score: null }, { score: 0 }])).toBe(0.5)
    expect(meanScore([null])).toBeNull()
  })
})

describe('what is asked of the core', () => {
  it('is a command without a shell: an argument a line, whatever is in it', () => {
    expect(argvOf('python\n-c\nprint("a b; rm")\n\nx\n')).toEqual(['python', '-c', 'print("a b; rm")', '', 'x'])
    expect(argvOf(' \n')).toEqual([])
    expect(envOf('A=1\n\n B_2=x=y')).toEqual({ env: { A: '1', B_2: 'x=y' }, badLine: null })
    expect(envOf('A=1\n2B=3').badLine).toBe(2)
  })

  it('is nothing until everything is filled in', () => {
    expect(requestOf(emptyDraft, null, 'n')).toBeNull()
    expect(requestOf({ ...emptyDraft, kind: 'command' }, null, 'n')).toBeNull()
    expect(requestOf({ ...emptyDraft, cluster: {} }, plan, 'n')).toBeNull()
    expect(requestOf({ ...emptyDraft, cluster: { address: 'http://head:8265' } }, plan, 'n')?.cluster).toEqual({
      address: 'http://head:8265',
      shared: null,
    })
    expect(addressOf('ftp://x')).toBeNull()
  })

  it.each<RunRequest>([
    { name: 'a', work: { kind: 'plan', plan, steps: 4 }, environment: 'e', restarts: 2, cluster: null },
    {
      name: 'b',
      work: { kind: 'command', argv: ['python', '训练 1.py'], cwd: '/a b', env: { A: '1' }, steps: null },
      environment: null,
      restarts: 0,
      cluster: { address: 'http://head:8265', shared: '/mnt/共享' },
    },
  ])('comes back the same when $name is duplicated', (request) => {
    const form = draftOf(request)
    expect(requestOf(form, form.plan, 'another')).toEqual(request)
  })
})

describe('the check before the start', () => {
  const finding = (patch: Partial<PreflightFinding>): PreflightFinding => ({
    code: 'X',
    severity: 'error',
    params: {},
    area: 'batch',
    keys: [],
    remedy: null,
    ...patch,
  })

  it('shows every area in its order, and what weighs most first', () => {
    const report: PreflightReport = {
      passed: false,
      seconds: 3,
      environment: 'e',
      verl: '0.9.1',
      areas: [
        { area: 'batch', state: 'failed', params: {} },
        { area: 'reward', state: 'skipped', params: { reason: 'no-truth' } },
      ],
      findings: [finding({ code: 'LESS', severity: 'info' }), finding({ code: 'MORE' })],
    }
    const groups = groupsOf(report)
    expect(groups[0]).toEqual({ area: 'environment', state: 'waiting', reason: null, findings: [] })
    expect(groups.find(({ area }) => area === 'reward')).toMatchObject({ state: 'skipped', reason: 'no-truth' })
    expect(groups.find(({ area }) => area === 'batch')?.findings.map(({ code }) => code)).toEqual(['MORE', 'LESS'])
  })

  it('names the area it is at only where that is known', () => {
    expect(areaAt({ done: 1, total: 9 })).toBe('config')
    expect(areaAt({ done: 1, total: 40 })).toBeNull()
    expect(areaAt(null)).toBeNull()
  })

  it('mends an option of the plan, and nothing that is not one', () => {
    const set = finding({ remedy: { change: 'set', key: 'data.train_batch_size', value: '64' } })
    expect(mended(plan, set)?.changes).toEqual({ 'data.train_batch_size': '64' })
    const remove = finding({ remedy: { change: 'remove', key: 'data.train_batch_size', value: null } })
    expect(mended(plan, remove)?.changes).toEqual({})
    expect(mended({ ...plan, changes: {} }, remove)).toBeNull()
    expect(mended(plan, finding({ remedy: { change: 'environment', key: null, value: null } }))).toBeNull()
    expect(mended(plan, finding({}))).toBeNull()
  })
})
