/** As many as the core takes at once. */
const MOST = 20

/** "0-2, 7" as 0, 1, 2, 7; null: it is not that, or more than twenty. */
export function rowsOf(text: string): number[] | null {
  const rows = new Set<number>()
  for (const part of text.split(/[,，;\s]+/).filter((one) => one !== '')) {
    const [, from, to = from] = /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(part) ?? []
    if (from === undefined || Number(to) - Number(from) >= MOST) return null
    for (let row = Number(from); row <= Number(to); row += 1) rows.add(row)
  }
  return rows.size > MOST ? null : [...rows]
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, MOST)

/** null: none was scored. */
export function meanScore(answers: ({ score: number | null } | null)[]): number | null {
  const scores = answers.flatMap((answer) => (answer?.score == null ? [] : [answer.score]))
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length
}
