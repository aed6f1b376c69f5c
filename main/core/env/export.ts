import { join } from 'node:path'
import type { EnvironmentView, LockFormat } from '#contract'
import { AppError } from '../errors'
import { peekJson } from '../state/atomic-file'
import { condaPackages, explicitLock } from './conda/explicit'
import { condaPlatform } from './conda/tools'
import { Lock, type LockedFile } from './lock'
import { whole } from './workshop'

/** The exact set as a file that others can install from. BAD_INPUT where the environment has no such form. */
export async function exportLock(
  view: EnvironmentView,
  folder: string,
  format: LockFormat,
): Promise<{ name: string; text: string }> {
  if (format === 'conda') {
    if (view.engine !== 'conda') throw new AppError('BAD_INPUT', { detail: `${view.id} was not made by conda` })
    const packages = await condaPackages(join(folder, 'prefix'))
    return { name: `${view.id}.conda.txt`, text: explicitLock(packages, condaPlatform()) }
  }
  const lock = view.kind === 'made' ? (whole(await peekJson(join(folder, 'lock.json'), Lock)) ?? []) : []
  const text = lock.length > 0 ? requirements(view, lock) : plainRequirements(view)
  return { name: `${view.id}.requirements.txt`, text }
}

/** With digests: pip and uv then accept these very files and nothing else (pip: hash-checking mode). */
function requirements(view: Pick<EnvironmentView, 'id' | 'python'>, lock: LockedFile[]): string {
  const lines = lock.map(({ name, version, sha256 }) =>
    sha256 === null ? `${name}==${version}` : `${name}==${version} --hash=sha256:${sha256}`,
  )
  return [`# ${view.id}, Python ${view.python ?? '?'}`, ...lines, ''].join('\n')
}

const plainRequirements = ({ id, python, packages }: EnvironmentView) =>
  [`# ${id}, Python ${python ?? '?'}`, ...packages.map(({ name, version }) => `${name}==${version}`), ''].join('\n')
