import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import * as z from 'zod'
import { AppError, errnoOf } from '../../errors'
import { endGroup } from '../../proc/program'

export type Variables = Record<string, string | null>

const DEADLINE_MS = 30_000
/** Set by the shell itself, not by a script. */
const ofShell = /^(_|PWD|OLDPWD|SHLVL|BASH_FUNC_.*)$/
/** conda's mark for a variable that an environment takes away (conda/base/constants.py). */
const UNSET = '***unset***'

/**
 * What the packages of a conda prefix want set, beyond PATH and CONDA_*: etc/conda/env_vars.d/*.json,
 * then env_vars of conda-meta/state, as `conda activate` reads them.
 */
export async function declaredVariables(prefix: string): Promise<Variables> {
  const folder = join(prefix, 'etc', 'conda', 'env_vars.d')
  const files = (await namesIn(folder)).filter((name) => name.endsWith('.json')).map((name) => join(folder, name))
  const variables: Variables = {}
  for (const file of files) Object.assign(variables, await readVariables(file, Values))
  Object.assign(variables, await readVariables(join(prefix, 'conda-meta', 'state'), State))
  return variables
}

const Values = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .transform((values): Variables =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name.toUpperCase(), value === UNSET ? null : String(value)]),
    ),
  )
const State = z.object({ env_vars: Values.optional() }).transform(({ env_vars }): Variables => env_vars ?? {})

async function readVariables(file: string, schema: z.ZodType<Variables>): Promise<Variables> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return {}
    throw thrown
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (thrown) {
    // conda warns and goes on; so do we, for a package's file that is no good must not stop an environment.
    if (thrown instanceof SyntaxError || thrown instanceof z.ZodError) return {}
    throw thrown
  }
}

/** The activation scripts of a prefix, in the order conda runs them. */
export async function activationScripts(prefix: string): Promise<string[]> {
  const folder = join(prefix, 'etc', 'conda', 'activate.d')
  return (await namesIn(folder)).filter((name) => name.endsWith('.sh')).map((name) => join(folder, name))
}

/**
 * The environment before, an empty record, the environment after; the scripts come as positional
 * arguments, so that no name is read as shell text. Their own output goes to stderr.
 */
const EVALUATE = `
__launchpad_env=$(command -v env); readonly __launchpad_env
"$__launchpad_env" -0; printf '\\0'
for __launchpad_script in "$@"; do . "$__launchpad_script" >&2; done
"$__launchpad_env" -0`

/**
 * Runs the scripts in a clean shell and says which variables they set (string) and unset (null).
 * Throws SCRIPT_FAILED (script, exit, detail) when the shell does not come to its end.
 */
export async function evaluateScripts(
  scripts: string[],
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<Variables> {
  if (scripts.length === 0) return {}
  signal.throwIfAborted()
  const run = (shell: string, ...flags: string[]) => {
    const child = execa(shell, [...flags, '-c', EVALUATE, 'activate', ...scripts], {
      env: environment,
      extendEnv: false,
      detached: true,
      reject: false,
      stdin: 'ignore',
      stripFinalNewline: false,
    })
    const stop = () => child.pid !== undefined && endGroup(child.pid)
    const deadline = setTimeout(stop, DEADLINE_MS)
    signal.addEventListener('abort', stop, { once: true })
    return child.finally(() => {
      clearTimeout(deadline)
      signal.removeEventListener('abort', stop)
    })
  }
  // Packages write for bash; where there is none, sh runs those that keep to POSIX.
  let end = await run('bash', '--noprofile', '--norc')
  if (end.code === 'ENOENT') end = await run('sh')
  signal.throwIfAborted()
  const [before, after] = end.stdout.split('\0\0').map(parseEnvironment)
  if (end.exitCode !== 0 || before === undefined || after === undefined || after.size === 0) {
    const detail = end.stderr.split('\n').slice(-5).join('\n').trim()
    throw new AppError('SCRIPT_FAILED', { script: 'activate.d', exit: end.exitCode ?? end.signal ?? '?', detail })
  }
  return changes(before, after)
}

function parseEnvironment(text: string): Map<string, string> {
  const pairs = text.split('\0').filter((record) => record.includes('='))
  return new Map(
    pairs.map((record) => [record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1)] as const),
  )
}

function changes(before: Map<string, string>, after: Map<string, string>): Variables {
  const variables: Variables = {}
  for (const [name, value] of after) if (before.get(name) !== value && !ofShell.test(name)) variables[name] = value
  for (const name of before.keys()) if (!after.has(name) && !ofShell.test(name)) variables[name] = null
  return variables
}

/** By bytes, as conda sorts; none where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return []
    throw thrown
  }
}
