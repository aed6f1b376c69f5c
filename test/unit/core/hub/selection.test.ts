import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { matcher, selectFiles, type Choice } from '../../../../main/core/hub/selection'

const all: Choice = { include: null, exclude: [] }
const filesOf = (paths: string[]) => paths.map((path) => ({ path, size: 100, digest: null }))
const wanted = (kind: 'model' | 'dataset', paths: string[], choice = all) =>
  selectFiles(kind, filesOf(paths), choice).flatMap((file) => (file.wanted ? [file.path] : []))
const reasons = (kind: 'model' | 'dataset', paths: string[]) =>
  Object.fromEntries(selectFiles(kind, filesOf(paths), all).map(({ path, skipped }) => [path, skipped]))

describe('the files of a model that are needed', () => {
  const texts = [
    'LICENSE',
    'README.md',
    'config.json',
    'generation_config.json',
    'merges.txt',
    'tokenizer.json',
    'vocab.json',
  ]
  it("are all of a usual one, but for git's", () => {
    const paths = [...texts, 'tokenizer_config.json', 'chat_template.jinja', 'tokenizer.model', 'model.safetensors']
    expect(wanted('model', [...paths, '.gitattributes', 'logo.png'])).toEqual(paths)
  })
  it('has safetensors before pickles and other formats', () => {
    expect(
      reasons('model', [
        ...['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json'],
        ...['pytorch_model-00001-of-00002.bin', 'pytorch_model.bin.index.json', 'consolidated.safetensors'],
        ...['model.gguf', 'onnx/model.onnx', 'onnx/config.json', 'flax_model.msgpack', 'tf_model.h5', 'rust_model.ot'],
        ...['openvino_model.bin', 'coreml/x.mlpackage/Data/weights/weight.bin', 'original/consolidated.00.pth'],
        ...[
          'original/tokenizer.model',
          'training_args.bin',
          'optimizer.pt',
          'modeling_x.py',
          'checkpoint-10/model.safetensors',
        ],
        ...['model.fp16.safetensors', '../x.safetensors', 'config.json'],
      ]),
    ).toEqual({
      'model-00001-of-00002.safetensors': null,
      'model-00002-of-00002.safetensors': null,
      'model.safetensors.index.json': null,
      'pytorch_model-00001-of-00002.bin': 'pickle',
      'pytorch_model.bin.index.json': 'pickle',
      'consolidated.safetensors': 'duplicate',
      'model.gguf': 'otherFormat',
      'onnx/model.onnx': 'otherFormat',
      'onnx/config.json': 'otherFormat',
      'flax_model.msgpack': 'otherFormat',
      'tf_model.h5': 'otherFormat',
      'rust_model.ot': 'otherFormat',
      'openvino_model.bin': 'otherFormat',
      'coreml/x.mlpackage/Data/weights/weight.bin': 'otherFormat',
      'original/consolidated.00.pth': 'pickle',
      'original/tokenizer.model': 'duplicate',
      'training_args.bin': 'extra',
      'optimizer.pt': 'extra',
      'modeling_x.py': 'extra',
      'checkpoint-10/model.safetensors': 'duplicate',
      'model.fp16.safetensors': 'duplicate',
      '../x.safetensors': 'unsafe',
      'config.json': null,
    })
  })
  it('has the pickle where there is nothing else, and one copy of weights that are there twice', () => {
    expect(wanted('model', ['config.json', 'pytorch_model.bin'])).toContain('pytorch_model.bin')
    expect(wanted('model', ['consolidated.safetensors', 'params.json'])).toEqual(['consolidated.safetensors'])
    expect(
      wanted('model', ['model.safetensors', 'model-00001-of-00002.safetensors', 'model.safetensors.index.json']),
    ).toEqual(['model.safetensors'])
    expect(wanted('model', ['m.q4.gguf', 'README.md'])).toEqual(['README.md'])
  })
  it('keeps the parts of a pipeline in their folders', () => {
    const paths = ['model_index.json', 'unet/config.json', 'unet/diffusion.safetensors', 'vae/diffusion.safetensors']
    expect(wanted('model', paths)).toEqual(paths)
  })
})

describe('the files of a dataset that are needed', () => {
  it('is everything but scripts and pickles', () => {
    const paths = ['README.md', 'dataset_infos.json', 'main/train.parquet', 'data.jsonl.gz', 'img/1.png', 'audio.tar']
    expect(wanted('dataset', [...paths, 'gsm8k.py', '.gitattributes', 'x.pkl'])).toEqual(paths)
    expect(reasons('dataset', ['x.pkl', 'load.py', 'README.md'])).toEqual({
      'x.pkl': null,
      'load.py': 'extra',
      'README.md': null,
    })
  })
})

describe('patterns', () => {
  const paths = ['config.json', 'onnx/model.onnx', 'onnx/a/b.json', 'x.py', '../x.json', '[a].json', '汉字 #.json']
  it('choose, also what is not needed, and never what is unsafe', () => {
    expect(wanted('model', paths, { include: ['*.onnx', 'x.py'], exclude: [] })).toEqual(['onnx/model.onnx', 'x.py'])
    expect(wanted('model', paths, { include: ['onnx/'], exclude: ['*/b.*'] })).toEqual(['onnx/model.onnx'])
    expect(wanted('model', paths, { include: ['*.json'], exclude: ['config*'] })).toEqual([
      'onnx/a/b.json',
      '[a].json',
      '汉字 #.json',
    ])
  })
  it('match as fnmatch of Python does, which huggingface_hub filters with', () => {
    const letter = fc.constantFrom(
      'a',
      'b',
      '/',
      '.',
      '*',
      '*',
      '?',
      '[',
      ']',
      '!',
      '-',
      '{',
      '}',
      '(',
      ')',
      '+',
      '@',
      ',',
      '#',
      ' ',
      '汉',
      '$',
      '^',
      '|',
    )
    const text = fc.array(letter, { minLength: 1, maxLength: 6 }).map((letters) => letters.join(''))
    const name = fc
      .array(fc.constantFrom('a', 'b', '/', '.', '!', '-', '{', '}', '(', '+', ' ', '汉', '[', ']'), {
        minLength: 1,
        maxLength: 5,
      })
      .map((letters) => letters.join(''))
    const pairs = fc.sample(fc.tuple(text, name), 4000)
    const script = `
import fnmatch, json, sys
print(json.dumps([fnmatch.fnmatchcase(name, p + '*' if p.endswith('/') else p) for p, name in json.load(sys.stdin)]))`
    const found = spawnSync('python3', ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8' })
    const theirs = JSON.parse(found.stdout) as boolean[]
    const differ = pairs.filter(([pattern, path], at) => matcher([pattern])(path) !== theirs[at])
    expect(differ.slice(0, 10)).toEqual([])
  })
})
