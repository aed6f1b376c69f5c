import { describe, expect, it } from 'vitest'
import { defaultSettings } from '#contract'
import { reduce, type Held } from '../../../renderer/stores/reduce'
import { emptyProjection } from '../../support/empty-projection'
import { plainRun } from '../../support/run-view'

const run = plainRun
const empty = emptyProjection('/data')
const held: Held = { seq: 7, state: { ...empty, runs: { r1: run } } }

describe('the projection', () => {
  it('takes a snapshot whatever was held before', () => {
    expect(reduce(held, { kind: 'snapshot', seq: 1, state: empty })).toEqual({ seq: 1, state: empty })
    expect(reduce(null, { kind: 'snapshot', seq: 9, state: empty })?.seq).toBe(9)
  })

  it('replaces, adds and removes entries and leaves the others as they are', () => {
    const next = reduce(held, {
      kind: 'changes',
      seq: 8,
      changes: [
        { topic: 'runs', key: 'r2', value: { ...run, id: 'r2' } },
        { topic: 'runs', key: 'r1', value: null },
        { topic: 'settings', value: { ...defaultSettings, theme: 'dark' } },
      ],
    })
    expect(Object.keys(next?.state.runs ?? {})).toEqual(['r2'])
    expect(next?.state.settings.theme).toBe('dark')
    expect(next?.state.environments).toBe(held.state.environments)
    expect(held.state.runs).toHaveProperty('r1')
  })

  it.each([7, 9, 6])('asks for a new snapshot when event %i follows number 7', (seq) => {
    expect(reduce(held, { kind: 'changes', seq, changes: [] })).toBeNull()
  })

  it('cannot start with changes', () => {
    expect(reduce(null, { kind: 'changes', seq: 1, changes: [] })).toBeNull()
  })
})
