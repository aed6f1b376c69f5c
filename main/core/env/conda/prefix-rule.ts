import type { Finding } from '#contract'

/**
 * conda-build writes a placeholder of 255 bytes where a package holds its own prefix; a binary keeps
 * its length, so a longer prefix does not fit (PREFIX_PLACEHOLDER in conda-build; conda's
 * core/portability.py raises PaddingError, rattler stops likewise). 4 bytes are left for the `/..` and
 * `/.` that some build systems put behind it.
 */
export const LONGEST_PREFIX = 251

/**
 * Whether conda packages work in this prefix: null, or why the engine is passed over. Pure.
 * Measured (docs/environment.md): spaces and 汉字 work, as in every engine; what does not is a prefix
 * that is too long, that PATH would split at a ":", or that breaks lines or the quoting of the
 * scripts which conda's programs write ("'''exec' "PREFIX/bin/python"", rc files with $NAME).
 */
export function condaCanUse(prefix: string): Finding | null {
  const bytes = Buffer.byteLength(prefix)
  if (bytes > LONGEST_PREFIX) {
    const params = { path: prefix, bytes, limit: LONGEST_PREFIX }
    return { code: 'CONDA_PREFIX_TOO_LONG', severity: 'warning', params }
  }
  const bad = /[:$"'`\\\n\r\t]/.exec(prefix)?.[0]
  if (bad === undefined) return null
  return {
    code: 'CONDA_PREFIX_CHARACTER',
    severity: 'warning',
    params: { path: prefix, character: JSON.stringify(bad).slice(1, -1) },
  }
}
