import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createSay } from '../../../../main/core/report/say'
import { checkName, encodedPath, fileSystemOf, isUnsafe, twins } from '../../../../main/core/hub/file-names'
import { isRepoId, normalEndpoint, parseRepo } from '../../../../main/core/hub/repo-id'
import { AppError } from '../../../../main/core/errors'

const codeOf = (run: () => unknown) => {
  try {
    run()
    return null
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.data : thrown
  }
}

describe('what a person types for a repository', () => {
  const nothing = { kind: 'model', revision: null, endpoint: null, service: null, file: null }
  const hf = 'https://huggingface.co'
  it.each([
    ['Qwen/Qwen2.5-0.5B', { id: 'Qwen/Qwen2.5-0.5B' }],
    ['gpt2', { id: 'gpt2' }],
    ['  "Qwen/Qwen3-8B" \n', { id: 'Qwen/Qwen3-8B' }],
    ['“Qwen/Qwen3-8B”。', { id: 'Qwen/Qwen3-8B' }],
    ['Ｑｗｅｎ／Ｑｗｅｎ３－８Ｂ', { id: 'Qwen/Qwen3-8B' }],
    ['\u200bQwen/Qwen3-8B\ufeff', { id: 'Qwen/Qwen3-8B' }],
    ['datasets/openai/gsm8k', { id: 'openai/gsm8k', kind: 'dataset' }],
    ['datasets/squad', { id: 'squad', kind: 'dataset' }],
    ['models/Qwen/Qwen3-8B', { id: 'Qwen/Qwen3-8B' }],
    [`${hf}/Qwen/Qwen3-8B`, { id: 'Qwen/Qwen3-8B', endpoint: hf }],
    [`${hf}/gpt2/`, { id: 'gpt2', endpoint: hf }],
    [`${hf}/Qwen/Qwen3-8B?library=transformers#usage`, { id: 'Qwen/Qwen3-8B', endpoint: hf }],
    [`${hf}/Qwen/Qwen3-8B/tree/main`, { id: 'Qwen/Qwen3-8B', endpoint: hf, revision: 'main' }],
    [`${hf}/Qwen/Qwen3-8B/tree/refs%2Fpr%2F1/sub`, { id: 'Qwen/Qwen3-8B', endpoint: hf, revision: 'refs/pr/1' }],
    [
      `${hf}/Qwen/Qwen3-8B/blob/v1/a/%E6%B1%89%20%23.json`,
      { id: 'Qwen/Qwen3-8B', endpoint: hf, revision: 'v1', file: 'a/汉 #.json' },
    ],
    [
      `${hf}/gpt2/resolve/main/config.json?download=true`,
      { id: 'gpt2', endpoint: hf, revision: 'main', file: 'config.json' },
    ],
    [`${hf}/datasets/openai/gsm8k/viewer/main/train`, { id: 'openai/gsm8k', kind: 'dataset', endpoint: hf }],
    [`${hf}/Qwen/Qwen3-8B/discussions/3`, { id: 'Qwen/Qwen3-8B', endpoint: hf }],
    ['huggingface.co/Qwen/Qwen3-8B', { id: 'Qwen/Qwen3-8B', endpoint: hf }],
    ['hf.co/gpt2', { id: 'gpt2', endpoint: 'https://hf.co' }],
    ['https://hf-mirror.com/Qwen/Qwen3-8B', { id: 'Qwen/Qwen3-8B', endpoint: 'https://hf-mirror.com' }],
    [
      'http://10.0.0.1:8080/hub/hf/Qwen/Qwen3-8B/tree/main',
      { id: 'Qwen/Qwen3-8B', endpoint: 'http://10.0.0.1:8080/hub/hf', revision: 'main' },
    ],
    ['http://10.0.0.1/hub/datasets/a/b', { id: 'a/b', kind: 'dataset', endpoint: 'http://10.0.0.1/hub' }],
    [
      'hf://datasets/openai/gsm8k@v1/main/train.parquet',
      { id: 'openai/gsm8k', kind: 'dataset', revision: 'v1', file: 'main/train.parquet' },
    ],
    ['hf://Qwen/Qwen3-8B/config.json', { id: 'Qwen/Qwen3-8B', file: 'config.json' }],
    [`git clone ${hf}/Qwen/Qwen3-8B.git`, { id: 'Qwen/Qwen3-8B', endpoint: hf }],
    ['git@hf.co:Qwen/Qwen3-8B', { id: 'Qwen/Qwen3-8B', endpoint: 'https://hf.co' }],
    ['git@hf.co:datasets/openai/gsm8k.git', { id: 'openai/gsm8k', kind: 'dataset', endpoint: 'https://hf.co' }],
    [
      'https://modelscope.cn/models/Qwen/Qwen3-8B/summary',
      { id: 'Qwen/Qwen3-8B', endpoint: 'https://modelscope.cn', service: 'modelscope' },
    ],
    [
      'https://www.modelscope.cn/models/Qwen/Qwen3-8B/file/view/master/config.json?status=1',
      {
        id: 'Qwen/Qwen3-8B',
        endpoint: 'https://www.modelscope.cn',
        service: 'modelscope',
        revision: 'master',
        file: 'config.json',
      },
    ],
    [
      'https://modelscope.cn/datasets/AI-MO/NuminaMath-1.5/files',
      { id: 'AI-MO/NuminaMath-1.5', kind: 'dataset', endpoint: 'https://modelscope.cn', service: 'modelscope' },
    ],
  ])('%s', (text, expected) => {
    expect(parseRepo(text, 'model')).toEqual({ ...nothing, ...expected })
  })

  it.each([
    ['', 'empty'],
    [' "" ', 'empty'],
    ['Qwen / Qwen3', 'spaces'],
    ['Qwen/通义千问', 'characters'],
    ['Qwen/..', 'characters'],
    ['../etc', 'characters'],
    ['a--b/c', 'characters'],
    ['-a/b', 'characters'],
    ['a/b.', 'characters'],
    [`a/${'b'.repeat(97)}`, 'characters'],
    ['a/b/c', 'parts'],
    ['/a/b', 'parts'],
    ['a/', 'parts'],
    ['https://huggingface.co/', 'address'],
    ['https://huggingface.co/a/b/c/d', 'address'],
    ['https://huggingface.co/spaces/a/b', 'space'],
    ['https://huggingface.co/a b/c', 'spaces'],
  ])('is refused: %s', async (text, detail) => {
    const error = codeOf(() => parseRepo(text, 'model'))
    expect(error).toMatchObject({ code: 'HUB_ID_BAD', params: { detail } })
    for (const language of ['en', 'zh-CN'] as const) {
      const say = await createSay(language)
      const sentence = say(`errors.HUB_ID_BAD`, (error as AppError['data']).params)
      expect(sentence).not.toMatch(/idProblem|\{\{|\$t/)
    }
  })

  it('gives an id that is safe in a path, or fails with its code, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: 'binary' })), (text) => {
        const error = codeOf(() => expect(isRepoId(parseRepo(text, 'model').id)).toBe(true))
        expect(error === null || (error as AppError['data']).code === 'HUB_ID_BAD', String(error)).toBe(true)
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => void (!isRepoId(text) || expect(isUnsafe(text)).toBe(false))))
  })

  it.each([
    ['hf-mirror.com', 'https://hf-mirror.com'],
    [' https://hf-mirror.com/ ', 'https://hf-mirror.com'],
    ['http://hub.local:8080/hf//', 'http://hub.local:8080/hf'],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['localhost:9000/hf', 'http://localhost:9000/hf'],
    ['HTTPS://HF-Mirror.com?x=1#y', 'https://hf-mirror.com'],
    ['ｈｆ－ｍｉｒｒｏｒ．ｃｏｍ', 'https://hf-mirror.com'],
    ['ftp://x', null],
    ['https://me:secret@x.com', null],
    ['a b', null],
    ['', null],
  ])('an endpoint typed as %s', (text, expected) => {
    expect(normalEndpoint(text)).toBe(expected)
  })
})

describe('names of files', () => {
  const posix = fileSystemOf('/data/hub', 'linux')
  const windows = fileSystemOf('C:/data', 'win32')
  it.each([
    'a #1?.json',
    '100%.txt',
    '汉字/文件 名.bin',
    'a..b',
    '...',
    'con',
    'a\\b',
    '.gitattributes',
    '.cached/x',
    ' x ',
    'ñ',
  ])('work: %s', (path) => {
    expect(codeOf(() => checkName(path, posix))).toBeNull()
    expect(
      new URL(`http://h/${encodedPath(path)}`).pathname.split('/').slice(1).map(decodeURIComponent).join('/'),
    ).toBe(path)
  })
  it.each([
    ...[
      '../x',
      'a/../../x',
      'a\\..\\..\\x',
      '..',
      'a/.',
      '/etc/passwd',
      '//host/share',
      '\\\\host\\share',
      'C:\\x',
      'C:x',
      'a/D:x',
    ],
    ...[
      'a//b',
      'a/',
      '',
      'a\0b',
      '\ud800',
      '.git/hooks/post-checkout',
      '.GIT/config',
      'sub/.git/config',
      '.git',
      '.git ./x',
    ],
    ...[
      '.launchpad/repo.json',
      '.Launchpad/x',
      '.launchpad',
      '.cache/huggingface/download/x.metadata',
      '.CACHE/HuggingFace/x',
      '.cache',
    ],
  ])('lead outside or into our records: %j', (path) => {
    expect(codeOf(() => checkName(path, posix))).toMatchObject({ code: 'FILE_NAME_UNSAFE' })
    expect(codeOf(() => checkName(path, windows))).toMatchObject({ code: 'FILE_NAME_UNSAFE' })
  })
  it.each([
    ['CON', 'reserved'],
    ['a/nul.txt', 'reserved'],
    ['COM1', 'reserved'],
    ['a./b', 'ending'],
    ['a ', 'ending'],
    ['a?b', 'characters'],
    ['a\\b', 'characters'],
    ['ab:c', 'characters'],
    ['x/'.repeat(130) + 'x', 'path'],
  ])('cannot be on Windows: %s', (path, detail) => {
    expect(codeOf(() => checkName(path, windows))).toMatchObject({ code: 'FILE_NAME_IMPOSSIBLE', params: { detail } })
    expect(codeOf(() => checkName(path, posix))).toBeNull()
  })
  it('are too long by bytes, their record counted', () => {
    const long = { code: 'FILE_NAME_IMPOSSIBLE', params: { detail: 'long' } }
    expect(codeOf(() => checkName('汉'.repeat(100), posix))).toMatchObject(long)
    expect(codeOf(() => checkName('a'.repeat(247), posix))).toMatchObject(long)
    expect(codeOf(() => checkName('a'.repeat(246), posix))).toBeNull()
  })
  it('collide where case is folded', () => {
    expect(twins(['Readme.md', 'README.md', 'x'], windows)).toEqual([{ file: 'README.md', other: 'Readme.md' }])
    expect(twins(['é', 'e\u0301'], windows)).toHaveLength(1)
    expect(twins(['Readme.md', 'README.md'], posix)).toEqual([])
  })
  it('refuses at least what huggingface_hub refuses', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', 'a', 'C:', '\\', '\\\\x', 'a:b', '', '汉'),
      fc.string({ maxLength: 4 }),
    )
    const paths = fc.sample(
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      400,
    )
    const script = `
import json, sys
from pathlib import PurePosixPath, PureWindowsPath
def bad(name):
    if '..' in name.replace('\\\\', '/').split('/'): return True
    return any(p.drive or p.root for p in [PurePosixPath(name), *(PureWindowsPath(x) for x in name.split('/'))])
print(json.dumps([bad(name) for name in json.load(sys.stdin)]))`
    const found = spawnSync('python3', ['-c', script], { input: JSON.stringify(paths), encoding: 'utf8' })
    const theirs = JSON.parse(found.stdout) as boolean[]
    expect(paths.filter((path, at) => theirs[at] === true && !isUnsafe(path))).toEqual([])
  })
})

describe('the sentences of names', () => {
  it.each(['en', 'zh-CN'] as const)('hold no word of the code: %s', async (language) => {
    const say = await createSay(language)
    const details = ['long', 'path', 'reserved', 'ending', 'characters', 'twin']
    const said = [
      ...details.map((detail) => say('errors.FILE_NAME_IMPOSSIBLE', { file: '汉 #', detail })),
      ...['model', 'dataset'].map((kind) => say('errors.HUB_WRONG_KIND', { id: 'a/b', kind })),
    ]
    expect(new Set(said).size).toBe(said.length)
    for (const sentence of said) expect(sentence).not.toMatch(/Problem|repoKind|\{\{|\$t/)
    // A name of others is never taken for one of our keys.
    const odd = '$t(skipped.extra)'
    expect(say('errors.FILE_NAME_UNSAFE', { file: odd })).toContain(odd)
  })
})
