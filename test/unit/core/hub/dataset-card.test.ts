import { describe, expect, test } from 'vitest'
import { datasetCard } from '../../../../main/core/hub/facts/dataset-card'
import type { RemoteReader } from '../../../../main/core/hub/facts/reader'

const signal = new AbortController().signal

/** A repository of these names, 10 bytes each, with this README. */
function repository(paths: string[], readme: string | null = null): RemoteReader {
  const files = [...paths, ...(readme === null ? [] : ['README.md'])].map((path) => ({ path, size: 10, digest: null }))
  return {
    files,
    where: (path) => (path === undefined ? 'me/tables' : `me/tables/${path}`),
    read: () => Promise.resolve(Buffer.from(readme ?? '')),
    range: () => Promise.reject(new Error('no file is opened')),
  }
}

/** "config/split: files" of each split. */
async function splits(paths: string[], readme: string | null = null): Promise<string[]> {
  const { card } = await datasetCard(repository(paths, readme), signal)
  return card.configs.flatMap(({ name, splits: all }) =>
    all.map((one) => `${name}/${one.name}: ${one.files.join(' ')}`),
  )
}

describe('splits by the names of files, as the datasets library takes them', () => {
  test.each<[string, string[], string[]]>([
    ['one file', ['rows.csv'], ['default/train: rows.csv']],
    [
      'names',
      ['train.jsonl', 'dev.jsonl', 'test.jsonl'],
      ['default/train: train.jsonl', 'default/validation: dev.jsonl', 'default/test: test.jsonl'],
    ],
    [
      'shards, the usual splits first',
      [
        'data/extra-00000-of-00001.parquet',
        'data/test-00000-of-00001.parquet',
        'data/train-00000-of-00002.parquet',
        'data/train-00001-of-00002.parquet',
      ],
      [
        'default/train: data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet',
        'default/test: data/test-00000-of-00001.parquet',
        'default/extra: data/extra-00000-of-00001.parquet',
      ],
    ],
    [
      'folders before names',
      ['train/test_1.csv', 'test/a.csv'],
      ['default/train: train/test_1.csv', 'default/test: test/a.csv'],
    ],
    ['words, not parts of words', ['trainer.csv', 'my-train-2.csv'], ['default/train: my-train-2.csv']],
    ['the format that most have', ['a.parquet', 'b.parquet', 'notes.txt'], ['default/train: a.parquet b.parquet']],
    ['nothing hidden', ['.cache/train.csv', '__pycache__/train.csv', 'all.csv'], ['default/train: all.csv']],
    ['packed', ['train.jsonl.gz', 'test.json.zst'], ['default/train: train.jsonl.gz', 'default/test: test.json.zst']],
  ])('%s', async (_name, paths, expected) => {
    expect(await splits(paths)).toEqual(expected)
  })
})

describe('configs of README.md', () => {
  const files = ['main/train-0.parquet', 'main/test-0.parquet', 'socratic/train-0.parquet', 'loose.parquet']
  test('come with their patterns, the default one first', async () => {
    const readme = `---
license: mit
configs:
- config_name: socratic
  data_files: socratic/*.parquet
- config_name: main
  default: true
  data_files:
  - split: train
    path: main/train-*
  - split: test
    path: [main/test-*]
---
# GSM8K`
    expect(await splits(files, readme)).toEqual([
      'main/train: main/train-0.parquet',
      'main/test: main/test-0.parquet',
      'socratic/train: socratic/train-0.parquet',
    ])
  })
  test('may be a folder, in which the names decide', async () => {
    const readme = '---\nconfigs:\n- config_name: main\n  data_dir: ./main\n---\n'
    expect(await splits(files, readme)).toEqual(['main/train: main/train-0.parquet', 'main/test: main/test-0.parquet'])
  })
  test('that cannot be read are said so, and names decide', async () => {
    const { card, findings } = await datasetCard(repository(['train.csv'], '---\nconfigs: [a: {\n---\n'), signal)
    expect(findings.map(({ code }) => code)).toEqual(['DATASET_CARD_BAD'])
    expect(card.configs[0]?.splits[0]?.files).toEqual(['train.csv'])
  })
  test('"**" of a hostile card takes no hidden file', async () => {
    const readme = '---\nconfigs:\n- config_name: x\n  data_files: "**"\n---\n'
    expect(await splits(['.git/a.csv', 'a.csv', 'b/c.csv'], readme)).toEqual(['x/train: a.csv b/c.csv'])
  })
})

test('a data set that only a script makes is said so; nothing is run', async () => {
  const { card, findings } = await datasetCard(repository(['tables.py', 'requirements.md']), signal)
  expect(card.configs).toEqual([])
  expect(findings).toEqual([
    { code: 'DATASET_SCRIPT', severity: 'warning', params: { dataset: 'me/tables', file: 'tables.py' } },
  ])
})
