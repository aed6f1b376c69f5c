// npm run practice: everything from a bare clone to a finished training run.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildApp, home, installPackages } from './install.mjs'

installPackages()
buildApp()
const child = spawn(
  process.execPath,
  [join(home, 'dist', 'node', 'launchpad.mjs'), 'practice', ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
// The terminal sends Ctrl-C to both of us: the child decides when it is over.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
