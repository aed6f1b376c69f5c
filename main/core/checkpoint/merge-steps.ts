import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { saySomething } from '../hub/facts/say'
import type { Step } from '../jobs/step'
import { runScript } from '../proc/script'
import { removeIfThere, syncFolder, writeJson } from '../state/atomic-file'
import { modelCard } from './model-card'
import { Merged, readNote, type RunPlace } from './run-models'

/** A first sign of life; the comparison with the base model is `runs.ask`. */
const PROMPT = 'What is 7 + 5?'

export interface MergeStepDeps {
  resources: string
  /** Another training computes on the card: the model is tried on the processor. */
  cardIsTaken: () => boolean
}

/** A checkpoint becomes models/step-<N>, which is loaded once to prove it. */
export const mergeSteps = (deps: MergeStepDeps, place: () => Promise<RunPlace>, subject: string): Step[] => [
  {
    id: 'model.merge',
    subject,
    inputs: async () => ({ checkpoint: (await place()).checkpoint }),
    verify: async () => (await readNote(await place())) !== null,
    async run(context) {
      const where = await place()
      const { model, checkpoint, sources, python, variables } = where
      const making = `${model}.part`
      await removeIfThere(making)
      await mkdir(making, { recursive: true })
      const base = sources.base === null ? [] : [`--base=${sources.base}`]
      const alpha = sources.loraAlpha === null ? [] : [`--lora-alpha=${sources.loraAlpha}`]
      const script = join(deps.resources, 'python', 'merge_checkpoint.py')
      const merged = await runScript({
        name: 'merge_checkpoint.py',
        result: Merged,
        argv: [python, script, `--checkpoint=${checkpoint}`, `--out=${making}`, ...base, ...alpha],
        cwd: deps.resources,
        environment: variables,
        signal: context.signal,
        onLine: context.log,
        onStart: context.onStart,
        onFinding: context.finding,
        onProgress: context.progress,
      })
      await writeFile(join(making, 'README.md'), modelCard(where, merged))
      await removeIfThere(where.note)
      await removeIfThere(model)
      await rename(making, model)
      await syncFolder(dirname(model))
      const { view, step } = where
      await writeJson(where.note, { version: 1, run: view.id, step, madeAt: Date.now(), merged, said: null })
      context.landed(merged.bytes)
    },
  },
  {
    id: 'model.prove',
    subject,
    inputs: async () => ({ madeAt: (await readNote(await place()))?.madeAt ?? null }),
    verify: async () => (await readNote(await place()))?.said != null,
    async run(context) {
      const where = await place()
      const said = await saySomething({
        folder: where.model,
        prompt: PROMPT,
        environment: where.environment,
        python: where.python,
        resources: deps.resources,
        variables: where.variables,
        ...(deps.cardIsTaken() ? { device: 'cpu' as const } : {}),
        signal: context.signal,
        onLine: context.log,
        onStart: context.onStart,
        onFinding: context.finding,
        onProgress: context.progress,
      })
      const note = await readNote(where)
      if (note !== null) await writeJson(where.note, { ...note, said })
    },
  },
]
