import { count, type OptionContext, type OptionRow } from './option'

/** The options of resources/python/train_trl.py for a choice; keys are its arguments. */
export function trlOptions({ choice, data, model, schedule }: OptionContext): OptionRow[] {
  const folder = data === null ? '<data>' : data.name
  return [
    { key: 'model', value: model.folder ?? `<${model.name}>`, rule: 'model.path' },
    { key: 'train', value: `${folder}/train.parquet`, rule: 'data.files' },
    { key: 'val', value: `${folder}/test.parquet`, rule: 'data.validation' },
    { key: 'output', value: '<run>/output', rule: 'trainer.folder' },
    { key: 'metrics', value: '<run>/metrics.jsonl', rule: 'trainer.logger-file' },
    {
      key: 'steps',
      value: String(schedule.steps ?? 100),
      rule: 'trainer.epochs',
      params: { steps: schedule.steps ?? 100 },
    },
    {
      key: 'batch-size',
      value: String(choice.batch),
      rule: 'batch.prompts',
      params: { answers: choice.batch * choice.n, n: choice.n },
      read: count('batch'),
    },
    { key: 'num-generations', value: String(choice.n), rule: 'rollout.group', read: count('n') },
    { key: 'micro-batch-size', value: String(choice.micro), rule: 'batch.micro', read: count('micro') },
    {
      key: 'max-prompt-length',
      value: String(choice.promptTokens),
      rule: data === null ? 'length.prompt-usual' : 'length.prompt-data',
      params: data === null ? {} : { longest: data.prompt.max, p95: data.prompt.p95 },
      read: count('promptTokens'),
    },
    {
      key: 'max-response-length',
      value: String(choice.responseTokens),
      rule: 'length.response',
      read: count('responseTokens'),
    },
    { key: 'learning-rate', value: '1e-6', rule: 'rate.full' },
    { key: 'beta', value: '0.001', rule: 'kl.coefficient' },
    {
      key: 'save-every',
      value: String(Math.max(0, schedule.saveEvery)),
      rule: schedule.saveEvery > 0 ? 'disk.save' : 'disk.no-room',
      params: { checkpoint: schedule.checkpointBytes, steps: schedule.steps ?? 0 },
    },
  ]
}
