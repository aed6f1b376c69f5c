import type { Cell, ColumnKind, DataColumn } from '#contract'

export interface Message {
  role: string
  content: string
}

/** A list of {role, content}, as chats are kept; null: it is something else. */
export function messagesOf(value: Cell | undefined): Message[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const turns: Message[] = []
  for (const turn of value) {
    if (typeof turn !== 'object' || turn === null || Array.isArray(turn)) return null
    const { role, content } = turn
    if (typeof role !== 'string' || content === undefined) return null
    turns.push({
      role,
      content: typeof content === 'string' ? content : content === null ? '' : JSON.stringify(content),
    })
  }
  return turns
}

/** No cell of the grid shows more; layout of a long line is what makes a grid slow. */
const LONGEST = 260

/** One line for a cell of the grid. */
export function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value.slice(0, LONGEST).replace(/\s+/g, ' ')
  if (typeof value !== 'object') return String(value)
  return JSON.stringify(value).slice(0, LONGEST)
}

/** All of it, for the clipboard: a text as it is, the rest as JSON. */
export const wholeText = (value: Cell | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null, null, 2)

const widths: Record<ColumnKind, number> = {
  text: 340,
  number: 116,
  boolean: 96,
  time: 190,
  messages: 380,
  list: 230,
  struct: 260,
  json: 260,
  bytes: 120,
  other: 180,
}

/** Kinds that a reader wants more of when there is room. */
const wide: ColumnKind[] = ['text', 'messages', 'list', 'struct', 'json']

/** Pixels for each column: as it needs, and what is left over shared by those that hold much. */
export function widthsOf(columns: readonly DataColumn[], set: ReadonlyMap<string, number>, room: number): number[] {
  const own = columns.map(
    ({ name, kind }) => set.get(name) ?? Math.max(widths[kind], Math.min(220, 76 + name.length * 8)),
  )
  const left = room - own.reduce((sum, width) => sum + width, 0)
  const takers = columns.map(({ name, kind }) => !set.has(name) && wide.includes(kind))
  const count = takers.filter(Boolean).length
  if (left <= 0 || count === 0) return own
  return own.map((width, at) => (takers[at] === true ? width + Math.floor(left / count) : width))
}
