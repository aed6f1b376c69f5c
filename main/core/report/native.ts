import { createDuck } from '../dataset/source/duck'

/** Each library of foreign machine code, with a use of it that shows that it works. */
const uses = {
  'node-pty': async () => {
    const { spawn } = await import('@lydell/node-pty')
    const program = process.platform === 'win32' ? 'hostname.exe' : 'true'
    await new Promise<void>((resolve) => spawn(program, [], {}).onExit(() => resolve()))
  },
  DuckDB: async (temporary: string) => {
    const duck = createDuck(temporary, 1)
    try {
      const [found] = await duck.numbers('SELECT 6 * 7', new AbortController().signal)
      if (found !== 42) throw new Error(`6 * 7 = ${found}`)
    } finally {
      await duck.dispose()
    }
  },
  tokenizers: async () => {
    const { Tokenizer } = await import('tokenizers')
    const model = { type: 'WordLevel', vocab: { '?': 0, word: 1 }, unk_token: '?' }
    const ids = (await Tokenizer.fromString(JSON.stringify({ version: '1.0', model })).encode('word')).getIds()
    if (ids[0] !== 1) throw new Error(`word = ${ids.join(' ')}`)
  },
} satisfies Record<string, (temporary: string) => Promise<void>>

/** "DuckDB: works", or why not: what a package for another system, or a damaged one, lacks. In the dataset worker. */
export async function tryNative(temporary: string): Promise<string[]> {
  const tried = Object.entries(uses).map(async ([name, use]) => {
    try {
      await use(temporary)
      return `${name}: works`
    } catch (thrown) {
      return `${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
    }
  })
  return Promise.all(tried)
}
