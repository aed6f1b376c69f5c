import { describe, expect, it } from 'vitest'
import { words } from '../../../main/contract/locales'
import { preflight } from '../../../main/contract/locales/preflight'
import { readScript, verlOverrides } from '../../../main/core/preflight/command'
import { remedyOf } from '../../../main/core/preflight/remedy'
import { tutorialOverrides, tutorialScript } from '../../support/preflight'

describe('a script is read as a shell reads it', () => {
  it("the tutorial's own, with paths of spaces and 汉字", () => {
    const { argv, env } = readScript(tutorialScript('/模型/a b', '/data 数据'))
    expect(argv).toEqual(['python3', '-m', 'verl.trainer.main_ppo', ...tutorialOverrides('/模型/a b', '/data 数据')])
    expect(env).toEqual({
      HYDRA_FULL_ERROR: '1',
      VLLM_DTYPE: 'float32',
      PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:128',
      TRITON_MAX_SHARED_MEMORY: '49152',
      PYTHONUNBUFFERED: '1',
    })
  })
  const read = (line: string, known = {}) => readScript(`python3 -m verl.trainer.main_ppo ${line}`, known).argv.slice(3)
  it.each([
    [`trainer.logger='["console","file"]'`, ['trainer.logger=["console","file"]']],
    [`trainer.logger=['console','wandb']`, ['trainer.logger=[console,wandb]']],
    ['a="x \\"y\\" \\\\ \\n"', ['a=x "y" \\ \\n']],
    ['a=1 \\\n  b=2 # not this\n c=3', ['a=1', 'b=2']],
    ['a=1 > out.log 2>&1', ['a=1']],
    ['a=1 2>&1 | tee log', ['a=1']],
    ['a=1 && echo b=2', ['a=1']],
    ['a=$HOME/x b="${HOME}/y" c=\'$HOME\'', ['a=/home/mei/x', 'b=/home/mei/y', 'c=$HOME']],
    ['a=${UNSET:-7} $UNSET "$@" $@', ['a=7']],
    ['a=b#c ""', ['a=b#c', '']],
    ['a=1\r\n b=2', ['a=1']],
  ])('%s', (line, expected) => {
    expect(read(line, { HOME: '/home/mei' })).toEqual(expected)
  })
  it('variables come from export, and from before the command alone', () => {
    const { env, argv } = readScript(
      'A=1\nexport B=2 C="3 4"\nexport A\nD=5 python -m verl.trainer.main_ppo x=$A y=$D; E=6',
    )
    expect(env).toEqual({ B: '2', C: '3 4', D: '5', A: '1' })
    expect(argv.at(-2)).toBe('x=1')
  })
  it('what does not start verl, or is not closed, is refused', () => {
    expect(() => readScript('echo verl')).toThrow('BAD_INPUT')
    expect(() => readScript("python -m verl.trainer.main_ppo a='b")).toThrow('BAD_INPUT')
  })
  it('a command of another program has no overrides', () => {
    expect(verlOverrides(['sh', '-c', 'true'])).toBeNull()
    expect(verlOverrides(['python', '/x/verl/trainer/main_ppo.py', 'a=1'])).toEqual(['a=1'])
  })
})

describe('what is to be changed', () => {
  it('is an option with its value, where the finding knows both', () => {
    const params = { key: 'data.trian_batch_size', use: 'data.train_batch_size', value: '4' }
    expect(remedyOf({ code: 'PREFLIGHT_KEY_NEAR', params })).toEqual({
      ...{ change: 'set', key: 'data.train_batch_size', value: '4' },
    })
    expect(remedyOf({ code: 'PREFLIGHT_PLUS_MISSING', params: { key: 'a.b', override: 'a.b=1' } })).toEqual({
      ...{ change: 'words', key: 'a.b', value: '+a.b=1' },
    })
    expect(remedyOf({ code: 'PREFLIGHT_DISK_FULL', params: {} })).toBeNull()
  })
  it('has a sentence for each code, with the same parameters in both languages', () => {
    const named = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((match) => match[1]).sort()
    expect(Object.keys(preflight['zh-CN'])).toEqual(Object.keys(preflight.en))
    for (const [code, text] of Object.entries(preflight.en))
      expect([code, ...new Set(named(preflight['zh-CN'][code as keyof typeof preflight.en]))]).toEqual([
        code,
        ...new Set(named(text)),
      ])
    expect(words.en.finding).toHaveProperty('PREFLIGHT_NO_GPU')
  })
})
