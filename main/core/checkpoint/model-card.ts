import { basename } from 'node:path'
import type { Merged, RunPlace } from './run-models'

/** README.md of a model that was made here, in the form of Hugging Face's model cards. */
export function modelCard({ view, step, sources }: RunPlace, merged: Merged): string {
  const base = view.model ?? (sources.base === null ? null : basename(sources.base))
  const score = view.validation?.step === step ? view.validation : view.best?.step === step ? view.best : null
  const trainer = merged.verl === null ? view.trainer : `verl ${merged.verl}`
  return [
    '---',
    'library_name: transformers',
    'tags:',
    '  - reinforcement-learning',
    `  - ${view.trainer}`,
    '---',
    '',
    `# ${view.name}, step ${step}`,
    '',
    ...(base === null ? [] : [`- Trained from: ${base}`]),
    ...(view.data === null ? [] : [`- Data: ${view.data}`]),
    `- Trainer: ${trainer}`,
    ...(score === null ? [] : [`- Validation: ${score.key} = ${score.value}`]),
    `- Weights: ${merged.dtype ?? 'unknown'}${merged.format === 'verl' ? roundedByMerger : ''}`,
    ...(merged.adapter
      ? [`- LoRA: added to the weights; alone in lora_adapter (lora_alpha ${merged.alpha ?? '?'})`]
      : []),
    '',
  ].join('\n')
}

const roundedByMerger =
  ' (verl.model_merger writes bfloat16, whatever was trained; a card older than Ampere computes it as float16 or float32)'
