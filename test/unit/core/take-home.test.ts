import { describe, expect, it } from 'vitest'
import { sourcesOf } from '../../../main/core/checkpoint/sources'

describe('what a training was given', () => {
  it('is read from the overrides of verl, as Hydra reads them', () => {
    const argv = [
      ...['/env/bin/python', '-u', '-m', 'verl.trainer.main_ppo'],
      "data.val_files=['/数据 a/it\\'s, test.parquet','/b.parquet']",
      'actor_rollout_ref.model.path=/models/Qwen 2.5',
      '+actor_rollout_ref.model.lora_alpha=16',
      'custom_reward_function.path="/rules/my.py"',
      'custom_reward_function.name=score',
    ]
    expect(sourcesOf(argv)).toEqual({
      base: '/models/Qwen 2.5',
      validation: "/数据 a/it's, test.parquet",
      reward: { file: '/rules/my.py', name: 'score' },
      loraAlpha: 16,
    })
    expect(sourcesOf(['data.val_files=[/a.parquet,/b.parquet]']).validation).toBe('/a.parquet')
    expect(sourcesOf(['custom_reward_function.path=null']).reward).toBeNull()
  })
  it('and from the options of our own trainer', () => {
    const argv = ['python', 'train_trl.py', '--model', '/m x', '--val=/v=1.parquet', '--steps', '3']
    expect(sourcesOf(argv)).toMatchObject({ base: '/m x', validation: '/v=1.parquet', reward: null })
  })
  it('and may be nothing', () => {
    expect(sourcesOf(['bash', '-c', 'a=1'])).toEqual({ base: null, validation: null, reward: null, loraAlpha: null })
  })
})
