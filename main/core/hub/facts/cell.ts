/** Characters of a cell that are shown. */
const LONGEST = 2_000
const DEEPEST = 20
const BYTES_SHOWN = 32

/**
 * A value as JSON text, cut at some 2000 characters. Numbers of 64 bits keep every digit, dates are ISO 8601, bytes
 * are text where they are text and else hexadecimal. Nothing of a value is ever run or fetched.
 */
export function cellText(value: unknown): string {
  const pieces: string[] = []
  let left = LONGEST
  const put = (text: string) => {
    if (left <= 0) return
    pieces.push(text.slice(0, left))
    left -= text.length
  }
  write(value, put, () => left > 0, 0)
  return left < 0 ? `${pieces.join('')}…` : pieces.join('')
}

function write(value: unknown, put: (text: string) => void, open: () => boolean, depth: number): void {
  if (!open()) return
  if (value === null || value === undefined) put('null')
  // One character more than fits, so that the cut is seen; a text of megabytes is not quoted for nothing.
  else if (typeof value === 'string') put(JSON.stringify(value.slice(0, LONGEST + 1)))
  else if (typeof value === 'bigint' || typeof value === 'boolean') put(String(value))
  else if (typeof value === 'number') put(Number.isFinite(value) ? String(value) : `"${value}"`)
  else if (value instanceof Date) put(Number.isNaN(value.getTime()) ? 'null' : JSON.stringify(value))
  else if (value instanceof Uint8Array) put(JSON.stringify(bytesText(value)))
  else if (typeof value !== 'object') put('null')
  else if (depth >= DEEPEST) put('"…"')
  else if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    put('[')
    let first = true
    for (const item of value as Iterable<unknown>) {
      if (!open()) return
      put(first ? '' : ',')
      write(item, put, open, depth + 1)
      first = false
    }
    put(']')
  } else {
    put('{')
    let first = true
    for (const [key, item] of Object.entries(value)) {
      if (!open()) return
      put(`${first ? '' : ','}${JSON.stringify(key)}:`)
      write(item, put, open, depth + 1)
      first = false
    }
    put('}')
  }
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const hex = Buffer.from(bytes.subarray(0, BYTES_SHOWN)).toString('hex')
    return bytes.length > BYTES_SHOWN ? `${hex}… (${bytes.length})` : hex
  }
}
