// npm run package -- headless | unpacked | installers: what people install, in release/.
//   headless     a .tar.gz with its own Node for servers without a screen (Linux)
//   unpacked     the desktop app as a folder
//   installers   what electron-builder.yml names for this system
//   bill         what is in it: SBOM (CycloneDX) and the licences of others
// --out FOLDER; for "unpacked" where no Electron can be downloaded: --electron-dist FOLDER --electron-version VERSION
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildApp, home, installPackages } from './install.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'release' },
    'electron-dist': { type: 'string' },
    'electron-version': { type: 'string' },
  },
})
const out = resolve(home, values.out)
const { 'electron-dist': dist, 'electron-version': version } = values
const electron = dist === undefined || version === undefined ? null : { dist: resolve(dist), version }
installPackages()
buildApp()
const { makeBill } = await import('./package/bill.mjs')
const { makeDesktop } = await import('./package/desktop.mjs')
const { makeHeadless } = await import('./package/headless.mjs')

const made = {
  bill: () => makeBill(out),
  headless: () => makeHeadless(out),
  unpacked: () => makeDesktop(out, { installers: false, electron }),
  installers: () => makeDesktop(out, { installers: true, electron: null }),
}
const asked = positionals.length === 0 ? ['bill', 'headless', 'unpacked'] : positionals
for (const name of asked) {
  if (!(name in made)) throw new Error(`"${name}" is none of ${Object.keys(made).join(', ')}`)
  for (const file of [await made[name]()].flat()) console.log(file)
}
