import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../main/contract'
import { environmentId } from '../../main/core/env/recipe'
import { checkModel } from '../../main/core/hub/facts/arrival'
import { matching, splitsByName } from '../../main/core/hub/facts/dataset-card'
import { saySomething } from '../../main/core/hub/facts/say'
import { drawQuestion, readTemplate } from '../../main/core/hub/facts/template'
import { folderReader } from '../../main/core/hub/facts/reader'
import { originalPath, withUv } from '../support/engines'
import { openRoom, type Room } from '../support/environments'
import { copyTo, runSql, sums } from '../support/tables'
import { cpuRecipe, keptRoot } from '../support/verl-environments'

/** With real torch, transformers and datasets: a tiny model is made, looked at, and answers. */
let room: Room
let root: string
let python: string
let environment: string
let model: string
const signal = () => AbortSignal.timeout(300_000)
const resources = resolve('resources')

beforeAll(async () => {
  withUv()
  room = await openRoom(keptRoot())
  const recipe = await cpuRecipe('0.6.1')
  environment = environmentId(recipe)
  const job = await room.make(recipe)
  expect(job.error).toBeNull()
  python = room.projection.read().environments[environment]?.program ?? ''
  root = await mkdtemp(join(tmpdir(), '说 something-'))
  model = join(root, 'tiny 模型')
  const train = join(root, 'train.parquet')
  await runSql(copyTo(sums(64), train, 'FORMAT parquet'))
  const maker = join(resources, 'python', 'make_practice_model.py')
  run([maker, '--train', train, '--out', model, '--warmup-steps', '3'])
}, 600_000)
afterAll(async () => {
  await room.close()
  process.env['PATH'] = originalPath
})

function run(args: string[], input = ''): string {
  const done = spawnSync(python, args, {
    encoding: 'utf8',
    input,
    env: { ...process.env, PYTHONPATH: '', PYTHONDONTWRITEBYTECODE: '1' },
  })
  expect(done.status, done.stderr).toBe(0)
  return done.stdout
}

async function say(folder: string, prompt = '1+1=') {
  const findings: Finding[] = []
  const steps: number[] = []
  const said = await saySomething({
    ...{ folder, prompt, environment, python, resources, signal: signal() },
    onFinding: (finding) => findings.push(finding),
    onProgress: ({ done }) => steps.push(done),
  })
  return { said, findings: findings.map(({ code }) => code), steps }
}

describe('a model that is here', { timeout: 120_000 }, () => {
  it('is in order, and its template gives what transformers gives', async () => {
    const { findings, template } = await checkModel(model, signal())
    expect(findings).toEqual([])
    const code = `from transformers import AutoTokenizer as A; import sys
print(A.from_pretrained(sys.argv[1]).apply_chat_template([{"role": "user", "content": "What is 1 + 1?"}], tokenize=False, add_generation_prompt=True), end="")`
    expect(template).toBe(run(['-c', code, model]))
    const own = await readTemplate(await folderReader(model), signal())
    expect(own && drawQuestion(own, 'What is 1 + 1?')).toBe(template)
  })
  it('answers, the same each time, and a prompt may begin with a dash', async () => {
    const first = await say(model, '--model 汉')
    expect(first.said).toMatchObject({ prompt: '--model 汉', environment, device: 'cpu' })
    expect(first.findings).toEqual([])
    expect(first.steps.at(-1)).toBeGreaterThan(0)
    expect((await say(model, '--model 汉')).said.text).toBe(first.said.text)
  })
  it('answers without a template, and says so', async () => {
    const plain = join(root, 'plain')
    await cp(model, plain, { recursive: true })
    await rm(join(plain, 'chat_template.jinja'), { force: true })
    const file = join(plain, 'tokenizer_config.json')
    const { chat_template: _gone, ...rest } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
    await writeFile(file, JSON.stringify(rest))
    expect((await say(plain)).findings).toEqual(['MODEL_NO_TEMPLATE'])
  })
  it('is not made up where weights are missing or cut, and runs no code of its own', async () => {
    const cut = join(root, 'cut')
    await cp(model, cut, { recursive: true })
    const weights = await readFile(join(cut, 'model.safetensors'))
    await writeFile(join(cut, 'model.safetensors'), weights.subarray(0, weights.length - 1000))
    await expect(say(cut)).rejects.toMatchObject({ data: { code: 'MODEL_CONFIG_BAD' } })
    const own = join(root, 'own code')
    await cp(model, own, { recursive: true })
    const config = JSON.parse(await readFile(join(own, 'config.json'), 'utf8')) as Record<string, unknown>
    const strange = {
      ...config,
      model_type: 'mine',
      auto_map: { AutoConfig: 'evil.C', AutoModelForCausalLM: 'evil.M' },
    }
    await writeFile(join(own, 'config.json'), JSON.stringify(strange))
    await writeFile(join(own, 'evil.py'), `open(${JSON.stringify(join(root, 'ran'))}, "w")`)
    await expect(say(own)).rejects.toMatchObject({ data: { code: expect.stringMatching(/^MODEL_/) as string } })
    await expect(readFile(join(root, 'ran'))).rejects.toThrow()
  })
})

const layouts: Record<string, string[]> = {
  names: ['train.csv', 'valid.csv', 'my_eval-1.csv', 'trainer.csv'],
  'one file': ['rows.jsonl', 'README.md'],
  shards: [
    'data/train-00000-of-00002.parquet',
    'data/train-00001-of-00002.parquet',
    'data/b-00000-of-00001.parquet',
    'other.parquet',
  ],
  folders: ['train/a.csv', 'train/deep/b.csv', 'testing-2/c.csv', 'x.csv'],
  'folders with words': ['my_train_files/a.csv', 'dev/b.csv'],
  hidden: ['.x/train.csv', '__y__/train.csv', 'z.csv'],
  packed: ['train.jsonl.gz', 'test.jsonl.gz'],
  formats: ['train.parquet', 'test.parquet', 'train.txt'],
  capitals: ['Train.csv', 'TEST.csv'],
  'a config file': ['config.json', 'a.json'],
}
const globbed = [
  'a.csv',
  'b.csv',
  'data/c.csv',
  'data/deep/d.csv',
  '.h/e.csv',
  'data/.f.csv',
  '__x__/g.csv',
  'config.json',
]
const globs = ['*.csv', '**', '**/*.csv', 'data/*', 'data/**', 'data/**/*.csv', './data/*', '[ab].csv', '?.csv']
const hidden = ['{a,b}.csv', '.h/*', '.*/*', 'data/.*', '__x__/*', '**/__x__/*', 'config.json', 'data', 'data/deep']

it('splits and patterns are those of the real datasets library', { timeout: 120_000 }, async () => {
  const folders = { ...layouts, globbed }
  for (const [name, paths] of Object.entries(folders))
    for (const path of paths) {
      await mkdir(dirname(join(root, 'splits', name, path)), { recursive: true })
      await writeFile(join(root, 'splits', name, path), 'a,b\n1,2\n')
    }
  const code = `import json, os, sys
import datasets.load as load
from datasets.data_files import DataFilesDict, get_data_patterns, resolve_pattern, sanitize_patterns
from datasets.packaged_modules import _MODULE_TO_EXTENSIONS
asked = json.load(sys.stdin)
def splits(base):
    patterns = sanitize_patterns(get_data_patterns(base))
    files = DataFilesDict.from_patterns(patterns, base_path=base, allowed_extensions=load.ALL_ALLOWED_EXTENSIONS)
    module, _ = load.infer_module_for_data_files(files, path=base)
    files = files.filter(extensions=_MODULE_TO_EXTENSIONS[module])
    return {str(k): sorted(os.path.relpath(f, base) for f in v) for k, v in files.items() if v}
def glob(base, pattern):
    try:
        return sorted(os.path.relpath(f, base) for f in resolve_pattern(pattern, base))
    except FileNotFoundError:
        return []
base = os.path.join(asked["root"], "globbed")
print(json.dumps({"splits": {name: splits(os.path.join(asked["root"], name)) for name in asked["layouts"]},
                  "globs": {pattern: glob(base, pattern) for pattern in asked["globs"]}}))`
  const asked = { root: join(root, 'splits'), layouts: Object.keys(layouts), globs: [...globs, ...hidden] }
  const real = JSON.parse(run(['-c', code], JSON.stringify(asked))) as unknown

  const splits: Record<string, unknown> = {}
  for (const name of Object.keys(layouts)) {
    const found = splitsByName((await folderReader(join(root, 'splits', name), true)).files)
    splits[name] = Object.fromEntries(found.map((split) => [split.name, split.files.toSorted()]))
  }
  const files = globbed.map((path) => ({ path, size: 1, digest: null }))
  expect({
    splits,
    globs: Object.fromEntries(asked.globs.map((glob) => [glob, matching(files, glob, '').toSorted()])),
  }).toEqual(real)
})
