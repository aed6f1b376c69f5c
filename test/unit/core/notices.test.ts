import { describe, expect, it } from 'vitest'
import { defaultSettings, type Notice, type RunView } from '#contract'
import { withCause } from '#contract/locales'
import { isQuiet, noticesOf, type NoticeContext } from '../../../main/core/notice/decide'
import { plainRun } from '../../support/run-view'

const all = { now: 7, notify: defaultSettings.notify, minutes: 12 * 60, disk: null }
const run = (patch: Partial<RunView>): RunView => ({ ...plainRun, lastStep: null, ...patch })
const after = (before: RunView | undefined, patch: Partial<RunView>, context: Partial<NoticeContext> = {}) =>
  noticesOf(before, { ...(before ?? run({})), ...patch }, { ...all, ...context })
const kinds = (notices: Notice[]) => notices.map(({ kind }) => kind)
const score = (step: number, value: number) => ({ key: 'acc', step, value })
const attempt = (number: number, code: number | null) => ({
  ...{ number, startedAt: 0, endedAt: code === null ? null : 1, resumedFrom: null, logFrom: 0 },
  exit: code === null ? null : { code, signal: null },
})

const title = { en: 'The port is taken', 'zh-CN': '端口已被占用' }
const died = (number: number): Partial<RunView> => ({
  ...{ status: 'failed', verdict: { attempt: number, signature: 'port-in-use', title } },
})

describe('what is worth telling', () => {
  it('is the first step, once', () => {
    expect(after(run({}), { lastStep: 1 })).toEqual([
      {
        id: 'r1.firstStep.',
        at: 7,
        kind: 'firstStep',
        run: 'r1',
        params: { name: 'first' },
        cause: null,
        quiet: false,
      },
    ])
    expect(after(run({ lastStep: 1 }), { lastStep: 2 })).toEqual([])
  })
  it('is a validation, and a better one by its own name', () => {
    const first = run({ lastStep: 4 })
    expect(kinds(after(first, { validation: score(4, 0.1), best: score(4, 0.1) }))).toEqual(['validation'])
    const second = run({ lastStep: 8, validation: score(4, 0.1), best: score(4, 0.1) })
    const [best] = after(second, { validation: score(8, 0.31239), best: score(8, 0.31239) })
    expect(best).toMatchObject({ kind: 'best', params: { step: 8, value: 0.3124, before: 0.1 } })
    expect(kinds(after(second, { validation: score(8, 0.05) }))).toEqual(['validation'])
  })
  it('is a stall, when it begins', () => {
    const findings = [{ code: 'RUN_STALLED', severity: 'warning' as const, params: {} }]
    expect(kinds(after(run({ lastStep: 3 }), { findings }))).toEqual(['stall'])
    expect(after(run({ lastStep: 3, findings }), { findings, logBytes: 99 })).toEqual([])
  })
  it('is how it ended, but not that the user stopped it', () => {
    expect(kinds(after(run({}), { status: 'finished' }))).toEqual(['finished'])
    expect(kinds(after(run({}), died(1)))).toEqual(['crash'])
    expect(kinds(after(run({}), { ...died(1), status: 'lost' }))).toEqual(['crash'])
    expect(after(run({ status: 'stopping' }), { status: 'stopped' })).toEqual([])
    expect(after(run(died(1)), { ...died(1), unseen: true })).toEqual([])
  })
  it('is a crash with its cause, as soon as that is found, and not one of long ago', () => {
    expect(after(run({}), { status: 'failed', endedAt: 7 })).toEqual([])
    const fresh = run({ status: 'failed', endedAt: 7 })
    expect(after(fresh, died(1))[0]?.cause).toEqual(title)
    expect(withCause('It ended.', title, 'en')).toBe('It ended. The port is taken.')
    expect(withCause('它结束了。', title, 'zh-CN')).toBe('它结束了。端口已被占用。')
    expect(after(fresh, died(1), { now: 3_600_000 })).toEqual([])
    const unknown = { verdict: { attempt: 1, signature: null, title: null } }
    expect(after(fresh, unknown)[0]?.cause).toBeNull()
  })
  it('is a crash that a restart has mended, and a second one', () => {
    const before = run({ attempts: [attempt(1, null)] })
    const again = { ...before, attempts: [attempt(1, 1), attempt(2, null)] }
    expect(after(before, again).map(({ id }) => id)).toEqual(['r1.crash.1'])
    expect(after(again, { ...died(2), attempts: [attempt(1, 1), attempt(2, 1)] })[0]?.id).toBe('r1.crash.2')
    // Resumed by hand after a stop.
    const stopped = run({ status: 'stopped', attempts: [attempt(1, 130)] })
    expect(after(stopped, { status: 'running', attempts: [attempt(1, 130), attempt(2, null)] })).toEqual([])
  })
  it('of a run that was not watched is only an end that nobody has seen', () => {
    expect(after(undefined, { lastStep: 9, validation: score(4, 1) })).toEqual([])
    expect(after(undefined, died(1))).toEqual([])
    expect(kinds(after(undefined, { ...died(1), unseen: true }))).toEqual(['crash'])
  })
  it('is a disk on which the next checkpoint has no room, while it trains', () => {
    const disk = { freeBytes: 1.94e9, neededBytes: 12e9 }
    const [low] = after(run({}), {}, { disk })
    expect(low).toMatchObject({ kind: 'diskLow', params: { free: '1.9 GB', needed: '12.0 GB' } })
    expect(after(run({ status: 'finished' }), {}, { disk })).toEqual([])
    expect(after(run({}), {}, { disk: { ...disk, freeBytes: 13e9 } })).toEqual([])
  })
  it('is kept quiet in the quiet hours, and where it is not wanted', () => {
    const quiet = { from: '22:00', to: '07:30' }
    const night = (minutes: number) =>
      after(run({}), { lastStep: 1 }, { minutes, notify: { ...all.notify, quiet } })[0]?.quiet
    expect([night(23 * 60), night(7 * 60), night(7 * 60 + 30), night(12 * 60)]).toEqual([true, true, false, false])
    const notify = { kinds: ['crash' as const], quiet: null }
    expect(after(run({}), { lastStep: 1 }, { notify })[0]?.quiet).toBe(true)
    expect(after(run({}), died(1), { notify })[0]?.quiet).toBe(false)
  })
  it('knows quiet hours of one day, too', () => {
    const lunch = { from: '12:00', to: '13:00' }
    expect([719, 720, 779, 780].map((minutes) => isQuiet(lunch, minutes))).toEqual([false, true, true, false])
  })
})
