import type {
  ColumnProfile,
  DataComparison,
  DataProfile,
  DataRow,
  Finding,
  LintReport,
  OpenedData,
  PreparedData,
  RewardReport,
  SplitCounts,
  TokenLengths,
} from '#contract'
import { bytes, sparkline, table } from './format'
import type { Say } from './words'

/** Data in a terminal: lines for people. */

const sentence = ({ code, params }: Finding, say: Say) => say(`finding.${code}`, params)
const list = (numbers: readonly number[]) => `${numbers.slice(0, 10).join(', ')}${numbers.length > 10 ? ', …' : ''}`
const oneLine = (text: string, longest = 100) => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

export function inspectLines(opened: OpenedData, profile: DataProfile, rows: DataRow[], say: Say): string[] {
  const formats = [...new Set(opened.files.map(({ format }) => format))].join(', ')
  const choice = [opened.config, opened.split].filter((one) => one !== null).join('/')
  const lines = [
    [opened.name, choice, `${profile.rows} ${say('units.rows')}`, formats, bytes(opened.bytes)]
      .filter((one) => one !== '')
      .join('  '),
    ...opened.configs.map(({ name, splits }) => `  ${name}: ${splits.join(', ')}`),
    ...table(profile.columns.map((column) => columnCells(column, say))).map((line) => `  ${line}`),
  ]
  const { duplicates } = profile
  if (duplicates.rows > 0) lines.push(say('datasetTerminal.duplicates', { count: duplicates.rows }))
  lines.push(...opened.findings.map((finding) => sentence(finding, say)))
  for (const { index, cells } of rows) {
    lines.push(`-- ${index}`)
    for (const [at, { name }] of opened.columns.entries()) {
      const cell = cells[at]
      lines.push(`${name}: ${typeof cell === 'string' ? cell : JSON.stringify(cell)}`)
    }
  }
  return lines
}

function columnCells(
  { name, type, nulls, distinct, quantiles, measure, histogram }: ColumnProfile,
  say: Say,
): string[] {
  const spread =
    quantiles === null || measure === null
      ? ''
      : `${say(`datasetTerminal.${measure}`)} ${quantiles.p0} / ${quantiles.p50} / ${quantiles.p95} / ${quantiles.p100}`
  const facts = [
    nulls > 0 ? say('datasetTerminal.nulls', { count: nulls }) : '',
    distinct === null ? '' : say('datasetTerminal.distinct', { count: distinct }),
    spread,
    histogram === null ? '' : sparkline(histogram.counts),
  ]
  return [name, type.length > 40 ? `${type.slice(0, 39)}…` : type, facts.filter((fact) => fact !== '').join(', ')]
}

export function compareLines(found: DataComparison, say: Say): string[] {
  const { rows, onlyA, onlyB, differ, column, shared, examples } = found
  return [
    `${rows.a} / ${rows.b} ${say('units.rows')}`,
    ...(onlyA.length > 0 ? [say('datasetTerminal.onlyFirst', { columns: onlyA.join(', ') })] : []),
    ...(onlyB.length > 0 ? [say('datasetTerminal.onlySecond', { columns: onlyB.join(', ') })] : []),
    ...differ.map(({ name, a, b }) => `${name}: ${a} / ${b}`),
    ...(column === null ? [] : [say('datasetTerminal.shared', { count: shared, column })]),
    ...examples.map(({ a, b, text }) => `  ${a} = ${b}  ${oneLine(text)}`),
  ]
}

export function tokenLines({ rows, failed, lengths, tokens, findings }: TokenLengths, limit: number | null, say: Say) {
  const at = (share: number) => {
    let seen = 0
    return lengths.find(([, count]) => (seen += count) >= rows * share)?.[0] ?? 0
  }
  const longest = lengths.at(-1)?.[0] ?? 0
  const lost = lengths.reduce((sum, [length, count]) => (limit !== null && length > limit ? sum + count : sum), 0)
  return [
    say('datasetTerminal.tokens', { rows, tokens, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: longest }),
    ...(failed > 0 ? [say('datasetTerminal.failed', { count: failed })] : []),
    ...(limit === null ? [] : [say('datasetTerminal.loses', { limit, count: lost })]),
    ...findings.map((finding) => sentence(finding, say)),
  ]
}

const marks = { error: '✗', warning: '!', info: '·' }
const order = ['error', 'warning', 'info'] as const

export function lintLines({ rows, findings }: LintReport, say: Say): string[] {
  const sorted = order.flatMap((severity) => findings.filter((finding) => finding.severity === severity))
  const lines = sorted.flatMap((finding) => [
    `${marks[finding.severity]} ${finding.code}  ${sentence(finding, say)}`,
    ...(finding.examples.length > 0
      ? [`    ${say('datasetTerminal.rows', { count: finding.rows, examples: list(finding.examples) })}`]
      : []),
  ])
  return [...lines, say(findings.length === 0 ? 'datasetTerminal.clean' : 'datasetTerminal.checked', { count: rows })]
}

export function rewardLines({ rows, right, scores, shown }: RewardReport, say: Say): string[] {
  return [
    say('datasetTerminal.right', { right, rows }),
    ...scores.map(([score, count]) => `  ${score}: ${count}`),
    ...shown.map(({ index, score, truth, found, reason }) => {
      const facts = `${index}  ${score ?? '-'}  ${oneLine(truth, 40)} / ${found === null ? '-' : oneLine(found, 40)}`
      return reason === null ? facts : `${facts}  ${sentence(reason, say)}`
    }),
  ]
}

export function preparedLines(all: PreparedData[], say: Say): string[] {
  return all.flatMap(({ key, folder, bytes: size, card }) => [
    `${key}  ${bytes(size)}, ${card.recipe.layout}, ${card.recipe.preset}`,
    `    ${folder}`,
    `    train ${countsText(card.train, say)}`,
    ...(card.test === null ? [] : [`    test ${countsText(card.test, say)}`]),
    ...(card.proof === null ? [] : [`    ${say('datasetTerminal.proved', { ...card.proof })}`]),
  ])
}

function countsText({ written, dropped }: SplitCounts, say: Say): string {
  const gone = Object.entries(dropped).map(([code, count]) => `${code} ${count}`)
  return `${written} ${say('units.rows')}${gone.length > 0 ? ` (-${gone.join(', -')})` : ''}`
}
