import type { Cell, DataColumn, DataRef, DataRows, OpenedData, RowsRequest } from '#contract'

/** What heavy work gets: an end that can come at any time, and somebody who listens how far it is. */
export interface WorkContext {
  signal: AbortSignal
  progress(done: number, total: number | null, unit: 'rows' | 'bytes' | 'items'): void
}

/** A row by the names of its columns. 64-bit numbers are numbers where they are exact, else texts. */
export type Row = Record<string, Cell>

export interface Batch {
  /** Index of the first row in the whole dataset. */
  from: number
  rows: Row[]
}

/** A dataset that can be asked anything: counted, indexed and in a form that DuckDB reads. */
export interface Table {
  opened: OpenedData
  columns: DataColumn[]
  rows: number
  /**
   * SQL that can stand behind FROM: all columns by their names, and `__index` (BIGINT), a row's place in the whole
   * dataset.
   */
  relation: string
  /** Runs one statement; rows as JSON values. Aborting interrupts it: CANCELLED. */
  query(sql: string, signal: AbortSignal): Promise<Row[]>
}

/** Opens datasets and reads their rows. Errors: DATA_*. */
export interface Sources {
  /** Quick: schema and, where the format says, the count. */
  open(data: DataRef, context: WorkContext): Promise<OpenedData>
  /** The same, after everything that `table` needs was made. */
  prepare(data: DataRef, context: WorkContext): Promise<OpenedData>
  rows(request: RowsRequest, context: WorkContext): Promise<DataRows>
  row(data: DataRef, index: number, context: WorkContext): Promise<Cell[]>
  table(data: DataRef, context: WorkContext): Promise<Table>
  /** All rows, uncut, in order, some hundreds at a time; memory stays the same however many there are. */
  batches(data: DataRef, context: WorkContext, from?: number): AsyncIterable<Batch>
  dispose(): Promise<void>
}

/** The one form of rows that verl's RL reads (verl/utils/dataset/rl_dataset.py, examples/data_preprocess/gsm8k.py). */
export interface RlRow {
  data_source: string
  prompt: { role: string; content: string }[]
  ability: string
  /** A text always: the rules compare texts, and a number would never be equal. */
  reward_model: { style: string; ground_truth: string }
  extra_info: Row
}

/** What a scored completion is; `found` null: the rule saw no answer in it. */
export interface Score {
  score: number
  found: string | null
}
