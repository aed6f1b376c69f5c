import type { DataColumn, DataRef, Finding, OpenedData } from '#contract'
import pMap from 'p-map'
import { AppError } from '../../errors'
import { openArrowTable, type ArrowTable } from './arrow-table'
import { kindOf, type ResultColumn } from './cells'
import { copyKey, type Copies } from './copies'
import { discover, type Chosen } from './discover'
import { dataError, type Duck } from './duck'
import { openParts, totalOf, type Parts } from './parquet'
import { sniff, type Sniffed } from './sniff'
import { textTable } from './text'

/** What is known of a dataset that was opened. `parts`: it can be asked anything. */
export interface Opened {
  data: DataRef
  chosen: Chosen
  files: Sniffed[]
  /** Of the copy; parquet needs none. */
  key: string
  columns: ResultColumn[]
  findings: Finding[]
  parts: Parts | null
  arrow: ArrowTable | null
  /** SQL that reads the first rows of text. */
  text: string | null
}

/** Everything that takes a moment only. Errors: DATA_*. */
export async function openFiles(duck: Duck, copies: Copies, data: DataRef, signal: AbortSignal): Promise<Opened> {
  const chosen = await discover(data, signal)
  const files = await pMap(chosen.paths, sniff, { concurrency: 8, signal })
  const formats = new Set(files.map(formName))
  const path = data.paths[0] ?? ''
  if (formats.size > 1) throw new AppError('DATA_FORMATS_MIXED', { path, formats: [...formats].sort().join(', ') })
  const [first] = files
  if (first === undefined) throw new AppError('DATA_NOTHING_TO_READ', { path })
  const opened: Opened = {
    data,
    chosen,
    files,
    key: copyKey(files, data.badLines),
    columns: [],
    findings: chosen.findings,
    parts: null,
    arrow: null,
    text: null,
  }
  if (first.format === 'parquet') {
    const { parts, findings } = await openParts(duck, chosen.paths, signal)
    if (totalOf(parts) === 0) throw new AppError('DATA_EMPTY', { file: path })
    return { ...opened, parts, columns: parts.columns, findings: [...chosen.findings, ...findings] }
  }
  const copy = await copies.find(opened.key)
  if (copy !== null) return withCopy(duck, opened, copy.paths, copy.findings, signal)
  if (first.format === 'arrowFile' || first.format === 'arrowStream') {
    const arrow = await openArrowTable(duck, files, signal)
    return { ...opened, arrow, columns: arrow.columns, findings: [...chosen.findings, ...arrow.findings] }
  }
  return openText(duck, opened, signal)
}

async function openText(duck: Duck, opened: Opened, signal: AbortSignal): Promise<Opened> {
  try {
    const { sql, findings } = await textTable(duck, opened.files, false, signal)
    const columns = await duck.columns(sql, signal)
    return { ...opened, text: sql, columns, findings: [...opened.chosen.findings, ...findings] }
  } catch (thrown) {
    const error = dataError(thrown, opened.chosen.paths)
    // A bad line among the first: whoever reads rows is told which, or has it set aside.
    if (error.data.code === 'DATA_DAMAGED') return opened
    throw error
  }
}

export async function withCopy(
  duck: Duck,
  opened: Opened,
  paths: string[],
  findings: Finding[],
  signal: AbortSignal,
): Promise<Opened> {
  const { parts } = await openParts(duck, paths, signal)
  return { ...opened, parts, columns: parts.columns, findings: [...opened.chosen.findings, ...findings] }
}

/** Files of one table have one of these; how JSON is laid out is told apart, since it is read differently. */
function formName({ format, compression }: Sniffed): string {
  const name = format === 'arrowFile' || format === 'arrowStream' ? 'arrow' : format
  return compression === 'none' ? name : `${name} (${compression})`
}

export const dataColumns = (columns: readonly ResultColumn[]): DataColumn[] =>
  columns.map(({ name, type }) => ({ name, type: String(type), kind: kindOf(type) }))

export function openedData({ chosen, files, columns, findings, parts }: Opened): OpenedData {
  return {
    name: chosen.name,
    configs: chosen.configs,
    config: chosen.config,
    split: chosen.split,
    files: files.map(({ path, bytes, format, compression }) => ({ path, bytes, format, compression })),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    columns: dataColumns(columns),
    rows: parts === null ? null : totalOf(parts),
    findings,
  }
}
