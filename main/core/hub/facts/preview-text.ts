import type { Rows } from './rows'

/**
 * Rows in the beginning of a text file. `whole` false: its end is missing, and what is broken off is left out.
 * At most `most` rows. `totalRows` only where everything was read. Throws for what is no such text.
 */
export function rowsOfText(bytes: Buffer, whole: boolean, format: string, most: number): Rows {
  const text = new TextDecoder('utf-8').decode(bytes)
  if (format === 'txt')
    return table(
      lines(text, whole).map((line) => ({ text: line })),
      whole,
      most,
    )
  if (format === 'csv' || format === 'tsv') return csvRows(text, whole, format === 'tsv' ? '\t' : ',', most)
  const values = format === 'json' ? jsonRows(text, whole, most) : jsonLines(text, whole, most)
  return table(values, whole && values.length < most, most)
}

function lines(text: string, whole: boolean): string[] {
  const all = text.split('\n')
  const last = all.pop() ?? ''
  if (whole && last !== '') all.push(last)
  return all.map((line) => line.replace(/\r$/, ''))
}

const asRow = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { value }

function jsonLines(text: string, whole: boolean, most: number): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = []
  for (const line of lines(text, whole)) {
    if (rows.length >= most) break
    if (line.trim() !== '') rows.push(asRow(JSON.parse(line)))
  }
  return rows
}

/** A list of rows, {"data": [rows]} under whatever name, or lines after all: many ".json" files are. */
function jsonRows(text: string, whole: boolean, most: number): Record<string, unknown>[] {
  const first = lines(text, whole).find((line) => line.trim() !== '') ?? ''
  if (first.trimStart().startsWith('{') && isJson(first)) return jsonLines(text, whole, most)
  const start = /^\s*\[/.exec(text) ? text.indexOf('[') : firstList(text)
  if (start === null) return isJson(text) ? [asRow(JSON.parse(text))] : []
  return elements(text, start, most).map(asRow)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Each character that counts: outside of strings. `visit` ends the walk by returning true. */
function walk(text: string, from: number, visit: (char: string, at: number, depth: number) => boolean): void {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1
      continue
    }
    if (char === '}' || char === ']') depth -= 1
    if (visit(char, at, depth)) return
    if (char === '{' || char === '[') depth += 1
  }
}

/** Where the first list of objects begins in an object's own fields. */
function firstList(text: string): number | null {
  let found: number | null = null
  walk(text, 0, (char, at, depth) => {
    if (char === '[' && depth === 1 && /^\[\s*\{/.test(text.slice(at, at + 200))) found = at
    return found !== null
  })
  return found
}

/** The list's elements that are there to their end. */
function elements(text: string, start: number, most: number): unknown[] {
  const found: unknown[] = []
  let from = start + 1
  walk(text, start, (char, at, depth) => {
    const ends = (char === ',' && depth === 1) || (char === ']' && depth === 0)
    if (ends && text.slice(from, at).trim() !== '') found.push(JSON.parse(text.slice(from, at)))
    if (ends) from = at + 1
    return found.length >= most || (char === ']' && depth === 0)
  })
  return found
}

function csvRows(text: string, whole: boolean, separator: string, most: number): Rows {
  const records = csvRecords(text, separator, whole, most + 1)
  const names = (records[0] ?? []).map((name, index) => name || `column ${index + 1}`)
  const values = records
    .slice(1)
    .map((record) => Object.fromEntries(names.map((name, index) => [name, record[index] ?? null])))
  const columns = [...new Set(names)].map((name) => ({ name, type: 'string' }))
  return { columns, values, totalRows: whole && values.length < most ? values.length : null }
}

/** RFC 4180: quoted fields may hold separators, line ends and doubled quotes. A record without its end is left out, unless it is the last of the file. */
export function csvRecords(text: string, separator: string, whole: boolean, most: number): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let field = ''
  let quoted = false
  let any = false
  const endRecord = () => {
    record.push(field)
    if (any) records.push(record)
    record = []
    field = ''
    any = false
  }
  for (let at = 0; at < text.length && records.length < most; at += 1) {
    const char = text[at] ?? ''
    if (quoted) {
      if (char !== '"') field += char
      else if (text[at + 1] === '"') {
        field += '"'
        at += 1
      } else quoted = false
    } else if (char === '\n') endRecord()
    else if (char === '\r' && text[at + 1] === '\n') continue
    else {
      any = true
      if (char === '"' && field === '') quoted = true
      else if (char === separator) {
        record.push(field)
        field = ''
      } else field += char
    }
  }
  if (whole && records.length < most) endRecord()
  return records
}

/** Columns in the order they appear, with the kinds of their values. */
function table(all: Record<string, unknown>[], counted: boolean, most: number): Rows {
  const values = all.slice(0, most)
  const kinds = new Map<string, Set<string>>()
  for (const row of values)
    for (const [name, value] of Object.entries(row)) {
      const kind = value === null ? null : Array.isArray(value) ? 'list' : typeof value
      const before = kinds.get(name) ?? new Set<string>()
      if (kind !== null) before.add(kind)
      kinds.set(name, before)
    }
  const columns = [...kinds].map(([name, seen]) => ({ name, type: [...seen].join(' | ') || 'null' }))
  return { columns, values, totalRows: counted ? all.length : null }
}
