import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import type { Sample, SamplesPage, SamplesRequest } from '#contract'
import { runFiles } from './spec'

/** A row of a dump: verl's `_dump_generations` (ray_trainer.py), and our trainer's. */
const Row = z.object({
  input: z.string(),
  output: z.string(),
  gts: z.unknown().optional(),
  score: z.unknown().optional(),
  step: z.unknown().optional(),
})

/**
 * Answers that a run dumped, read from the folder it saves in, a file at a time: one step's, or those to one prompt over all
 * steps. Rows that cannot be read, because they are being written, are passed over.
 */
export async function readSamples(saves: string, request: SamplesRequest): Promise<SamplesPage> {
  const { kind, prompt, minScore, maxScore, offset, limit } = request
  const place = join(saves, kind === 'train' ? runFiles.rollouts : runFiles.validations)
  const names = await readdir(place).catch(() => [])
  const steps = names
    .flatMap((name) => /^(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
  const step = prompt === null ? (request.step ?? steps.at(-1) ?? null) : null
  const wanted = prompt === null ? steps.filter((one) => one === step) : steps
  const fits = (sample: Sample) =>
    (prompt === null || sample.prompt === prompt) &&
    (minScore === null || (sample.score ?? Number.NEGATIVE_INFINITY) >= minScore) &&
    (maxScore === null || (sample.score ?? Number.POSITIVE_INFINITY) <= maxScore)
  const samples: Sample[] = []
  let total = 0
  for (const one of wanted) {
    for await (const sample of readDump(join(place, `${one}.jsonl`), one, kind)) {
      if (!fits(sample)) continue
      if (total >= offset && samples.length < limit) samples.push(sample)
      total += 1
    }
  }
  return { steps, step, total, samples }
}

async function* readDump(path: string, step: number, kind: Sample['kind']): AsyncGenerator<Sample> {
  let index = -1
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    const row = Row.safeParse(parsed(line))
    if (!row.success) continue
    index += 1
    const { input, output, gts, score } = row.data
    yield {
      ...{ step, kind, index, prompt: input, answer: output },
      truth: gts === undefined || gts === null ? null : typeof gts === 'string' ? gts : JSON.stringify(gts),
      score: typeof score === 'number' && Number.isFinite(score) ? score : null,
    }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line.replaceAll(/: *(NaN|-?Infinity)\b/g, ': null'))
  } catch {
    return null
  }
}
