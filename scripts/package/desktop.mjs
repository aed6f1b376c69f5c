// The desktop app, by electron-builder as electron-builder.yml says.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, Platform } from 'electron-builder'
import { load } from 'js-yaml'
import { home } from '../install.mjs'

/** Fuses that Electron 22, which the tests have, does not know yet; electron-builder refuses to set them there. */
const youngerThan22 = ['grantFileProtocolExtraPrivileges']

/** electron-builder.yml for another Electron, as a file: what is handed over as an object is only laid over that one. */
function configWith({ dist, version }, out) {
  const shipped = load(readFileSync(join(home, 'electron-builder.yml'), 'utf8'))
  const known = Object.entries(shipped.electronFuses).filter(([name]) => !youngerThan22.includes(name))
  const electronFuses = Number(version.split('.')[0]) < 29 ? Object.fromEntries(known) : shipped.electronFuses
  const directories = { ...shipped.directories, output: out }
  mkdirSync(out, { recursive: true })
  const file = join(out, 'electron-builder.json')
  writeFileSync(
    file,
    JSON.stringify({ ...shipped, directories, electronFuses, electronDist: dist, electronVersion: version }),
  )
  return file
}

/**
 * Returns what was made: installers, or the unpacked folder. `electron`: { dist, version } of one that lies unpacked
 * on this disk; null: the one that package.json names, which electron-builder downloads.
 */
export async function makeDesktop(out, { installers, electron }) {
  const platform = Platform.current()
  const targets = platform.createTarget(installers ? null : 'dir')
  const config = electron === null ? { directories: { output: out } } : configWith(electron, out)
  const made = await build({ projectDir: home, targets, config, publish: 'never' })
  return installers ? made : [join(out, `${platform.buildConfigurationKey}-unpacked`)]
}
