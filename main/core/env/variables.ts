import { stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { activationScripts, declaredVariables, evaluateScripts, type Variables } from './conda/activation'

export type { Variables } from './conda/activation'

export interface ActivationDeps {
  /** This process's variables, of which a clean few are used. */
  base: NodeJS.ProcessEnv
  signal: AbortSignal
}

/** What a script may count on; everything else of the user's stays out, so that the result is the same each time. */
const clean = ['HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TMPDIR']
const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/**
 * The variables with which programs of a prefix run as if it were activated: value to set, or null to
 * unset. Computed once, when the environment is made; `withVariables` lays them over a child's
 * environment. Throws SCRIPT_FAILED when an activation script of a package ends the shell.
 */
export async function activationVariables(
  prefix: string,
  kind: 'conda' | 'venv',
  { base, signal }: ActivationDeps,
): Promise<Variables> {
  const PATH = [join(prefix, 'bin'), ...systemPath].join(delimiter)
  // PYTHONHOME would move the standard library, PYTHONPATH what is imported first.
  const foreign = { PYTHONHOME: null, PYTHONPATH: null }
  if (kind === 'venv') return { ...foreign, PATH, VIRTUAL_ENV: prefix, CONDA_PREFIX: null, CONDA_DEFAULT_ENV: null }

  const own = { CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: prefix, CONDA_SHLVL: '1' }
  const declared = await declaredVariables(prefix)
  const kept = Object.fromEntries(clean.flatMap((name) => (base[name] === undefined ? [] : [[name, base[name]]])))
  const environment = settled({ ...kept, TERM: 'dumb', ...own, PATH, ...declared })
  const scripts = await evaluateScripts(await activationScripts(prefix), environment, signal)
  return { ...foreign, VIRTUAL_ENV: null, PATH, ...own, ...declared, ...scripts }
}

/** The same for a prefix of which only the folder is known: conda leaves its mark in each of its own. */
export async function prefixVariables(prefix: string, signal: AbortSignal): Promise<Variables> {
  const conda = await stat(join(prefix, 'conda-meta')).catch(() => null)
  return activationVariables(prefix, conda === null ? 'venv' : 'conda', { base: process.env, signal })
}

/**
 * Lays saved variables over a child's environment. The PATH of the environment comes first and what
 * the child's own PATH adds (a CUDA folder, the user's tools) stays behind it. Pure.
 */
export function withVariables(environment: Record<string, string>, variables: Variables): Record<string, string> {
  const own = (variables['PATH'] ?? '').split(delimiter).filter((folder) => !systemPath.includes(folder))
  const rest = environment['PATH']?.split(delimiter) ?? systemPath
  const path = [...new Set([...own, ...rest])].filter((folder) => folder !== '')
  return { ...settled({ ...environment, ...variables }), PATH: path.join(delimiter) }
}

function settled(variables: Record<string, string | null | undefined>): Record<string, string> {
  const entries = Object.entries(variables).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(entries) as Record<string, string>
}
