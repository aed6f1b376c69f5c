import type { MachineReport, PythonFound } from '#contract'
import { access, constants, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { said } from './ask'

/** A cold conda on a slow disk takes its time. */
const DEADLINE_MS = 3_000

const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']
const ENGINES = ['micromamba', 'mamba', 'conda', 'uv']

/** Where installers put them without telling a desktop program's PATH. */
const usual = ['.local/bin', 'miniforge3/bin', 'miniconda3/bin', 'anaconda3/bin', 'mambaforge/bin', '.cargo/bin']

/** Every Python on the PATH that answers, once each, in the order the PATH and our list give. */
export async function findPythons(): Promise<PythonFound[]> {
  const code = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])'
  const answers = await Promise.all(PYTHONS.map((name) => said(name, ['-c', code], DEADLINE_MS)))
  const found = new Map<string, PythonFound>()
  for (const answer of answers) {
    const [path, version] = answer?.split('\n') ?? []
    if (!path || !version) continue
    const real = await realpath(path).catch(() => path)
    if (!found.has(real)) found.set(real, { path, version })
  }
  return [...found.values()]
}

export async function findEngines(): Promise<MachineReport['engines']> {
  const found = await Promise.all(ENGINES.map(findEngine))
  return found.flat()
}

async function findEngine(name: string): Promise<MachineReport['engines']> {
  const named = { conda: process.env['CONDA_EXE'], mamba: process.env['MAMBA_EXE'] }[name]
  const path = (await firstProgram(name, named)) ?? name
  const answer = await said(path, ['--version'], DEADLINE_MS)
  return answer === null ? [] : [{ name, path, version: /\d+(\.\d+)+/.exec(answer)?.[0] ?? answer }]
}

/** The first that may be run: on the PATH, then where a variable says, then in the usual folders. */
async function firstProgram(name: string, named: string | undefined): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const home = homedir()
  const places = [
    ...folders.map((folder) => join(folder, name)),
    ...(named === undefined ? [] : [named]),
    ...usual.map((folder) => join(home, folder, name)),
    join('/opt/conda/bin', name),
  ]
  for (const place of places) if (await mayRun(place)) return place
  return null
}

const mayRun = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
