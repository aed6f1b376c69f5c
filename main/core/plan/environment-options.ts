import { atLeast } from './choice'
import type { OptionContext, OptionRow } from './option'

/** Environment variables of the training, each with its reason. */
export function environmentOptions({ recipe, device }: OptionContext): OptionRow[] {
  const rows: OptionRow[] = []
  if (device.visible !== null)
    rows.push({ key: 'CUDA_VISIBLE_DEVICES', value: device.visible, rule: 'env.device', params: { gpu: device.name } })
  rows.push(
    { key: 'PYTHONUNBUFFERED', value: '1', rule: 'env.unbuffered' },
    { key: 'HF_HUB_OFFLINE', value: '1', rule: 'env.offline' },
  )
  // vLLM's sleep mode refuses it (vllm/device_allocator/cumem.py); there verl sets it by itself while it trains.
  if (recipe.rollout === 'hf')
    rows.push({ key: 'PYTORCH_CUDA_ALLOC_CONF', value: 'expandable_segments:True', rule: 'env.expandable' })
  if (recipe.trainer === 'trl') return rows
  rows.push(
    { key: 'HYDRA_FULL_ERROR', value: '1', rule: 'env.full-error' },
    { key: 'RAY_COLOR_PREFIX', value: '0', rule: 'env.ray-log' },
    { key: 'RAY_DEDUP_LOGS', value: '0', rule: 'env.ray-log' },
  )
  if (recipe.verl !== '0.5.0')
    rows.push({ key: 'VERL_FILE_LOGGER_PATH', value: '<run>/metrics.jsonl', rule: 'env.metrics' })
  if (recipe.patches !== null)
    rows.push(
      {
        key: 'PYTHONPATH',
        value: '<resources>/patches/startup',
        rule: 'env.patches',
        params: { capability: device.computeCapability ?? '' },
      },
      { key: 'LAUNCHPAD_PATCHES', value: `<resources>/patches/${recipe.patches}.json`, rule: 'env.patches-file' },
    )
  if (recipe.rollout === 'vllm' && !atLeast(device.computeCapability, '8.0'))
    rows.push({ key: 'VLLM_USE_FLASHINFER_SAMPLER', value: '0', rule: 'env.no-flashinfer' })
  return rows
}
