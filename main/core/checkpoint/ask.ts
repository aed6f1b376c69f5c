import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Asked, type AskReport, type AskRequest, type Finding } from '#contract'
import type { WorkContext } from '../dataset/types'
import { runScript } from '../proc/script'
import { removeIfThere } from '../state/atomic-file'
import { stampedId } from '../state/id'
import type { RunPlace } from './run-models'

const Answers = z.object({ device: z.string(), answers: z.array(Asked) })

export interface AskDeps {
  resources: string
  /** For the questions: an argument of that length would not always fit. */
  scratch: string
  cardIsTaken: () => boolean
}

/**
 * The same questions to the base model and to the trained one, whose folder is there. Errors: DATA_NOT_FOUND,
 * BAD_INPUT (a row that is not there), MODEL_*, REWARD_FUNCTION_BAD, SCRIPT_FAILED.
 */
export async function askModels(
  deps: AskDeps,
  { model, step, sources, python, variables }: RunPlace,
  { rows, questions, maxTokens }: AskRequest,
  { signal, progress }: WorkContext,
): Promise<AskReport> {
  const findings: Finding[] = []
  const file = join(deps.scratch, `ask-${stampedId()}.json`)
  await writeFile(file, JSON.stringify({ rows, questions }))
  const { base, validation, reward } = sources
  try {
    const said = await runScript({
      name: 'ask_models.py',
      result: Answers,
      argv: [
        ...([python, join(deps.resources, 'python', 'ask_models.py')] as [string, string]),
        `--trained=${model}`,
        ...(base === null ? [] : [`--base=${base}`]),
        `--questions=${file}`,
        ...(validation === null ? [] : [`--data=${validation}`]),
        `--max-new-tokens=${maxTokens}`,
        `--device=${deps.cardIsTaken() ? 'cpu' : 'auto'}`,
        ...(reward === null ? [] : [`--reward-file=${reward.file}`, `--reward-name=${reward.name}`]),
      ],
      cwd: deps.resources,
      environment: variables,
      signal,
      onFinding: (finding) => findings.push(finding),
      onProgress: ({ done, total }) => progress(done, total, 'items'),
    })
    return { ...said, step, findings }
  } finally {
    await removeIfThere(file)
  }
}
