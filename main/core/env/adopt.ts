import { access, constants, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../errors'
import { digestOf } from '../jobs/journal'
import type { RootLayout } from '../state/root'
import type { Adopted } from './book'
import { quiet } from './check'
import { probeWith } from './probe'
import { installedPackages } from './records'

/** Looked for in an environment of which no recipe says what it is for. */
const usual = ['torch', 'verl', 'vllm', 'ray', 'trl', 'transformers', 'datasets', 'pyarrow', 'peft']

/**
 * Looks at an environment of the user's: its folder (venv, conda) or its Python program. It is only read.
 * NOT_AN_ENVIRONMENT says why it cannot be one.
 */
export async function lookAtYours(
  path: string,
  deps: { resources: string; layout: RootLayout },
  signal: AbortSignal,
): Promise<Adopted> {
  const no = (detail: string, cause?: unknown) => new AppError('NOT_AN_ENVIRONMENT', { path, detail }, cause)
  const found = await stat(path).catch((thrown: unknown) => {
    throw no('there is no such folder', thrown)
  })
  const program = found.isDirectory() ? join(path, 'bin', 'python') : path
  await access(program, constants.X_OK).catch((thrown: unknown) => {
    throw no('it has no bin/python that can be started', thrown)
  })
  // Not the program's own real path: that of a venv is the Python it was made from.
  const prefix = await realpath(dirname(dirname(program)))
  const packages = await installedPackages(prefix)
  const there = new Set(packages.map(({ name }) => name.toLowerCase()))
  const modules = usual.filter((name) => there.has(name))
  const probe = await probeWith({ ...deps, python: program, modules }, quiet(signal)).catch((thrown: unknown) => {
    throw no(thrown instanceof AppError ? String(thrown.data.params['detail'] ?? '') : String(thrown), thrown)
  })
  const id = `yours-${digestOf(prefix).slice(0, 8)}`
  return { id, path: prefix, program, python: probe.python.version, packages, probe, at: Date.now() }
}
