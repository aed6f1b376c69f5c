import { execa } from 'execa'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openSources } from '../../main/core/dataset/source'
import { exportRecipe } from '../../main/core/dataset/recipe/recipe-file'
import { quiet, recipeOf, refOf } from '../support/dataset'
import { createRowsDigest } from '../support/rows-digest'
import { keptRoot } from '../support/verl-environments'

interface ConvertTimes {
  /** Milliseconds from a cold process to its end; null: the peer is not on this machine. */
  ours: number
  datasets: number | null
  pandas: number | null
  rows: number
  /** Whether all wrote the same values. */
  same: boolean
}

/**
 * GSM8K's training rows to verl's parquet: `launchpad dataset convert`, which also reads everything back, against
 * Python scripts with datasets and pandas, each from a cold process with empty caches of its own.
 */
async function measureConvert(source: string, repeats = 5): Promise<ConvertTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-convert-'))
  const python = findPython()
  const targets = new Map<string, string>()
  const recipe = join(folder, 'recipe.yaml')
  writeFileSync(recipe, exportRecipe(recipeOf({})).text)
  const runs: Record<string, number[]> = { ours: [], datasets: [], pandas: [] }
  try {
    for (let round = 0; round < repeats; round += 1) {
      const place = join(folder, `${round}`)
      mkdirSync(place)
      const out = join(place, 'ours')
      const program = resolve('dist/node/launchpad.mjs')
      const words = ['convert', source, '--recipe', recipe, '--out', out, '--root', join(place, 'root')]
      runs['ours']?.push(await timed(process.execPath, [program, 'dataset', ...words]))
      targets.set('ours', join(out, 'train.parquet'))
      for (const how of python === null ? [] : (['datasets', 'pandas'] as const)) {
        const target = join(place, `${how}.parquet`)
        const words = [resolve('test/bench/convert_gsm8k.py'), how, source, target, join(place, 'cache')]
        runs[how]?.push(await timed(python ?? '', words))
        targets.set(how, target)
      }
    }
    const digests = await Promise.all([...targets.values()].map((file) => digestOf(file, join(folder, 'copies'))))
    return {
      ours: median(runs['ours'] ?? []) ?? 0,
      datasets: median(runs['datasets'] ?? []),
      pandas: median(runs['pandas'] ?? []),
      rows: digests[0]?.rows ?? 0,
      same: new Set(digests.map(({ hex }) => hex)).size === 1,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed(program: string, words: string[]): Promise<number> {
  const started = performance.now()
  await execa(program, words, { env: { TOKENIZERS_PARALLELISM: 'false' } })
  return performance.now() - started
}

async function digestOf(file: string, cache: string): Promise<{ rows: number; hex: string }> {
  mkdirSync(cache, { recursive: true })
  const sources = openSources({ cache })
  const digest = createRowsDigest()
  let rows = 0
  try {
    for await (const batch of sources.batches(refOf(file), quiet())) {
      rows += batch.rows.length
      for (const row of batch.rows) digest.add(row)
    }
    return { rows, hex: digest.hex() }
  } finally {
    await sources.dispose()
  }
}

/** One of the environments that the tests keep: it has datasets and pandas. */
function findPython(): string | null {
  const envs = join(keptRoot(), 'envs')
  const names = existsSync(envs) ? readdirSync(envs).sort().reverse() : []
  return names.map((name) => join(envs, name, 'prefix', 'bin', 'python')).find((file) => existsSync(file)) ?? null
}

const median = (values: number[]): number | null => [...values].sort((a, b) => a - b)[values.length >> 1] ?? null

/** `npm run bench -- dataset-convert --data=train.jsonl` */
export async function printConvert(source: string): Promise<void> {
  const { ours, datasets, pandas, rows, same } = await measureConvert(resolve(source))
  const line = (what: string, ms: number | null) =>
    console.log(
      `  ${what.padEnd(44)} ${ms === null ? 'not here' : `${(ms / 1000).toFixed(2)} s   ${(ms / ours).toFixed(1)} x`}`,
    )
  console.log(`\n${rows} rows of GSM8K to verl's parquet, from a cold process (median of 5)`)
  line('launchpad dataset convert, read back included', ours)
  line('Python with datasets', datasets)
  line('Python with pandas', pandas)
  console.log(`  the same values in all: ${same ? 'yes' : 'NO'}   aim: at least 5 x the Python script`)
}
