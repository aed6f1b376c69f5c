import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contract } from '#contract'

/** Numbers from a seed (mulberry32), so that what was found once is found again. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Paths of the procedures that take an input, so that a wrong one must be refused. */
function withInput(node: object, path = ''): string[] {
  return Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return []
    const definition = (value as Record<string, { inputSchema?: unknown } | undefined>)['~orpc']
    if (definition !== undefined) return definition.inputSchema === undefined ? [] : [`${path}/${name}`]
    return withInput(value, `${path}/${name}`)
  })
}
const procedures = withInput(contract)

export interface Fuzz {
  /** In the protocol's form, and wrong in what it asks: is to be answered with a refusal. */
  framed(): string
  /** Not in the protocol's form: may end its line. */
  broken(): string
}

const oddTexts = [
  '',
  '\0',
  '../../etc/passwd',
  '/etc/passwd',
  '__proto__',
  '\ud800',
  '汉'.repeat(500),
  '{{constructor}}',
]

/** Every field that any input has, each of a type that none takes. */
const wrongFields = (wrong: unknown) =>
  Object.fromEntries(
    [
      'id',
      'path',
      'key',
      'requestId',
      'theme',
      'source',
      'kind',
      'text',
      'data',
      'request',
      'address',
      'ids',
      'version',
    ]
      .concat(['service', 'recipe', 'a', 'plan', 'name', 'preset', 'columns', 'layout', 'steps', 'work'])
      .map((field) => [field, wrong]),
  )

export function createFuzz(seed: number): Fuzz {
  const random = seeded(seed)
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const noise = (length: number) => Array.from({ length }, () => String.fromCharCode(below(0x2000))).join('')
  const deep = (depth: number): unknown =>
    depth === 0 ? pick(oddTexts) : random() < 0.5 ? [deep(depth - 1)] : { a: deep(depth - 1) }
  const input = (): unknown =>
    pick([
      () => 42,
      () => [],
      () => noise(below(40)),
      () => pick(oddTexts),
      () => [[deep(below(200))]],
      () => wrongFields(pick([13.5, true, [[]], { x: 1 }])),
    ])()
  const address = () =>
    random() < 0.8
      ? pick(procedures)
      : pick([
          '/',
          '',
          '/__proto__/x',
          '/constructor',
          '/settings',
          '/settings/update/x',
          '/' + noise(5),
          '/../settings',
        ])
  const meta = () =>
    pick<unknown>([
      [[1, 'theme']],
      [[9, '__proto__', 'x']],
      [
        [2, 'id', 0, 'toString'],
        [5, 'constructor', 'prototype'],
      ],
    ])
  let count = 0
  return {
    framed: () =>
      JSON.stringify({ i: String((count += 1)), p: { u: pick(procedures), b: { json: input(), meta: [] } } }),
    broken: () =>
      pick([
        () => noise(below(300)),
        () => pick(oddTexts),
        () => JSON.stringify({ i: 1, p: { u: pick(procedures), b: {} } }).slice(0, below(30)),
        () =>
          JSON.stringify(
            pick<unknown>([null, [], 7, { i: {} }, { i: 'x', t: 99, p: {} }, { p: { u: 5 } }, { i: '1', p: null }]),
          ),
        () => '['.repeat(below(20_000)),
        () => JSON.stringify({ i: '7', p: { u: address(), b: { json: input(), meta: meta() } } }),
        () =>
          `{"i":"1","p":{"u":"${pick(procedures)}","b":{"json":{"__proto__":{"polluted":1}},"meta":[[0,"__proto__"]]}}}`,
      ])(),
  }
}

/** Every file below a folder, by content; logs, which may say that nonsense came, are left out. */
export async function digestOf(root: string): Promise<string> {
  const hash = createHash('sha256')
  async function walk(folder: string, path: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (path === '' && entry.name === 'logs') continue
      hash.update(`${path}${entry.name}\n`)
      if (entry.isDirectory()) await walk(join(folder, entry.name), `${path}${entry.name}/`)
      else if (entry.isFile()) hash.update(await readFile(join(folder, entry.name)))
    }
  }
  await walk(root, '')
  return hash.digest('hex')
}
