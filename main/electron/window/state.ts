import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'

const Bounds = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
export type Bounds = z.infer<typeof Bounds>

const HostState = z.object({
  bounds: Bounds.nullable(),
  maximized: z.boolean(),
  /** The last ones seen in the core's settings, for the moment before the core answers. */
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['en', 'zh-CN']).nullable(),
  /** What closing the window does was explained already. */
  toldAboutClosing: z.boolean(),
})
export type HostState = z.infer<typeof HostState>

export const firstState: HostState = {
  bounds: null,
  maximized: false,
  theme: 'system',
  language: null,
  toldAboutClosing: false,
}

export const smallest = { width: 640, height: 480 }
const usual = { width: 1240, height: 820 }

/** Where the window goes: where it was, if that is still on a screen, else in the middle of the main one. */
export function placeWindow(
  saved: Bounds | null,
  screens: readonly Bounds[],
): Partial<Bounds> & { width: number; height: number } {
  const main = screens[0] ?? { x: 0, y: 0, ...usual }
  const fit = (wanted: number, least: number, room: number) => Math.min(Math.max(wanted, least), room)
  if (saved === null) return { width: fit(usual.width, 0, main.width), height: fit(usual.height, 0, main.height) }
  // Enough of the title bar must be on one screen that it can be seen and dragged.
  const screen = screens.find(({ x, y, width, height }) => {
    const visible = Math.min(saved.x + saved.width, x + width) - Math.max(saved.x, x)
    return visible >= 120 && saved.y >= y - 8 && saved.y <= y + height - 40
  })
  const room = screen ?? main
  const size = {
    width: fit(saved.width, smallest.width, room.width),
    height: fit(saved.height, smallest.height, room.height),
  }
  return screen === undefined ? size : { x: saved.x, y: saved.y, ...size }
}

/** The page's own background (renderer/ui/tokens.css), so that the window never flashes in the other one. */
export const backgroundColor = (dark: boolean): string => (dark ? '#121316' : '#f5f5f2')

export interface HostStateStore {
  read(): HostState
  update(patch: Partial<HostState>): void
}

/** What the window remembers. Losing it costs nothing, so an unreadable file just counts as none. */
export function openHostState(file: string): HostStateStore {
  let state = firstState
  try {
    state = HostState.parse({ ...firstState, ...(JSON.parse(readFileSync(file, 'utf8')) as object) })
  } catch {
    // First start, or not ours any more.
  }
  return {
    read: () => state,
    update(patch) {
      state = { ...state, ...patch }
      try {
        writeFileSync(`${file}.new`, JSON.stringify(state))
        renameSync(`${file}.new`, file)
      } catch {
        // A full disk must not keep the window from closing.
      }
    },
  }
}
