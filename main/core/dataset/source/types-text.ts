/*
 * Types that DuckDB guesses for texts. JSON and CSV know no dates, and what looks like one, or like a UUID, is what a
 * model has to write: it stays the text that it is.
 */

const guessed = new Set([
  'DATE',
  'TIME',
  'UUID',
  'INTERVAL',
  'TIMESTAMP',
  'TIMESTAMP_S',
  'TIMESTAMP_MS',
  'TIMESTAMP_NS',
])

/** A type as DESCRIBE spells it, with texts in the place of what was guessed. Names of fields are left alone. */
export function textTypes(type: string): string {
  return type.replace(/"(?:[^"]|"")*"|TIMESTAMP WITH TIME ZONE|[A-Z_]+\b/g, (word) =>
    word.startsWith('"') ? word : guessed.has(word) || word.startsWith('TIMESTAMP ') ? 'VARCHAR' : word,
  )
}
