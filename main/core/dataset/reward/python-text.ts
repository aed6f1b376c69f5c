/**
 * What Python does with text where JavaScript does something else. verl's rules are Python: a difference here would be
 * a difference in the score. Tables from Python's unicodedata: str.isspace, str.isdigit, `\w` of re.
 */

const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** `\s` of re for a character class; JavaScript's has U+FEFF and lacks 0x1C to 0x1F and 0x85. */
export const SPACE = `[${space}]`
/** `\w` of re: letters, numbers of every kind and "_", but no combining marks. */
export const WORD = '[\\p{L}\\p{N}_]'

const isSpace = new RegExp(`^${SPACE}$`, 'u')
const gaps = new RegExp(`${SPACE}+`, 'u')
/** Digits beyond the decimal ones: superscripts, circled numbers and the like, which `int` refuses. */
const digits =
  /^(?:\p{Nd}|[\u{b2}-\u{b3}\u{b9}\u{1369}-\u{1371}\u{19da}\u{2070}\u{2074}-\u{2079}\u{2080}-\u{2089}\u{2460}-\u{2468}\u{2474}-\u{247c}\u{2488}-\u{2490}\u{24ea}\u{24f5}-\u{24fd}\u{24ff}\u{2776}-\u{277e}\u{2780}-\u{2788}\u{278a}-\u{2792}\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}])+$/u

/** str.strip(). Not by a pattern: that would take the square of the time where a text holds much white space. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace.test(text.charAt(start))) start += 1
  while (start < end && isSpace.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

/** str.split() */
export const words = (text: string): string[] => text.split(gaps).filter((word) => word !== '')

/** str.isdigit() */
export const isDigit = (text: string): boolean => digits.test(text)

/** The last `count` characters, text[-count:]. Python counts code points, JavaScript UTF-16 units. */
export function lastCharacters(text: string, count: number): string {
  if (text.length <= count) return text
  return Array.from(text.slice(-2 * count - 1))
    .slice(-count)
    .join('')
}

/** text.replace(old, new), every one. A function, because "$" in a replacement means something to JavaScript. */
export const replaceAll = (text: string, old: string, by: string): string => text.replaceAll(old, () => by)

/** The first character as a code point, and the rest; null where Python raises IndexError. */
export function firstCharacter(text: string): [string, string] | null {
  const point = text.codePointAt(0)
  if (point === undefined) return null
  const first = String.fromCodePoint(point)
  return [first, text.slice(first.length)]
}
