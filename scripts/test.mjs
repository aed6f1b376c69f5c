// npm test: Python, unit, contract, integration and end-to-end. Installs what it needs; the last line counts.
//   npm test                 everything
//   npm test -- python unit  only these suites
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp, home, installPackages } from './install.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'launchpad-test-'))
// What tests leave behind goes with it.
process.env.TMPDIR = scratch

function vitest(name, args) {
  const report = join(scratch, `${name}.json`)
  const command = [
    '--no-install',
    'vitest',
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const { status } = spawnSync('npx', command, { cwd: home, stdio: ['ignore', 'inherit', 'inherit'] })
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    // A suite that broke outside of a test fails without a failed test: that must count.
    return { passed: numPassedTests, failed: status === 0 ? numFailedTests : Math.max(1, numFailedTests) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

function python() {
  const { stdout, stderr, status } = spawnSync('python3', ['-m', 'unittest', 'discover', '-s', 'test/python'], {
    cwd: home,
    encoding: 'utf8',
  })
  process.stdout.write(stdout + stderr)
  const count = (pattern) => Number(pattern.exec(stderr)?.[1] ?? 0)
  const failed = count(/failures=(\d+)/) + count(/errors=(\d+)/)
  const ran = count(/Ran (\d+) tests?/)
  return { passed: ran - failed - count(/skipped=(\d+)/), failed: status === 0 ? failed : Math.max(1, failed) }
}

const suites = {
  python,
  unit: () => vitest('unit', ['-c', 'test/vitest.config.ts', 'test/unit']),
  contract: () => vitest('contract', ['-c', 'test/vitest.config.ts', 'test/contract']),
  integration: () => vitest('integration', ['-c', 'test/vitest.config.ts', 'test/integration']),
  e2e: () => vitest('e2e', ['-c', 'test/e2e/vitest.config.ts']),
}

installPackages()
buildApp()
const asked = process.argv.slice(2)
const total = { passed: 0, failed: 0 }
for (const [name, run] of Object.entries(suites)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const started = Date.now()
  const { passed, failed } = run()
  console.log(`${name}: ${passed} passed, ${failed} failed (${Math.round((Date.now() - started) / 1000)} s)\n`)
  total.passed += passed
  total.failed += failed
}
rmSync(scratch, { recursive: true, force: true })
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
