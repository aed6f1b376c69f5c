import { RegExpParser, type AST } from '@eslint-community/regexpp'
import { load } from 'js-yaml'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { RE2JS } from 're2js'
import * as z from 'zod'
import { Signature } from '#contract'

/** A signature that can be looked for. */
export interface CompiledSignature extends Signature {
  patterns: readonly { regex: RE2JS; names: readonly string[] }[]
  frames: RE2JS | null
}

/** Lines that say what kind of a log it is and how far it came: resources/diagnosis/marks.yaml. */
const Marks = z.object({
  launch: z.array(z.string()),
  progress: z.array(z.string()),
  success: z.array(z.string()),
  echo: z.array(z.string()),
  phases: z.array(z.object({ phase: z.string(), find: z.string() })),
})
type Marks = z.infer<typeof Marks>

export interface Knowledge {
  signatures: readonly CompiledSignature[]
  marks: { [key in 'launch' | 'progress' | 'success' | 'echo']: readonly RE2JS[] }
  phases: readonly { phase: string; find: RE2JS }[]
  /** Every match has at least one of these in its line; whose they are stands at the same place in `owners`. */
  literals: readonly string[]
  owners: readonly (readonly number[])[]
}

const MARKS = 'marks.yaml'

/** Reads resources/diagnosis/*.yaml; throws with the file's name and the place for what does not fit the schema. */
export async function loadKnowledge(resources: string): Promise<Knowledge> {
  const folder = join(resources, 'diagnosis')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const read = async (name: string) => load(await readFile(join(folder, name), 'utf8'))
  const given = await Promise.all(
    names
      .filter((name) => name !== MARKS)
      .map(async (name) => {
        const parsed = SignatureFile.safeParse(await read(name))
        if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`)
        return parsed.data.map((signature) => ({ ...signature, category: basename(name, '.yaml') }))
      }),
  )
  return compile(given.flat(), Marks.parse(await read(MARKS)))
}

const SignatureFile = z.array(Signature.omit({ category: true }))

function compile(signatures: readonly Signature[], marks: Marks): Knowledge {
  const compiled = signatures.map((signature) => ({
    ...signature,
    patterns: signature.find.map((pattern) => ({ regex: RE2JS.compile(pattern), names: groupNames(pattern) })),
    frames: signature.within === undefined ? null : RE2JS.compile(signature.within),
  }))
  const owners = new Map<string, Set<number>>()
  signatures.forEach((signature, index) => {
    for (const literal of signature.find.flatMap(literalsOf))
      owners.set(literal, (owners.get(literal) ?? new Set()).add(index))
  })
  // Marks have no owner: their lines are read, and what they are is seen then.
  for (const literal of [...marks.launch, ...marks.progress, ...marks.success].flatMap(literalsOf))
    if (!owners.has(literal)) owners.set(literal, new Set())
  const all = (patterns: readonly string[]) => patterns.map((pattern) => RE2JS.compile(pattern))
  return {
    signatures: compiled,
    marks: {
      launch: all(marks.launch),
      progress: all(marks.progress),
      success: all(marks.success),
      echo: all(marks.echo),
    },
    phases: marks.phases.map(({ phase, find }) => ({ phase, find: RE2JS.compile(find) })),
    literals: [...owners.keys()],
    owners: [...owners.values()].map((set) => [...set]),
  }
}

const groupNames = (pattern: string) => [...pattern.matchAll(/\(\?P?<(\w+)>/g)].map(([, name]) => name ?? '')

/** Below this a literal would send every other line to a closer look. */
const SHORTEST_LITERAL = 4

/**
 * Fixed strings of which every match has at least one: of each alternative the longest. RangeError when an alternative
 * has none of at least four characters, or the pattern looks around or back (no linear-time engine can).
 */
export function literalsOf(pattern: string): string[] {
  const source = pattern.replaceAll('(?P<', '(?<').replace(/^\(\?i\)/, '')
  const tree = new RegExpParser().parsePattern(source, undefined, undefined, { unicode: true })
  const found = tree.alternatives.map((alternative) => bestOf(alternative, pattern))
  return [...new Set(found.flat())]
}

function bestOf(alternative: AST.Alternative, pattern: string): string[] {
  const choices: string[][] = []
  let run = ''
  const close = () => {
    if (run.length > 0) choices.push([run])
    run = ''
  }
  for (const element of alternative.elements) {
    if (element.type === 'Character') run += String.fromCodePoint(element.value)
    else close()
    if (element.type === 'Group' || element.type === 'CapturingGroup') choices.push(...insideOf(element, pattern))
    else if (element.type === 'Quantifier' && element.min > 0 && element.element.type === 'Group')
      choices.push(...insideOf(element.element, pattern))
  }
  close()
  const shortest = (choice: string[]) => Math.min(...choice.map(({ length }) => length))
  const best = choices.sort((a, b) => shortest(b) - shortest(a))[0]
  if (best === undefined || shortest(best) < SHORTEST_LITERAL)
    throw new RangeError(`no fixed text of ${SHORTEST_LITERAL} characters in "${alternative.raw}" of ${pattern}`)
  return best
}

/** A group may stand for its alternatives, when each of them has a fixed text. */
function insideOf(group: AST.Group | AST.CapturingGroup, pattern: string): string[][] {
  try {
    return [group.alternatives.flatMap((alternative) => bestOf(alternative, pattern))]
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}
