/** A part of a text. The parts hold all of it; nothing is ever markup. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string; language: string; block: boolean }
  | { kind: 'math'; text: string; display: boolean }

/** Longer texts stay as they are: their formulas would take longer than anybody waits. */
const LONGEST = 200_000

/**
 * What is looked for, in this order at each place; none may look far for an end that is not there. `$…$` follows pandoc's rule (no space inside beside the signs, no
 * digit after the closing one), so that "$5 and $10" stays money. https://pandoc.org/MANUAL.html#math
 */
const pattern = new RegExp(
  [
    /(?:^|\n)```(?<language>[^\n`]*)\n(?<fence>[\s\S]*?)(?:\n```(?=\n|$)|$)/,
    /`(?<code>[^`\n]+)`/,
    /\$\$(?<dollars>[\s\S]+?)\$\$/,
    /\\\[(?<brackets>(?:(?!\\\[)[\s\S])+?)\\\]/,
    /\\\((?<parens>(?:(?!\\\()[\s\S])+?)\\\)/,
    /(?<env>\\begin\{(?<name>align|equation|gather|multline|eqnarray|cases|array|[pbvV]?matrix)(?<star>\*?)\}[\s\S]+?\\end\{\k<name>\k<star>\})/,
    /(?<![\\$])\$(?<dollar>(?!\s)(?:\\.|[^$\\\n]|\n(?!\n))+?)(?<![\s\\])\$(?![\d$])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
)

/** Finds formulas and code in a text. */
export function partsOf(text: string): Part[] {
  if (text.length > LONGEST) return [{ kind: 'text', text }]
  const parts: Part[] = []
  let done = 0
  for (const match of text.matchAll(pattern)) {
    const part = partOf(match.groups ?? {})
    if (part === null) continue
    // The line break before a fence belongs to the text.
    const start = match.index + (match[0].startsWith('\n') ? 1 : 0)
    if (start > done) parts.push({ kind: 'text', text: text.slice(done, start) })
    parts.push(part)
    done = match.index + match[0].length
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) })
  return parts
}

function partOf(found: Record<string, string | undefined>): Part | null {
  const { language, fence, code, dollars, brackets, parens, env, dollar } = found
  if (fence !== undefined) return { kind: 'code', text: fence, language: language?.trim() ?? '', block: true }
  if (code !== undefined) return { kind: 'code', text: code, language: '', block: false }
  const display = dollars ?? brackets ?? env
  if (display !== undefined) return { kind: 'math', text: display, display: true }
  const inline = parens ?? dollar
  return inline === undefined ? null : { kind: 'math', text: inline, display: false }
}
