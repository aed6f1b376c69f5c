import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPump, type Pump, type PumpState } from '../../../renderer/terminal/pump'

const MIB = 1024 * 1024
const LINE = 'step 00000001 of a log\n'

interface Log {
  text: string
}

function pumpOver(log: Log) {
  let written = ''
  let inFlight = 0
  let mostInFlight = 0
  const skips: number[] = []
  let last: PumpState | null = null
  let failures = 0
  const pump = createPump(
    {
      read: (from, max) => {
        if (failures > 0) {
          failures -= 1
          return Promise.reject(new Error('not connected'))
        }
        const text = log.text.slice(from, from + max)
        return Promise.resolve({ from, next: from + text.length, size: log.text.length, text })
      },
      write: async (text) => {
        inFlight += 1
        mostInFlight = Math.max(mostInFlight, inFlight)
        await Promise.resolve()
        written += text
        inFlight -= 1
      },
      reset: () => {
        written = ''
      },
      skipped: (bytes) => skips.push(bytes),
      frame: () => Promise.resolve(),
      pause: () => Promise.resolve(),
      changed: (state) => {
        last = state
      },
    },
    log.text.length,
  )
  return {
    pump,
    skips,
    written: () => written,
    most: () => mostInFlight,
    state: () => last,
    failNext: (times: number) => {
      failures = times
    },
  }
}

let open: Pump | null = null
afterEach(() => open?.dispose())

describe('the log pump', () => {
  it('shows a short log whole and follows it, one write at a time', async () => {
    const log = { text: LINE.repeat(100) }
    const seen = pumpOver(log)
    open = seen.pump
    await vi.waitFor(() => expect(seen.written()).toBe(log.text))
    log.text += LINE.repeat(20_000)
    seen.pump.grow(log.text.length)
    await vi.waitFor(() => expect(seen.written()).toBe(log.text))
    expect(seen.most()).toBe(1)
    expect(seen.skips).toEqual([])
  })

  it('opens a long log near its end, at a whole line', async () => {
    const log = { text: LINE.repeat(100_000) }
    const seen = pumpOver(log)
    open = seen.pump
    await vi.waitFor(() => expect(seen.state()?.next).toBe(log.text.length))
    expect(seen.state()?.from).toBeGreaterThan(MIB)
    expect(seen.written().startsWith('step ')).toBe(true)
    expect(log.text.endsWith(seen.written())).toBe(true)
  })

  it('jumps to the tail when it falls far behind, and says how much it left out', async () => {
    const log = { text: LINE }
    const seen = pumpOver(log)
    open = seen.pump
    await vi.waitFor(() => expect(seen.written()).toBe(LINE))
    log.text += LINE.repeat(400_000)
    seen.pump.grow(log.text.length)
    await vi.waitFor(() => expect(seen.state()?.next).toBe(log.text.length))
    expect(seen.skips).toHaveLength(1)
    expect(seen.skips[0]).toBeGreaterThan(8 * MIB)
    expect(seen.written().length).toBeLessThan(MIB)
  })

  it('reads from the start in parts and goes back to following', async () => {
    const log = { text: LINE.repeat(200_000) }
    const seen = pumpOver(log)
    open = seen.pump
    await vi.waitFor(() => expect(seen.state()?.next).toBe(log.text.length))
    seen.pump.fromStart()
    await vi.waitFor(() => expect(seen.state()?.next).toBe(MIB))
    expect(log.text.startsWith(seen.written())).toBe(true)
    seen.pump.nextPart()
    await vi.waitFor(() => expect(seen.state()?.next).toBe(2 * MIB))
    seen.pump.follow()
    await vi.waitFor(() => expect(seen.state()?.next).toBe(log.text.length))
    expect(seen.state()?.mode).toBe('follow')
  })

  it('tries again after a failed read and loses nothing', async () => {
    const log = { text: LINE }
    const seen = pumpOver(log)
    open = seen.pump
    await vi.waitFor(() => expect(seen.written()).toBe(LINE))
    seen.failNext(3)
    log.text += LINE.repeat(10)
    seen.pump.grow(log.text.length)
    await vi.waitFor(() => expect(seen.written()).toBe(log.text))
    expect(seen.state()?.failed).toBe(false)
  })
})
