import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What people have: huggingface_hub's last 0.x, a 1.x, the newest one; transformers 4 and 5 where they fit. */
export const hubPythons = {
  '0.36': ['huggingface_hub==0.36.2', 'transformers==4.57.3', 'jinja2'],
  '1.33': ['huggingface_hub==1.33.0', 'transformers==5.9.0', 'jinja2'],
  '2.4': ['huggingface_hub==2.4.0'],
} as const
export type HubPython = keyof typeof hubPythons

/** The Python of an environment with these packages, without torch; made once and kept between test runs. */
export function hubPython(version: HubPython): string {
  const kept = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad', 'hub-python-1')
  const folder = join(kept, version)
  if (!existsSync(folder)) {
    mkdirSync(kept, { recursive: true })
    const made = `${folder}.${process.pid}`
    run('python3', ['-m', 'venv', made])
    run(join(made, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...hubPythons[version]])
    // Only a whole one gets the name. Scripts in it still name the old folder; the interpreter does not care.
    if (existsSync(folder)) rmSync(made, { recursive: true })
    else renameSync(made, folder)
  }
  return join(folder, 'bin', 'python')
}

function run(program: string, argv: string[]): void {
  const found = spawnSync(program, argv, { encoding: 'utf8' })
  if (found.status !== 0) throw new Error(`${program} ${argv.join(' ')}: ${found.stderr}`)
}
