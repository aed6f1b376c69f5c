import { describe, expect, it } from 'vitest'
import { environmentScene } from '../../fixtures/fake-core/environment-scenes'
import {
  bytesOf,
  byFit,
  hasRival,
  nameOf,
  nameOfEnvironment,
  pinned,
  safeIds,
  shownJobs,
  slowest,
  sortedEnvironments,
} from '../../../renderer/features/environment/names'
import { recipes, space } from '../../fixtures/fake-core/environment-scenes'

const many = environmentScene('env-many').environments ?? {}
const views = Object.values(many)
const failed = environmentScene('env-failed')

describe('the name of an environment', () => {
  it('is its trainer with the engine that writes answers', () => {
    expect(nameOf(pinned(['verl==0.9.1', 'vllm==0.12.0', 'numpy<2']), 'x')).toEqual({
      main: 'verl 0.9.1',
      engine: 'vLLM',
    })
    expect(nameOf(pinned(['trl[peft]==0.23.0']), 'x').engine).toBeNull()
    expect(nameOf(pinned(['trl==0.23.0']), 'x').main).toBe('TRL 0.23.0')
  })
  it('comes from the recipe while nothing is installed, and from the folder for one of the user', () => {
    expect(nameOf([], 'volta-verl-0.6').main).toBe('verl 0.6')
    expect(nameOf([], 'practice-cpu').main).toBe('practice-cpu')
    const yours = views.find(({ kind }) => kind === 'yours')
    expect(yours && nameOfEnvironment({ ...yours, packages: [] }).main).toBe('my-verl')
  })
})

describe('the list', () => {
  it('has those in use first, then the newest', () => {
    const sorted = sortedEnvironments(many)
    const firstIdle = sorted.findIndex(({ current }) => !current)
    expect(sorted.slice(firstIdle).every(({ current }) => !current)).toBe(true)
    expect(sorted[0]?.current).toBe(true)
  })
  it('offers a choice only among several of one recipe', () => {
    const rivals = views.filter((view) => hasRival(view, many)).map(({ recipe }) => recipe)
    expect(rivals).toEqual(['ampere-verl-0.9', 'ampere-verl-0.9'])
  })
})

describe('jobs on the page', () => {
  const jobs = failed.jobs ?? {}
  const [job] = Object.values(jobs)
  const all = failed.environments ?? {}
  it('are the last try at what is not ready, and none once it is', () => {
    expect(shownJobs(jobs, all)).toHaveLength(1)
    const healed = Object.fromEntries(
      Object.entries(all).map(([id, view]) => [id, { ...view, status: 'ready' as const }]),
    )
    expect(shownJobs(jobs, healed)).toEqual([])
  })
  it('leave out an older failure when a newer try succeeded', () => {
    if (job === undefined) throw new Error('the scene has a job')
    const later = { ...job, id: 'later', startedAt: job.startedAt + 1, status: 'done' as const }
    expect(shownJobs({ ...jobs, later }, {})).toEqual([])
  })
})

it('import times are slowest first, and one that never came back before all', () => {
  const entry = (name: string, seconds: number | null) => ({ name, version: null, seconds, error: null })
  const sorted = slowest([entry('fast', 0.5), entry('hung', null), entry('slow', 2)])
  expect(sorted.map(({ name }) => name)).toEqual(['hung', 'slow', 'fast'])
  expect(sorted.map(({ share }) => share)).toEqual([0, 1, 0.25])
})

it('recipes keep the order of the core, those that fit apart', () => {
  const { fitting, rest } = byFit(recipes(true))
  expect(fitting.map(({ id }) => id)).toEqual(['pascal-verl-0.5', 'pascal-verl-0.5-cu118'])
  expect(rest.every(({ objections }) => objections.length > 0)).toBe(true)
})

it('only what loses nothing is chosen for deletion at first', () => {
  const safe = safeIds(space.items)
  expect(safe).not.toContain('envs/a')
  expect(bytesOf(space.items, ['cache/wheels', 'cache/odd'])).toBe(3.105e9)
})
