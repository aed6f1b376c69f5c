import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createReadStream } from 'node:fs'
import * as z from 'zod'
import type { CheckpointView, RunScore } from '#contract'
import { AppError } from '../errors'
import { diskUse } from '../space/disk-use'
import { peekJson, writeJson } from '../state/atomic-file'
import { readAttempts } from './attempts'
import { runFiles } from './spec'

/** Written by verl, and by our trainer, when a checkpoint is whole (verl/trainer/ppo/ray_trainer.py _save_checkpoint). */
const TRACKER = 'latest_checkpointed_iteration.txt'

/** A run's own folder, and the one it saves in. */
export interface SavePlace {
  folder: string
  saves: string
}

/** The file that names the newest whole checkpoint. `saves`: the folder that the run saves in. */
export const trackerPath = (saves: string): string => join(saves, runFiles.checkpoints, TRACKER)

/** Step of the newest whole checkpoint, null when there is none. */
export async function newestCheckpoint(saves: string): Promise<number | null> {
  const text = await readFile(trackerPath(saves), 'utf8').catch(() => '')
  return /^\d+\s*$/.test(text) ? Number(text) : null
}

export const checkpointPath = (saves: string, step: number): string =>
  join(saves, runFiles.checkpoints, `global_step_${step}`)

/** A resume from an older one makes it the newest: what came after it belongs to what was given up. */
export const markNewest = (saves: string, step: number): Promise<void> => writeFile(trackerPath(saves), String(step))

const Pins = z.array(z.number().int())

async function pinsOf(folder: string): Promise<number[]> {
  const pins = await peekJson(join(folder, runFiles.pins), Pins)
  return pins === null || pins === 'damaged' ? [] : pins
}

export async function listCheckpoints({ folder, saves }: SavePlace): Promise<CheckpointView[]> {
  const entries = await readdir(join(saves, runFiles.checkpoints), { withFileTypes: true }).catch(() => [])
  const steps = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => /^global_step_(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
  const [newest, pins, scores] = [await newestCheckpoint(saves), await pinsOf(folder), await scoresOf(folder)]
  const scored = steps.map((step) => ({ step, score: scoreAt(scores, step) }))
  const best = scored
    .filter(({ score }) => score !== null)
    .sort((a, b) => (b.score?.value ?? 0) - (a.score?.value ?? 0) || a.step - b.step)[0]
  return Promise.all(
    scored.map(async ({ step, score }): Promise<CheckpointView> => {
      const path = checkpointPath(saves, step)
      const model = join(folder, runFiles.models, `step-${step}`)
      return {
        step,
        path,
        bytes: (await diskUse(path)).bytes,
        createdAt: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
        whole: newest !== null && step <= newest,
        score,
        best: best?.step === step,
        newest: newest === step,
        pinned: pins.includes(step),
        adapter: await isThere(join(path, 'actor', 'lora_adapter')),
        model: (await isThere(model)) ? model : null,
      }
    }),
  )
}

export async function pinCheckpoint(folder: string, step: number, pinned: boolean): Promise<void> {
  const pins = new Set(await pinsOf(folder))
  if (pinned) pins.add(step)
  else pins.delete(step)
  await writeJson(join(folder, runFiles.pins), [...pins])
}

/** NOT_FOUND for one that is not there. */
export async function removeCheckpoint(saves: string, step: number): Promise<void> {
  const path = checkpointPath(saves, step)
  if (!(await isThere(path))) throw new AppError('NOT_FOUND', { what: 'checkpoint', id: basename(path) })
  await rm(path, { recursive: true })
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** A checkpoint saved between validations has the score of the last one before it. */
function scoreAt(scores: readonly RunScore[], step: number): RunScore | null {
  return scores.filter((score) => score.step <= step).at(-1) ?? null
}

const Line = z.object({ step: z.number().int(), data: z.record(z.string(), z.unknown()) })

/** Validations in the metrics of all attempts, rising; the same as run_checkpoints.py reads. */
async function scoresOf(folder: string): Promise<RunScore[]> {
  const found = new Map<number, RunScore>()
  const attempts = Math.max(1, (await readAttempts(folder)).length)
  for (let number = 1; number <= attempts; number += 1) {
    const path = join(folder, number === 1 ? runFiles.metrics : `metrics-${number}.jsonl`)
    if (!(await isThere(path))) continue
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const score = line.includes('"val') ? scoreOf(line) : null
      if (score !== null) found.set(score.step, score)
    }
  }
  return [...found.values()].sort((a, b) => a.step - b.step)
}

function scoreOf(line: string): RunScore | null {
  let value: unknown
  try {
    value = JSON.parse(line.replaceAll(/: *(NaN|-?Infinity)\b/g, ': null'))
  } catch {
    return null
  }
  const point = Line.safeParse(value)
  if (!point.success) return null
  for (const prefix of ['val-core/', 'val/test_score/']) {
    const values = Object.entries(point.data.data).filter(
      ([key, one]) => key.startsWith(prefix) && typeof one === 'number',
    )
    const [key] = values[0] ?? []
    if (key !== undefined)
      return {
        key,
        step: point.data.step,
        value: values.reduce((sum, [, one]) => sum + Number(one), 0) / values.length,
      }
  }
  return null
}
