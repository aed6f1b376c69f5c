import { createReadStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import type {
  Cell,
  CompareRequest,
  DataRecipe,
  DataRef,
  LintRequest,
  MappedRow,
  MapRequest,
  PromptRequest,
  RewardRequest,
  RowsRequest,
  Scored,
  TokenAsk,
  TokensRequest,
} from '#contract'
import { openSources } from './source'
import type { Row, WorkContext } from './types'
import type { WorkerSettings } from './worker/messages'

/** Everything that happens in the dataset worker, by its name. Inputs are plain data; models are folders. */
export function createWork({ resources, cache }: WorkerSettings) {
  const sources = openSources({ cache })
  return {
    open: (data: DataRef, context: WorkContext) => sources.open(data, context),
  }
}

export type Work = ReturnType<typeof createWork>
