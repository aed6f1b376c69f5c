import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What the launcher of the headless package runs beside what it brings. */
const programs = ['/bin/sh', '/usr/bin/readlink', '/bin/true']

function run(program: string, args: string[]): string {
  const done = spawnSync(program, args, { encoding: 'utf8' })
  if (done.error !== undefined) throw done.error
  return done.stdout
}

/** Where the dynamic loader finds what a program or library needs. */
const librariesOf = (file: string): string[] =>
  [...run('ldd', [file]).matchAll(/^\s(?:.* => )?(\/.+) \(0x/gm)].map(([, path]) => path ?? '')

/**
 * A root folder that holds a libc, a shell and the libraries that the app in `app` links to, and nothing else: what is
 * found missing here is missing on the smallest server. Needs root.
 */
export function makeBareRoot(folder: string, app: string): void {
  for (const name of ['dev', 'proc', 'tmp', 'root', 'opt']) mkdirSync(join(folder, name), { recursive: true })
  run('mknod', ['-m', '666', join(folder, 'dev', 'null'), 'c', '1', '3'])
  run('mknod', ['-m', '666', join(folder, 'dev', 'urandom'), 'c', '1', '9'])
  const native = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(node|so)$/.test(name))
  const needed = [join(app, 'bin', 'node'), ...native.map((name) => join(app, name)), ...programs].flatMap(librariesOf)
  for (const file of new Set([...programs, ...needed])) {
    if (file.startsWith(app)) continue
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    copyFileSync(realpathSync(file), join(folder, file))
  }
  const taken = new Set(readdirSync(folder))
  if (!taken.has('bin')) symlinkSync('usr/bin', join(folder, 'bin'))
}

/** The words before a program that make `folder` its whole world. */
export const inBareRoot = (folder: string): string[] => ['unshare', '--mount', `--root=${folder}`, '--mount-proc']
