// The app for a server without a screen: one folder with its own Node, nothing to install, no X libraries.
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { create } from 'tar'
import { home } from '../install.mjs'
import { copyNative } from './native.mjs'

const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))

/** Finds its folder through links, so that one may be put on the PATH. */
const launcher = `#!/bin/sh
self=$(readlink -f "$0")
here=\${self%/bin/launchpad}
exec "$here/bin/node" "$here/dist/node/launchpad.mjs" "$@"
`

const about = `Verl Launchpad ${version}, for a server without a screen

    bin/launchpad serve      the page; prints its address and the ssh line to reach it from another computer
    bin/launchpad --help     everything else

Nothing has to be installed: Node lies beside it. Move the folder where you like, or link bin/launchpad from a folder
of your PATH. To remove it delete the folder; what it made lies in the data folder that "launchpad doctor" names.
`

/** Makes verl-launchpad-<version>-linux-<arch>.tar.gz in \`out\` and returns its path. */
export async function makeHeadless(out) {
  if (process.platform !== 'linux') throw new Error('verl trains on Linux alone, and so does the server for it')
  const name = `verl-launchpad-${version}-linux-${process.arch}`
  const folder = join(out, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(process.execPath, join(folder, 'bin', 'node'))
  writeFileSync(join(folder, 'bin', 'launchpad'), launcher)
  for (const program of ['node', 'launchpad']) chmodSync(join(folder, 'bin', program), 0o755)
  writeFileSync(join(folder, 'README.txt'), about)
  for (const part of ['dist/node', 'dist/renderer', 'resources', 'package.json', 'LICENSE'])
    cpSync(join(home, part), join(folder, part), {
      recursive: true,
      filter: (path) => basename(path) !== '__pycache__',
    })
  copyFileSync(join(home, 'dist', 'THIRD-PARTY-NOTICES.txt'), join(folder, 'THIRD-PARTY-NOTICES.txt'))
  copyNative(join(home, 'node_modules'), join(folder, 'node_modules'))
  const file = `${folder}.tar.gz`
  await create({ gzip: true, cwd: out, file, portable: true }, [name])
  return [folder, file]
}
