/**
 * Python's fnmatch on a whole path: "*" and "?" match "/" too, "[a-c]" and "[!a-c]" are sets, nothing else has a
 * meaning. Shell globs (picomatch, minimatch) differ in "/", "{}", "()" and "|", and a pattern must choose the same
 * files here as in `hf download --include`. https://github.com/python/cpython/blob/3.11/Lib/fnmatch.py
 */
export function fnmatch(pattern: string): RegExp {
  const letters = [...pattern]
  let source = ''
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? ''
    const end = letter === '[' ? endOfSet(letters, at + 1) : -1
    if (end >= 0) {
      source += setOf(letters.slice(at + 1, end))
      at = end
    } else source += letter === '*' ? '.*' : letter === '?' ? '.' : escaped(letter)
  }
  return new RegExp(`^${source.replaceAll(/(\.\*)+/g, '.*')}$`, 'su')
}

/** Where the "]" is that ends the set; -1: it has none, and "[" is a letter. A "]" right after "[" or "[!" is one, too. */
function endOfSet(letters: string[], from: number): number {
  const first = letters[from] === '!' ? from + 1 : from
  return letters.indexOf(']', letters[first] === ']' ? first + 1 : first)
}

function setOf(letters: string[]): string {
  const negated = letters[0] === '!'
  const rest = negated ? letters.slice(1) : letters
  let inside = ''
  for (let at = 0; at < rest.length; at++) {
    const [from = '', dash, to] = rest.slice(at, at + 3)
    if (dash !== '-' || to === undefined) inside += escaped(from)
    else {
      // Backwards it holds nothing.
      if (codeOf(from) <= codeOf(to)) inside += `${escaped(from)}-${escaped(to)}`
      at += 2
    }
  }
  if (inside === '') return negated ? '.' : '(?!)'
  return `[${negated ? '^' : ''}${inside}]`
}

const codeOf = (letter: string) => letter.codePointAt(0) ?? 0

/** By its number: no letter has a meaning then, in a set or outside. */
const escaped = (letter: string) => `\\u{${codeOf(letter).toString(16)}}`
