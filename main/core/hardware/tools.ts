import type { MachineReport, PythonFound } from '#contract'
import { execa } from 'execa'
import { realpath } from 'node:fs/promises'

const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']
const ENGINES = ['micromamba', 'mamba', 'conda', 'uv']

/** Every Python on the PATH that answers, once each, in the order the PATH and our list give. */
export async function findPythons(): Promise<PythonFound[]> {
  const code = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])'
  const answers = await Promise.all(PYTHONS.map((name) => ask(name, ['-c', code])))
  const found = new Map<string, PythonFound>()
  for (const answer of answers) {
    const [path, version] = answer?.split('\n') ?? []
    if (!path || !version) continue
    const real = await realpath(path)
    if (!found.has(real)) found.set(real, { path, version })
  }
  return [...found.values()]
}

export async function findEngines(): Promise<MachineReport['engines']> {
  const answers = await Promise.all(ENGINES.map(async (name) => ({ name, version: await ask(name, ['--version']) })))
  return answers.flatMap(({ name, version }) =>
    version === null ? [] : [{ name, path: name, version: /\d+(\.\d+)+/.exec(version)?.[0] ?? version }],
  )
}

/** Standard output of a program, or null when it is missing, fails or does not answer in time. */
async function ask(program: string, args: string[]): Promise<string | null> {
  try {
    return (await execa(program, args, { timeout: 5_000, stdin: 'ignore' })).stdout.trim()
  } catch {
    return null
  }
}
