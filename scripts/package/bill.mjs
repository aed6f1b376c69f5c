// What is in a package: a bill of materials for machines, and the licences of others for people.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { home } from '../install.mjs'

/** Writes sbom.cdx.json (CycloneDX, of npm, less what no build took in) and THIRD-PARTY-NOTICES.txt. */
export function makeBill(out) {
  mkdirSync(out, { recursive: true })
  const packed = new Set(
    JSON.parse(readFileSync(join(home, 'dist', 'renderer', 'licences.json'), 'utf8')).map(
      ({ name, version }) => `${name}@${version}`,
    ),
  )
  const whole = JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], { cwd: home, encoding: 'utf8', maxBuffer: 2 ** 26 }),
  )
  const isPacked = ({ name, version }) => packed.has(`${name}@${version}`)
  const components = whole.components.filter(isPacked)
  const kept = new Set([whole.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])])
  const dependencies = whole.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }))
  const [bill, notices] = [join(out, 'sbom.cdx.json'), join(out, 'THIRD-PARTY-NOTICES.txt')]
  writeFileSync(bill, JSON.stringify({ ...whole, components, dependencies }, null, 2))
  copyFileSync(join(home, 'dist', 'THIRD-PARTY-NOTICES.txt'), notices)
  return [bill, notices]
}
