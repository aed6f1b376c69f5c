import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MetricPoint } from '../../../main/contract'
import { attemptsOf, lastMetrics } from '../../../main/core/train/attempts'
import { beginLog, loadPhases, plainLine, withLine } from '../../../main/core/train/follow-log'
import { noMetrics, secondsPerStep, withPoint, type MetricsSoFar } from '../../../main/core/train/follow-metrics'
import { healthOf } from '../../../main/core/train/health'

// What real verl wrote on a real GPU: test/fixtures/gpu-run/README.md.
const read = (name: string) => readFile(resolve('test', 'fixtures', 'gpu-run', name), 'utf8')
const phases = await loadPhases(resolve('resources'))
const attempts = attemptsOf(await read('attempts.jsonl'))
const log = Buffer.from(await read('raw.log'))
const points = (await Promise.all([read('metrics.jsonl'), read('metrics-2.jsonl')]))
  .join('')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as MetricPoint)

const phasesOf = (attempt: number): [seen: string[], totalSteps: number | null] => {
  const [from, to] = [attempts[attempt - 1]?.logFrom, attempts[attempt]?.logFrom]
  const seen: string[] = []
  let state = beginLog(attempt, 0)
  for (const line of log
    .subarray(from, to)
    .toString()
    .split(/[\n\r]/)) {
    state = withLine(state, line, 1, phases)
    if (seen.at(-1) !== state.phase) seen.push(state.phase)
  }
  return [seen, state.totalSteps]
}

describe('a run of real verl on a GPU', () => {
  it('goes through its phases, the first time and after a resume', () => {
    const start = ['start', 'ray', 'config', 'data', 'model', 'rollout']
    const [first, total] = phasesOf(1)
    expect(first.slice(0, 6)).toEqual(start)
    expect(total).toBe(40)
    const [second] = phasesOf(2)
    expect(second.slice(0, 6)).toEqual(start)
    expect(second.at(-1)).toBe('end')
    expect(new Set(second.slice(6))).toEqual(new Set(['steps', 'save', 'end']))
  })

  it('is one stream of metrics over both attempts, whose best is the first of equals', () => {
    const metrics = points.reduce(withPoint, noMetrics)
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    expect(metrics).toMatchObject({ lastStep: 40, lastReward: 0.4296875, best: { step: 10, value: 0.03125 } })
    expect(secondsPerStep(metrics)).toBeGreaterThan(20)
  })

  it('leaves how full memory was in its last step', async () => {
    const last = await lastMetrics(resolve('test', 'fixtures', 'gpu-run'), attempts.length)
    expect(last?.step).toBe(40)
    expect(last?.data['perf/cpu_memory_used_gb']).toBeGreaterThan(1)
    expect(last?.data['perf/max_memory_reserved_gb']).toBeGreaterThan(1)
  })

  it('is told that its reward falls, halfway down, and of nothing else', () => {
    const said = new Map<string, number>()
    points.reduce<MetricsSoFar>((before, point) => {
      const metrics = withPoint(before, point)
      const facts = {
        metrics,
        log: beginLog(1, 0),
        grouped: true,
        restarts: 0,
        running: true,
        memoryBytes: 128 * 2 ** 30,
        now: 0,
      }
      for (const { code } of healthOf(facts)) if (!said.has(code)) said.set(code, point.step)
      return metrics
    }, noMetrics)
    expect([...said.keys()]).toEqual(['RUN_REWARD_FALLING'])
    expect(said.get('RUN_REWARD_FALLING')).toBeLessThan(25)
  })

  it('shows its lines without the dress of Ray', () => {
    const line =
      log
        .toString()
        .split('\n')
        .find((one) => one.includes('Training from scratch')) ?? ''
    expect(line).toMatch(/^.*\(TaskRunner pid=\d+\)/)
    expect(plainLine(line)).toMatch(/^Training from scratch/)
  })
})
