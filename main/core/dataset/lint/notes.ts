import type { DataRecipe, DataRef, Finding, LintFinding } from '#contract'

/** Rows that are named of each finding. */
const EXAMPLES = 20

interface Fix {
  recipe?: DataRecipe
  data?: DataRef
}

export interface Note {
  code: string
  severity: Finding['severity']
  params?: Finding['params']
  /** Made when the report is. */
  fix?: (() => Fix | null) | undefined
}

export type Split = LintFinding['split']

/** Gathers what is seen row by row into one finding a code and split, with the first rows of each. */
export interface Notes {
  /** `row` null: it is about the whole. What is said first of a code stays. */
  add(split: Split, row: number | null, note: Note): void
  findings(): LintFinding[]
}

export function createNotes(): Notes {
  const found = new Map<string, { note: Note; split: Split; rows: number; examples: number[] }>()
  return {
    add(split, row, note) {
      const key = `${split}/${note.code}`
      const before = found.get(key) ?? { note, split, rows: 0, examples: [] }
      found.set(key, before)
      if (row === null) return
      before.rows += 1
      if (before.examples.length < EXAMPLES) before.examples.push(row)
    },
    findings: () =>
      [...found.values()].map(({ note, split, rows, examples }) => {
        const fix = note.fix?.() ?? null
        const params = { ...note.params, ...(rows > 0 ? { count: rows, row: examples[0] ?? 0 } : {}) }
        return {
          code: note.code,
          severity: note.severity,
          params,
          split,
          rows,
          examples,
          fix: fix === null ? null : { recipe: fix.recipe ?? null, data: fix.data ?? null },
        }
      }),
  }
}
