import type { RewardReport, Scored } from '#contract'

/** So many rows that are not right are shown of a whole dataset. */
const MOST_SHOWN = 100

/**
 * What came of scoring.
 * @param right the full score of the rule; null: a user's function, which has none that we know: above 0 is right then.
 * @param all show every row, not only the first that are not right.
 */
export async function reportOf(
  right: number | null,
  scored: AsyncIterable<Scored> | Iterable<Scored>,
  all: boolean,
): Promise<RewardReport> {
  const counts = new Map<number, number>()
  const report: RewardReport = { rows: 0, right: 0, scores: [], shown: [] }
  for await (const row of scored) {
    report.rows += 1
    const isRight = row.score !== null && (right === null ? row.score > 0 : row.score >= right)
    if (isRight) report.right += 1
    if (row.score !== null) counts.set(row.score, (counts.get(row.score) ?? 0) + 1)
    if (all || (!isRight && report.shown.length < MOST_SHOWN)) report.shown.push(row)
  }
  report.scores = [...counts].sort(([a], [b]) => b - a)
  return report
}
