import * as z from 'zod'

/** Columns and rows of characters. */
export const TerminalSize = z.object({
  cols: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(1000),
})
export type TerminalSize = z.infer<typeof TerminalSize>

/** Enough for a page to find its shells again after a reload. */
export const TerminalView = z.object({ id: z.string(), environment: z.string(), running: z.boolean() })
export type TerminalView = z.infer<typeof TerminalView>

/** How a shell ended: one of the two is null. */
export const TerminalEnd = z.object({ code: z.number().int().nullable(), signal: z.number().int().nullable() })
export type TerminalEnd = z.infer<typeof TerminalEnd>

export const TerminalEvent = z.discriminatedUnion('kind', [
  /** Comes first: the last output there was, to be drawn on an empty screen. Not to be acknowledged. */
  z.object({ kind: z.literal('attached'), text: z.string() }),
  /** `bytes` are to be given to `ack` once the text is drawn: the shell stops when too many are not. */
  z.object({ kind: z.literal('output'), text: z.string(), bytes: z.number().int() }),
  /** Last event: the shell is gone. */
  z.object({ kind: z.literal('ended'), end: TerminalEnd }),
  /** Last event: another page shows this one from now on. */
  z.object({ kind: z.literal('taken') }),
])
export type TerminalEvent = z.infer<typeof TerminalEvent>

/** What the line of a page may do, decided by the door it came through. */
export const DoorRights = z.object({
  /** Open a shell. A window always may; a browser only where it was asked for (`serve --shell`). */
  terminals: z.boolean(),
  /** Paths in inputs must lie in one of these folders; absent: anywhere, as the user's own programs may. */
  folders: z.array(z.string()).optional(),
})
export type DoorRights = z.infer<typeof DoorRights>
