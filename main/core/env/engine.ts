import type { Engine, MachineReport } from '#contract'

/** One way to make a prefix with Python and pip in it, by a Python that is already on the machine. */
export interface EngineChoice {
  engine: Engine
  create: [string, ...string[]]
}

/** Pure: the machine's Python of the first wanted minor version there is. */
export const fittingPython = (machine: Pick<MachineReport, 'pythons'>, wanted: string[]): string | null =>
  wanted.flatMap((minor) => machine.pythons.find(({ version }) => version.startsWith(`${minor}.`)) ?? [])[0]?.path ??
  null

/** What this machine offers besides conda, best first. Pure; empty when there is no fitting Python. */
export function chooseEngines(
  machine: Pick<MachineReport, 'pythons' | 'engines'>,
  wanted: string[],
  prefix: string,
): EngineChoice[] {
  const python = fittingPython(machine, wanted)
  if (python === null) return []
  const uv = machine.engines.find(({ name }) => name === 'uv')
  const choices: EngineChoice[] = []
  // --seed: pip is there for the person in the terminal, and for what asks for it by itself.
  if (uv !== undefined) choices.push({ engine: 'uv', create: [uv.path, 'venv', '--seed', '--python', python, prefix] })
  choices.push({ engine: 'venv', create: [python, '-m', 'venv', prefix] })
  return choices
}
