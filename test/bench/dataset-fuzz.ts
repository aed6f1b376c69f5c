import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fuzzReaders } from '../support/dataset-fuzz'

/** `npm run bench -- dataset-fuzz --cases=10000 --seed=1`: mutated real files, each read to its end. */
export async function measureFuzz(options: { cases: number; seed: number; from: number }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fuzz-'))
  const begun = performance.now()
  const every = Math.max(1, Math.floor(options.cases / 20))
  const report = await fuzzReaders({
    ...options,
    folder,
    each: (number) => {
      if (number % every === 0) console.log(`  case ${number}`)
    },
  })
  rmSync(folder, { recursive: true })
  console.log(
    `\n${report.cases} mutated files, seed ${options.seed}, ${Math.round((performance.now() - begun) / 1000)} s`,
  )
  for (const [code, count] of Object.entries(report.ends).sort((a, b) => b[1] - a[1]))
    console.log(`  ${code.padEnd(24)} ${String(count).padStart(6)}`)
  console.log(`  slowest case ${Math.round(report.slowestMs)} ms; faults ${report.faults.length} (aim: 0)`)
  for (const fault of report.faults.slice(0, 20)) console.log(`  ${fault}`)
  if (report.faults.length > 0) process.exitCode = 1
}
