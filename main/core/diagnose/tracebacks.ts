import type { Evidence } from '#contract'
import type { PlainLine } from './plain-line'

/** An exception as Python or Ray printed it. */
export interface ErrorBlock {
  source: string
  /** The line with its class and message. */
  evidence: Evidence
  type: string
  message: string
  /** "file:function", outermost first. */
  frames: string[]
  /** Remote methods that Ray names on the way ("WorkerDict.actor_rollout_update_actor"), outermost first. */
  methods: string[]
  /** Line where it begins. */
  from: number
  /** Exceptions of one chain have one number; `link` says how it follows from the one before. */
  chain: number
  link: 'cause' | 'during' | null
}

interface Open {
  frames: string[]
  methods: string[]
  from: number
  /** The last line was a frame's head: the next indented one is source text. */
  inFrame: boolean
  sourceSeen: boolean
  /** Python met it while cleaning up, and went on: "Exception ignored in: <function ...>". */
  ignored: boolean
  lines: number
  chain: number
  link: ErrorBlock['link']
}

/** Where a line stands: in an exception, and whether it is source text that a traceback repeats. */
export interface Place {
  block: ErrorBlock | null
  isSource: boolean
}

const HEAD = /Traceback \(most recent call last\):/
const FRAME = /^\s*File "(?<file>[^"]+)", line \d+(?:, in (?<name>.+))?/
const REMOTE = /ray::(?<method>[\w.<>]+)\(\)/
const CAUSE = /^The above exception was the direct cause of the following exception/
const DURING = /^During handling of the above exception, another exception occurred/
/** "ValueError: why", "torch.OutOfMemoryError: why", "ray.exceptions.RayTaskError(ValueError): ..." */
const ERROR =
  /^(?<type>(?:[A-Za-z_][\w]*\.)*[A-Za-z_]\w*(?:Error|Exception|Exit|Interrupt|Warning|Died|NotFound|Iteration|Timeout|Failure|Missing|Unavailable\w*)(?:\([\w.]+\))?)(?::\s?(?<message>.*))?$/
/** Within a traceback any bare "Name: text" ends it: classes need no particular name. */
const ANY_ERROR = /^(?<type>(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::\s(?<message>.*))?$/
/** A traceback that is longer than this is no traceback. */
const LONGEST = 400
/** Lines after an exception's first that still belong to its message. */
const TAIL = 12

/** Lines with none of these cannot begin an exception; what follows one is read anyway. */
export const errorLiterals = [
  'Exception ignored in',
  ...['Traceback (most recent call last)', 'The above exception was', 'During handling of the above', 'RayTaskError'],
  ...['Error:', 'Error(', 'Exception:', 'Exception(', 'AssertionError', 'NotImplementedError', 'KeyboardInterrupt'],
  ...['StopIteration', 'Died:', 'NotFound:', 'Timeout:', 'Failure:'],
]

/** Follows the exceptions of all processes that write into one log, each by its own prefix. */
export function createTracebacks(done: (block: ErrorBlock) => void) {
  const open = new Map<string, Open>()
  /** The newest exception of a source, and how the next one follows from it, once that was said. */
  const newest = new Map<string, { block: ErrorBlock; tail: number; link: ErrorBlock['link'] }>()
  let chains = 0
  /** Lines to read yet, whoever writes them, for the rest of a message. */
  let tail = 0
  const ignoring = new Set<string>()

  function begin(source: string, from: number): Open {
    const before = newest.get(source)
    const link = before?.link ?? null
    const entry: Open = {
      ...{
        frames: [],
        methods: [],
        from,
        inFrame: false,
        sourceSeen: false,
        ignored: ignoring.delete(source),
        lines: 0,
        link,
      },
      chain: link === null || before === undefined ? (chains += 1) : before.block.chain,
    }
    open.set(source, entry)
    return entry
  }

  function finish(source: string, error: Said, evidence: Evidence): Place {
    const { frames, methods, from, chain, link, ignored } = open.get(source) ?? begin(source, evidence.line)
    open.delete(source)
    if (ignored) return { block: null, isSource: true }
    const block = { source, evidence, ...error, frames, methods, from, chain, link }
    newest.set(source, { block, tail: TAIL, link: null })
    tail = TAIL
    done(block)
    return { block, isSource: false }
  }

  function within(entry: Open, { source, text }: PlainLine, evidence: Evidence): Place {
    entry.lines += 1
    if (entry.lines > LONGEST) open.delete(source)
    const frame = FRAME.exec(text)?.groups
    if (frame !== undefined) {
      entry.frames.push(`${frame['file'] ?? ''}:${frame['name'] ?? ''}`)
      entry.inFrame = true
      entry.sourceSeen = false
      return { block: null, isSource: true }
    }
    if (/^\s|^[~^]+$/.test(text)) {
      entry.sourceSeen = true
      return { block: null, isSource: entry.inFrame }
    }
    // Pasted logs lose their indentation: the line after a frame's head is source text, unless it is an error for sure.
    const afterHead = entry.inFrame && !entry.sourceSeen
    entry.sourceSeen = true
    if (afterHead && errorIn(text) === null) return { block: null, isSource: true }
    entry.inFrame = false
    const error = errorIn(text, ANY_ERROR)
    // Ray goes on with the frames of the other process, and the real error at their end.
    const method = remoteMethod(text, error)
    if (method === null && error !== null) return finish(source, error, evidence)
    if (method !== null) entry.methods.push(method)
    return { block: null, isSource: false }
  }

  return {
    areOpen: () => open.size > 0 || tail > 0,
    line(plain: PlainLine, evidence: Evidence): Place {
      const { source, text } = plain
      if (tail > 0) tail -= 1
      const entry = open.get(source)
      if (HEAD.test(text)) {
        if (entry === undefined) begin(source, evidence.line)
        return { block: null, isSource: false }
      }
      if (entry !== undefined) return within(entry, plain, evidence)
      const before = newest.get(source)
      if (text.startsWith('Exception ignored in')) ignoring.add(source)
      if (before !== undefined && CAUSE.test(text)) before.link = 'cause'
      if (before !== undefined && DURING.test(text)) before.link = 'during'
      const error = errorIn(text)
      const method = remoteMethod(text, error)
      if (method !== null) {
        begin(source, evidence.line).methods.push(method)
        return { block: null, isSource: false }
      }
      // The head of a traceback may be lost; its last line is still an error.
      if (error !== null && !error.type.endsWith('Warning')) return finish(source, error, evidence)
      if (before === undefined || before.tail === 0) return { block: null, isSource: false }
      before.tail -= 1
      return { block: before.block, isSource: false }
    },
    /** Another start: what was open belongs to the one before. */
    close(): void {
      open.clear()
      newest.clear()
      ignoring.clear()
      tail = 0
    },
  }
}

interface Said {
  type: string
  message: string
}

function errorIn(text: string, also: RegExp | null = null): Said | null {
  const groups = (ERROR.exec(text) ?? also?.exec(text))?.groups
  return groups === undefined ? null : { type: groups['type'] ?? '', message: (groups['message'] ?? '').slice(0, 2000) }
}

const remoteMethod = (text: string, error: Said | null): string | null =>
  error !== null && error.type.includes('RayTaskError') ? (REMOTE.exec(text)?.groups?.['method'] ?? '') : null
