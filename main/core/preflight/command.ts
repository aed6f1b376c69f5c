import { AppError } from '../errors'

/** A command line as a person wrote it: what is started, and the variables that were set for it. */
export interface WrittenCommand {
  argv: string[]
  env: Record<string, string>
}

const MODULE = 'verl.trainer.main_ppo'
const assignment = /^([A-Za-z_]\w*)=(.*)$/s

/** Hydra overrides after verl.trainer.main_ppo (`-m` or as a file); null: the command does not start it. */
export function verlOverrides(argv: readonly string[]): string[] | null {
  const at = argv.findIndex((word) => word === MODULE || word.endsWith('verl/trainer/main_ppo.py'))
  return at === -1 ? null : argv.slice(at + 1)
}

/**
 * The command that starts verl in a shell script, read and not run: words with their quotes, lines that go on,
 * comments, `export NAME=value`, `NAME=value` before it, and $NAME of what was set before or is in `known` (HOME).
 * Ends at the first operator (|, &&, ;, >). BAD_INPUT when nothing starts verl.trainer.main_ppo.
 */
export function readScript(text: string, known: Record<string, string> = {}): WrittenCommand {
  const env: Record<string, string> = {}
  const local: Record<string, string> = { ...known }
  for (const command of commandsOf(text, local)) {
    const words = command[0] === 'export' ? command.slice(1) : command
    const set = words.map((word) => assignment.exec(word))
    const count = set.findIndex((one) => one === null)
    const before = set.slice(0, count === -1 ? set.length : count)
    const named = command[0] === 'export' ? words.filter((word) => word in local) : []
    const given = Object.fromEntries(before.map((one) => [one?.[1] ?? '', one?.[2] ?? '']))
    const argv = words.slice(before.length)
    if (verlOverrides(argv) !== null) return { argv, env: { ...env, ...given } }
    if (command[0] === 'export')
      Object.assign(env, given, Object.fromEntries(named.map((name) => [name, local[name] ?? ''])))
    else if (argv.length > 0) continue
    Object.assign(local, given)
  }
  throw new AppError('BAD_INPUT', { detail: `no command with ${MODULE}` })
}

/** The simple commands of a script, one after the other; variables are read as they are at that time. */
function* commandsOf(text: string, variables: Record<string, string>): Generator<string[]> {
  let rest = text.replaceAll('\r\n', '\n')
  while (rest !== '') {
    const { words, length } = readCommand(rest, variables)
    if (words.length > 0) yield words
    rest = rest.slice(length)
  }
}

/** Words up to the next operator or line end, and how many characters they and it took (POSIX shell, 2.2 and 2.3). */
function readCommand(text: string, variables: Record<string, string>): { words: string[]; length: number } {
  const words: string[] = []
  let word: string | null = null
  const end = () => {
    if (word !== null) words.push(word)
    word = null
  }
  for (let at = 0; at < text.length;) {
    const sign = text.charAt(at)
    if (sign === '\\') {
      // A line that goes on is no end of a word.
      if (text.charAt(at + 1) !== '\n') word = (word ?? '') + text.charAt(at + 1)
      at += 2
    } else if (sign === "'") {
      const close = closing(text, at, "'")
      word = (word ?? '') + text.slice(at + 1, close)
      at = close + 1
    } else if (sign === '"') {
      const close = closing(text, at, '"')
      const inner = text.slice(at + 1, close)
      // "$@" is what the script was called with: nothing, not an empty word.
      if (inner !== '$@') word = (word ?? '') + unquoted(inner, variables)
      at = close + 1
    } else if (sign === '$') {
      const name = /^\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+|[@*#?]))/.exec(text.slice(at))
      const [whole = '$', braced, otherwise, plain] = name ?? []
      const value = name === null ? '$' : (variables[braced ?? plain ?? ''] ?? otherwise ?? '')
      if (value !== '' || word !== null) word = (word ?? '') + value
      at += whole.length
    } else if (sign === '#' && word === null) {
      const newline = text.indexOf('\n', at)
      at = newline === -1 ? text.length : newline
    } else if (/[\n;|&<>()]/.test(sign)) {
      // "2>&1": the number belongs to the redirection.
      if (/[<>]/.test(sign) && word !== null && /^\d$/.test(word)) word = null
      end()
      return { words, length: at + skipped(text, at) }
    } else if (/[ \t]/.test(sign)) {
      end()
      at += 1
    } else {
      word = (word ?? '') + sign
      at += 1
    }
  }
  end()
  return { words, length: text.length }
}

/** An operator ends the command; what a redirection names is no command, so it goes with it. */
function skipped(text: string, at: number): number {
  const redirection = /^[<>]+&?[ \t]*[^\s;|&<>()]*/.exec(text.slice(at))
  return redirection?.[0].length ?? 1
}

/** Where the quote ends; BAD_INPUT when it does not. */
function closing(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\' && quote === '"') at += 1
    else if (text.charAt(at) === quote) return at
  }
  throw new AppError('BAD_INPUT', { detail: `a ${quote} is not closed` })
}

/** What stands between double quotes: there a backslash protects only $ ` " \ and a line end. */
const unquoted = (text: string, variables: Record<string, string>) =>
  text.replaceAll(
    /\\([$`"\\])|\\\n|\$\{(\w+)\}|\$(\w+)/g,
    (_whole, escaped?: string, braced?: string, plain?: string) => escaped ?? variables[braced ?? plain ?? ''] ?? '',
  )
