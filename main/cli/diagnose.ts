import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import {
  filled,
  type Cause,
  type Client,
  type DiagnoseRequest,
  type Diagnosis,
  type Language,
  type ManualEntry,
  type RemedyView,
} from '#contract'
import { AppError } from '#core'
import { readInput } from './input'
import { terminalLanguage, type Say } from './words'

/** `launchpad diagnose LOG [--apply N]`: the verdict, and for a run its remedies or a further attempt with one. */
export async function diagnoseCommand(client: Client, log: string, apply: number | null, say: Say) {
  const request = await diagnoseRequest(client, log)
  const found = await client.diagnosis.of(request)
  const language = terminalLanguage((await client.snapshot()).settings.language)
  const lines = diagnosisLines(found, await client.diagnosis.manual(), say, language)
  const code = found.status === 'crash' ? 1 : 0
  if (request.kind !== 'run' || found.root === null) return { value: { ...found, remedies: [] }, lines, code }
  const remedies = await client.diagnosis.remedies({ id: request.id })
  if (apply === null) {
    return { value: { ...found, remedies }, lines: [...lines, ...remedyLines(remedies, say)], code }
  }
  const remedy = remedies[apply - 1]
  if (remedy === undefined) throw new AppError('NOT_FOUND', { what: 'remedy', id: String(apply) })
  const value = await client.diagnosis.apply({ requestId: randomUUID(), id: request.id, remedy: remedy.id })
  return { value, lines: [`${value.run}: ${remedy.changes.map(changeText).join(', ')}`], code: 0 }
}

/** What was given: the input, a run, or a file. */
async function diagnoseRequest(client: Client, log: string): Promise<DiagnoseRequest> {
  if (log === '-') return { kind: 'text', text: await readInput() }
  const { runs } = await client.snapshot()
  return log in runs ? { kind: 'run', id: log } : { kind: 'file', path: resolve(log) }
}

function diagnosisLines(found: Diagnosis, manual: readonly ManualEntry[], say: Say, language: Language): string[] {
  const words = (key: string, params = {}) => say(`diagnosisTerminal.${key}`, params)
  const textOf = ({ signature, params }: Cause) => {
    const text = manual.find(({ id }) => id === signature)?.text[language]
    return text === undefined
      ? null
      : { title: filled(text.title, params), cause: filled(text.cause, params), fix: filled(text.fix, params) }
  }
  const titleOf = (cause: Cause) =>
    textOf(cause)?.title ?? words('unknown', { type: cause.error?.type ?? cause.signature ?? '-' })
  const lines = [words(`status.${found.status}`)]
  const { root } = found
  if (root !== null) {
    const text = textOf(root)
    lines.push('', `${titleOf(root)}  [${root.signature ?? '-'}, ${words(`confidence.${root.confidence}`)}]`)
    if (text !== null) lines.push(text.cause, '', `${words('fix')}: ${text.fix}`)
    lines.push('', `${words('evidence')}:`)
    for (const { line, text: shown } of root.evidence) lines.push(`  ${line}: ${shown}`)
    lines.push(`${words('why')}: ${root.because.map(({ code, params }) => say(`finding.${code}`, params)).join(' ')}`)
  }
  if (found.others.length > 0) {
    lines.push('', `${words('others')}:`)
    for (const other of found.others)
      lines.push(`  ${titleOf(other)}${other.evidence[0] === undefined ? '' : ` (${other.evidence[0].line})`}`)
  }
  if (found.excerpt !== null)
    lines.push('', `${words('excerpt')}:`, ...found.excerpt.text.split('\n').map((one) => `  ${one}`))
  return lines
}

/** What can be done, numbered as `--apply` wants it. */
function remedyLines(remedies: readonly RemedyView[], say: Say): string[] {
  if (remedies.length === 0) return []
  const words = (key: string, params = {}) => say(`diagnosisTerminal.${key}`, params)
  return [
    '',
    `${words('remedies')}:`,
    ...remedies.map((remedy, index) => {
      const what = remedy.changes.length > 0 ? remedy.changes.map(changeText).join(', ') : words(`kinds.${remedy.kind}`)
      const memory = remedy.memory === null ? '' : `  (${words('memory', remedy.memory)})`
      const tried = remedy.tried === null ? '' : `  [${words(remedy.tried.helped === false ? 'inVain' : 'tried')}]`
      return `  ${index + 1}. ${what}${memory}${tried}`
    }),
  ]
}

const changeText = ({ key, before, after }: RemedyView['changes'][number]) =>
  `${key}: ${before === null || before === '' ? '-' : before} → ${after === null || after === '' ? '-' : after}`
