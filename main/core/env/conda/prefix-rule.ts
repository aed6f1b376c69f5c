import { basename } from 'node:path'
import type { Finding } from '#contract'

/**
 * Bytes. conda-build writes a placeholder of 255 bytes where a package holds its own prefix, and a
 * binary must keep its length: both conda ("PaddingError") and rattler refuse 256 (measured).
 */
const LONGEST_PREFIX = 255

/** ":" divides PATH; the others break the scripts that the programs write: `#!/bin/sh '''exec' "PREFIX/bin/python"`. */
const anywhere = /[:$"`\\\n\r\t]/
/** conda refuses them as the name of an environment (PREFIX_NAME_DISALLOWED_CHARS), though not in its parents. */
const inName = /[ #]/

/**
 * Whether conda packages work in this prefix: null, or why the engine is passed over. Pure. Spaces
 * and 汉字 in the folders above do work (measured with rattler and conda 26.9, console scripts too).
 */
export function condaCanUse(prefix: string): Finding | null {
  const bytes = Buffer.byteLength(prefix)
  if (bytes > LONGEST_PREFIX) {
    const params = { path: prefix, bytes, limit: LONGEST_PREFIX }
    return { code: 'CONDA_PREFIX_TOO_LONG', severity: 'warning', params }
  }
  const bad = (anywhere.exec(prefix) ?? inName.exec(basename(prefix)))?.[0]
  if (bad === undefined) return null
  const character = JSON.stringify(bad).slice(1, -1)
  return { code: 'CONDA_PREFIX_CHARACTER', severity: 'warning', params: { path: prefix, character } }
}
