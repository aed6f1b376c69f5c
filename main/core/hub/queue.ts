/** Who is let in, a few at a time, in an order that can be changed. */
export interface Queue {
  /** Takes a place now for one that enters later: who asks first is first, however long each takes to get ready. */
  ticket(id: string): void
  /** Resolves when it is its turn; `release` lets the next one in. Rejects with the signal's reason. */
  enter(id: string, signal: AbortSignal): Promise<() => void>
  /** To the front of those that wait. */
  first(id: string): void
  /** How many are before it; 0 for one that is in or not here. */
  place(id: string): number
  /** After the width changed. */
  refresh(): void
}

/** `onChange`: places moved. */
export function createQueue(width: () => number, onChange: () => void): Queue {
  let waiting: { id: string; open: () => void }[] = []
  const tickets = new Map<string, number>()
  let last = 0
  let inside = 0
  const ticketOf = (id: string) => tickets.get(id) ?? Infinity
  const refresh = () => {
    let next
    while (inside < width() && (next = waiting.shift()) !== undefined) {
      inside += 1
      next.open()
    }
    onChange()
  }
  return {
    ticket: (id) => void tickets.set(id, (last += 1)),
    enter: (id, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const leave = () => {
          waiting = waiting.filter((entry) => entry.id !== id)
          reject(signal.reason as Error)
          onChange()
        }
        const open = () => {
          signal.removeEventListener('abort', leave)
          let released = false
          resolve(() => {
            if (released) return
            released = true
            inside -= 1
            refresh()
          })
        }
        signal.addEventListener('abort', leave, { once: true })
        const behind = waiting.findIndex((entry) => ticketOf(entry.id) > ticketOf(id))
        waiting.splice(behind === -1 ? waiting.length : behind, 0, { id, open })
        refresh()
      }),
    first(id) {
      waiting = [...waiting.filter((entry) => entry.id === id), ...waiting.filter((entry) => entry.id !== id)]
      onChange()
    },
    place: (id) => waiting.findIndex((entry) => entry.id === id) + 1,
    refresh,
  }
}
