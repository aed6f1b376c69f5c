import { describe, expect, test } from 'vitest'
import type { Notice } from '#contract'
import type { TrainingNews } from '../../../main/electron/core/messages'
import { newsOf } from '../../../main/electron/core/news'
import { keepsAwake, taskbarProgress, tooltip, trainingLine, unannounced } from '../../../main/electron/desktop/decide'
import { hostWords, sayNotice } from '../../../main/electron/words'
import { emptyProjection } from '../../support/empty-projection'
import { plainRun } from '../../support/run-view'

const training: TrainingNews = { id: 'r1', name: 'first', step: 3, planned: 60, here: true, stopping: false }
const notice = (id: string, at: number, patch: Partial<Notice> = {}): Notice => ({
  ...{ id, at, kind: 'finished', run: 'r1', params: { name: 'first', step: 60 }, cause: null, quiet: false },
  ...patch,
})

describe('the news for the frame of the window', () => {
  const run = (id: string, patch: object) => ({ [id]: { ...plainRun, id, ...patch } })
  test('are the trainings that compute, with how far they are, oldest first', () => {
    const runs = {
      ...run('b', { createdAt: 2, status: 'stopping', cluster: 'http://ray.example:8265' }),
      ...run('a', { createdAt: 1, lastStep: null, stopsAtCheckpoint: true }),
      ...run('c', { status: 'queued' }),
      ...run('d', { status: 'finished' }),
    }
    expect(newsOf({ ...emptyProjection(), runs }).trainings).toEqual([
      { id: 'a', name: 'first', step: null, planned: 4, here: true, stopping: true },
      { id: 'b', name: 'first', step: 1, planned: 4, here: false, stopping: true },
    ])
  })
  test('and the notices that are not quiet, the newest twenty', () => {
    const notices = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`${index}`, notice(`${index}`, 100 - index, { quiet: index === 0 })]),
    )
    const told = newsOf({ ...emptyProjection(), notices }).notices
    expect(told).toHaveLength(20)
    expect(told.at(-1)?.id).toBe('1')
  })
})

describe('a notice', () => {
  test('is announced once, by the app that was there when it came', () => {
    const all = [notice('old', 5), notice('told', 11), notice('new', 12)]
    expect(unannounced(all, new Set(['told']), 10).map(({ id }) => id)).toEqual(['new'])
  })
  test('has the sentence of the core in the language of the window', () => {
    expect(sayNotice('en', notice('x', 1))).toBe('first is finished: 60 steps.')
    expect(sayNotice('zh-CN', notice('x', 1))).toBe('first 已完成，共 60 步。')
  })
})

describe('the tray and the taskbar', () => {
  const words = hostWords('en')
  test('say how far each training is', () => {
    expect(trainingLine(training, words)).toBe('first: step 3 of 60 (5 %)')
    expect(trainingLine({ ...training, planned: null }, words)).toBe('first: step 3')
    expect(trainingLine({ ...training, step: null }, words)).toBe('first: starting')
    expect(tooltip([], words)).toBe('Verl Launchpad')
    expect(tooltip([training], words)).toContain('step 3 of 60')
    expect(
      tooltip(
        Array.from({ length: 9 }, () => training),
        words,
      ),
    ).toHaveLength(127)
  })
  test('show one bar for all of them', () => {
    expect(taskbarProgress([])).toBe(-1)
    expect(taskbarProgress([training, { ...training, step: 33 }])).toBeCloseTo(0.3)
    expect(taskbarProgress([{ ...training, planned: null }])).toBe(2)
    expect(taskbarProgress([{ ...training, step: 61 }])).toBe(1)
  })
})

test('the machine stays awake for what trains on it, not for a cluster', () => {
  expect(keepsAwake({ trainings: [] })).toBe(false)
  expect(keepsAwake({ trainings: [{ ...training, here: false }] })).toBe(false)
  expect(keepsAwake({ trainings: [{ ...training, here: false }, training] })).toBe(true)
})
