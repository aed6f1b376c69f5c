// Whose work is in what we ship: name, version and licence of every package that a build took in.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the package that a bundled file belongs to; null: it is ours. */
function packageOf(file) {
  const at = file.lastIndexOf('node_modules/')
  if (at < 0) return null
  const [scope, name] = file.slice(at + 'node_modules/'.length).split('/')
  return join(file.slice(0, at), 'node_modules', scope.startsWith('@') ? `${scope}/${name}` : scope)
}

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i

function describe(folder) {
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return { name, version, licence: license ?? 'see its text', homepage: homepage ?? null, text: texts.join('\n\n') }
}

/**
 * Packages of the given files of bundles and folders of unbundled packages, by name. Throws for one without a licence:
 * what may not be passed on must not be packed by accident.
 */
export function licencesOf(files, folders) {
  const found = new Map()
  for (const folder of [...files.map(packageOf), ...folders]) {
    if (folder === null || !existsSync(join(folder, 'package.json'))) continue
    const one = describe(folder)
    if (one.licence === 'see its text' && one.text === '') throw new Error(`${one.name} has no licence`)
    found.set(`${one.name} ${one.version}`, one)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One text to lie beside the program. */
export const noticesText = (licences) =>
  [
    'Verl Launchpad contains the work of others, under these licences.',
    ...licences.map(({ name, version, licence, homepage, text }) =>
      [`${'-'.repeat(78)}\n${name} ${version} (${licence})${homepage === null ? '' : `\n${homepage}`}`, text]
        .filter((part) => part !== '')
        .join('\n\n'),
    ),
  ].join('\n\n') + '\n'

/** The folder of a package as Node would find it from `home`. */
export const folderOf = (home, name) => dirname(join(home, 'node_modules', name, 'package.json'))
