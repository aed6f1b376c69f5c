// The native libraries of this system: node-pty, DuckDB, tokenizers, as npm installed them.
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

const { platform, arch } = process
/** Folders below node_modules; each brings its library for this system in a package of its own. */
export const nativePackages = [
  '@duckdb/node-api',
  '@duckdb/node-bindings',
  `@duckdb/node-bindings-${platform}-${arch}`,
  '@lydell/node-pty',
  `@lydell/node-pty-${platform}-${arch}`,
]
/** tokenizers brings the libraries of all systems; one of them is for this. */
const isWanted = (name) => !name.endsWith('.node') || name.startsWith(`tokenizers.${platform}-${arch}`)

export function copyNative(from, to) {
  const copy = (name) => {
    mkdirSync(dirname(join(to, name)), { recursive: true })
    cpSync(join(from, name), join(to, name), { recursive: true, dereference: true })
  }
  nativePackages.forEach(copy)
  readdirSync(join(from, 'tokenizers'))
    .filter(isWanted)
    .forEach((name) => copy(join('tokenizers', name)))
}
