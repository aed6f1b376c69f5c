import { DataRecipe } from '#contract'
import { readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import { join } from 'node:path'
import * as z from 'zod'

/** A preset is a recipe with the columns that such a dataset usually has, by role: the first that is there is taken. */
const Preset = z.object({
  ...DataRecipe.omit({ columns: true, drop: true, sample: true, seed: true, split: true, version: true }).shape,
  /** Names or paths, likeliest first. */
  roles: z.partialRecord(z.keyof(DataRecipe.shape.columns), z.array(z.string())),
  /** Without these a dataset is not of this kind. */
  needs: z.array(z.keyof(DataRecipe.shape.columns)),
  /** What the answers of such a dataset look like: JavaScript; "": anything. */
  answers: z.string(),
})
export type Preset = z.infer<typeof Preset>

/** A preset as a recipe: of each role the first column that is there. */
export function fitPreset(
  { roles, needs: _, answers: __, ...preset }: Preset,
  present: (path: string) => boolean,
): DataRecipe {
  const pick = (role: keyof DataRecipe['columns']) => roles[role]?.find(present) ?? null
  return {
    version: 1,
    ...preset,
    columns: {
      prompt: pick('prompt'),
      input: pick('input'),
      system: pick('system'),
      answer: pick('answer'),
      chosen: pick('chosen'),
      rejected: pick('rejected'),
      dataSource: pick('dataSource'),
    },
    drop: { noAnswer: false, duplicates: false, leaked: false, longerThan: null },
    sample: { train: null, test: null },
    seed: 42,
    split: { kind: 'none' },
  }
}

/** resources/datasets/presets.yaml, in the order in which they are tried. */
export async function loadPresets(resources: string): Promise<Preset[]> {
  const text = await readFile(join(resources, 'datasets', 'presets.yaml'), 'utf8')
  return z.object({ presets: z.array(Preset) }).parse(load(text)).presets
}
