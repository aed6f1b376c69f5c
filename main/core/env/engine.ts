import { join } from 'node:path'
import type { Engine, MachineReport } from '#contract'

/** One way to make a prefix with Python and pip in it. */
export interface EngineChoice {
  engine: Engine
  /** Creates `prefix`. */
  create: [string, ...string[]]
  /** Put in front of the arguments of an installation from local files, e.g. `python -m pip install`. */
  install: [string, ...string[]]
}

/**
 * The engines this machine offers, first choice first: conda's family, uv, then Python's own venv.
 * Pure: same machine and recipe, same list. An empty list means that there is no fitting Python.
 */
export function chooseEngines(
  machine: Pick<MachineReport, 'pythons' | 'engines'>,
  wanted: string[],
  prefix: string,
): EngineChoice[] {
  const pip: [string, ...string[]] = [prefixPython(prefix), '-m', 'pip', 'install']
  const choices: EngineChoice[] = []
  const find = (name: string) => machine.engines.find((engine) => engine.name === name)
  const python = wanted
    .map((minor) => machine.pythons.find(({ version }) => version.startsWith(`${minor}.`)))
    .find((found) => found !== undefined)

  const conda = find('micromamba') ?? find('mamba') ?? find('conda')
  if (conda !== undefined) {
    const packages = [`python=${wanted[0]}`, 'pip']
    choices.push({
      engine: 'conda',
      create: [
        conda.path,
        'create',
        '--yes',
        '--prefix',
        prefix,
        '--override-channels',
        '--channel',
        'conda-forge',
        ...packages,
      ],
      install: pip,
    })
  }
  const uv = find('uv')
  if (uv !== undefined && python !== undefined) {
    // --seed: pip is what resolves, whichever engine made the prefix.
    const create: [string, ...string[]] = [uv.path, 'venv', '--seed', '--python', python.path, prefix]
    choices.push({
      engine: 'uv',
      create,
      install: [uv.path, 'pip', 'install', '--offline', '--python', prefixPython(prefix)],
    })
  }
  if (python !== undefined) choices.push({ engine: 'venv', create: [python.path, '-m', 'venv', prefix], install: pip })
  return choices
}

export const prefixPython = (prefix: string) => join(prefix, 'bin', 'python')
