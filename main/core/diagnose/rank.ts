import type { Cause, Diagnosis, Finding } from '#contract'
import type { LogFacts, Match } from './read-log'
import { compareVersions } from '../plan/versions'
import type { CompiledSignature, Knowledge } from './signatures'
import type { ErrorBlock } from './tracebacks'

/** What the app knows beside the log; null: not known. */
export interface OwnedFacts {
  exit: { code: number | null; signal: number | null } | null
  /** Somebody asked for its end. */
  stopped: boolean
  running: boolean
  /** Processes the kernel killed for memory in this run's group. */
  oomKills: number | null
  diskFreeBytes: number | null
  /** Of the card it ran on, "6.1". */
  capability: string | null
  /** What the last step used, of how much; null: not known. */
  memory: Filling | null
  vram: Filling | null
}

/** In GB of 2^30 bytes, as verl counts. */
export interface Filling {
  used: number
  total: number
}

export const nothingOwned: OwnedFacts = {
  ...{ exit: null, stopped: false, running: false, oomKills: null, diskFreeBytes: null, capability: null },
  ...{ memory: null, vram: null },
}

/** A candidate for the root; the lowest `priority` wins, then the first. */
interface Candidate {
  signature: CompiledSignature | null
  priority: number
  line: number
  match: Match | null
  block: ErrorBlock | null
  because: Finding[]
  /** For and against it. */
  sure: number
}

/** An error without a signature stands behind all that has one and says as much, before what only reports an end. */
const UNKNOWN_PRIORITY = 48
/** Classes by which a process ends on wish, or which only report that another one ended. */
const NO_CAUSE =
  /(?:^|\.)(?:KeyboardInterrupt|SystemExit|RayTaskError.*|ActorDiedError|RayActorError|ActorUnavailableError|WorkerCrashedError|EngineDeadError|ChildFailedError|CalledProcessError|ProcessExitedException|BrokenPipeError|ConnectionResetError|EOFError|CancelledError|GeneratorExit)$/

/** The root of what happened, the rest, and what became of the training. Pure. */
export function judge(facts: LogFacts, knowledge: Knowledge, owned: OwnedFacts): Omit<Diagnosis, 'excerpt'> {
  const { lines, bytes, starts } = facts
  const known = knownCandidates(facts, knowledge, owned)
  const signs = factCandidates(knowledge, owned, known, facts)
  const fatal = [...known, ...signs].filter(({ signature }) => signature?.kind === 'fatal')
  const wrappers = known.filter(({ signature }) => signature?.kind === 'wrapper')
  const unknown = fatal.some(({ block }) => block !== null) ? [] : unknownCandidates(facts, fatal, wrappers)
  const ranked = [...fatal, ...unknown].sort((a, b) => a.priority - b.priority || a.line - b.line)
  const root = ranked[0] ?? wrappers[0] ?? null
  const status = statusOf(facts, owned, root)
  const rest = [...ranked, ...wrappers, ...known.filter(({ signature }) => signature?.kind === 'warning')]
  const toCause = (one: Candidate) => causeOf(one, facts, knowledge, ranked)
  return {
    version: 1,
    status,
    root: status === 'crash' && root !== null ? toCause(root) : null,
    others: distinct(rest)
      .filter((one) => status !== 'crash' || !isSame(one, root))
      .slice(0, 8)
      .map(toCause),
    ...{ lines, bytes, starts },
  }
}

function statusOf(facts: LogFacts, owned: OwnedFacts, root: Candidate | null): Diagnosis['status'] {
  if (owned.running) return 'running'
  if (owned.exit?.code === 0) return 'clean'
  if (owned.stopped) return 'stopped'
  if (owned.exit !== null) return 'crash'
  // What is said while it cleans up, after it was done, is no crash.
  if (facts.successLine > 0 && (root?.signature?.kind !== 'fatal' || root.line < facts.successLine)) return 'clean'
  return root === null ? 'unknown' : 'crash'
}

function knownCandidates(facts: LogFacts, knowledge: Knowledge, owned: OwnedFacts): Candidate[] {
  return facts.matches.flatMap((match): Candidate[] => {
    const signature = knowledge.signatures[match.signature]
    if (signature === undefined || signature.kind === 'benign') return []
    // Training went on after it: it was caught.
    if (signature.kind === 'fatal' && match.evidence.line < facts.progressLine) return []
    const because: Finding[] = []
    let sure = match.block === null ? 1 : 2
    because.push(finding(match.block === null ? 'DIAGNOSIS_BY_TEXT' : 'DIAGNOSIS_BY_ERROR'))
    const older = signature.expects?.capabilityBelow
    if (older !== undefined && owned.capability !== null) {
      const fits = compareVersions(owned.capability, older) < 0
      sure += fits ? 1 : -2
      because.push(
        finding(fits ? 'DIAGNOSIS_CARD_AGREES' : 'DIAGNOSIS_CARD_DISAGREES', { capability: owned.capability }),
      )
    }
    for (const sign of [signOf(signature, owned), fillingOf(signature, owned)]) {
      if (sign === null) continue
      sure += 1
      because.push(sign)
    }
    return [
      { signature, priority: signature.priority, line: match.evidence.line, match, block: match.block, because, sure },
    ]
  })
}

/** Signatures that no line names, and a fact does. */
function factCandidates(
  knowledge: Knowledge,
  owned: OwnedFacts,
  known: readonly Candidate[],
  { errors }: LogFacts,
): Candidate[] {
  // Full memory is no crash; it is the cause where something vanished without a word.
  const silent = signalOf(owned) === SIGKILL || errors.some(({ type }) => VANISHED.test(type))
  return knowledge.signatures.flatMap((signature): Candidate[] => {
    const proves = silent && signature.facts?.memoryFrom !== undefined
    const sign = signOf(signature, owned) ?? (proves ? fillingOf(signature, owned) : null)
    if (sign === null || known.some((one) => one.signature === signature)) return []
    const { priority } = signature
    return [{ signature, priority, line: Number.MAX_SAFE_INTEGER, match: null, block: null, because: [sign], sure: 2 }]
  })
}

const SIGKILL = 9
/** What Ray says of a worker that was there and is not any more. */
const VANISHED = /(?:^|\.)(?:ActorDiedError|RayActorError|ActorUnavailableError|WorkerCrashedError)$/

/** A shell says 128 + signal. */
function signalOf({ exit }: OwnedFacts): number | null {
  return exit?.signal ?? (exit?.code != null && exit.code > 128 ? exit.code - 128 : null)
}

/** How full main memory or the card was in the last step, for signatures that this speaks for. */
function fillingOf({ facts: signs }: CompiledSignature, owned: OwnedFacts): Finding | null {
  const asked = [
    ['DIAGNOSIS_BY_MEMORY', signs?.memoryFrom, owned.memory],
    ['DIAGNOSIS_BY_VRAM', signs?.vramFrom, owned.vram],
  ] as const
  for (const [code, from, seen] of asked)
    if (from !== undefined && seen !== null && seen.used >= from * seen.total) return finding(code, { ...seen })
  return null
}

function signOf({ facts: signs }: CompiledSignature, owned: OwnedFacts): Finding | null {
  const signal = signalOf(owned)
  if (signs === undefined || owned.stopped) return null
  if (signs.oomKills === true && (owned.oomKills ?? 0) > 0)
    return finding('DIAGNOSIS_BY_OOM', { times: owned.oomKills ?? 0 })
  if (signal !== null && signs.signals?.includes(signal) === true) return finding('DIAGNOSIS_BY_SIGNAL', { signal })
  if (signs.diskFreeBelow !== undefined && owned.diskFreeBytes !== null && owned.diskFreeBytes < signs.diskFreeBelow)
    return finding('DIAGNOSIS_BY_DISK', { freeBytes: owned.diskFreeBytes })
  return null
}

/** An error's name without its traceback is a message that something logged, unless the log ends with it. */
const END_LINES = 8

/** Errors that nobody described: the first of the chain that came last. */
function unknownCandidates(
  { errors, progressLine, lines }: LogFacts,
  fatal: readonly Candidate[],
  wrappers: readonly Candidate[],
): Candidate[] {
  const reports = new Set(wrappers.map(({ block }) => block))
  const ended = ({ frames, methods, evidence }: ErrorBlock) =>
    frames.length + methods.length > 0 || evidence.line > lines - END_LINES
  const open = errors.filter(
    (block) => block.evidence.line > progressLine && !NO_CAUSE.test(block.type) && !reports.has(block) && ended(block),
  )
  const last = open.at(-1)
  if (last === undefined || fatal.some(({ line }) => line > last.evidence.line)) return []
  const block = open.find(({ chain }) => chain === last.chain) ?? last
  const because = [finding('DIAGNOSIS_UNKNOWN_ERROR')]
  return [
    { signature: null, priority: UNKNOWN_PRIORITY, line: block.evidence.line, match: null, block, because, sure: 0 },
  ]
}

function causeOf(one: Candidate, facts: LogFacts, knowledge: Knowledge, ranked: readonly Candidate[]): Cause {
  const { signature, match, block } = one
  const index = signature === null ? -1 : knowledge.signatures.indexOf(signature)
  const same = facts.matches.filter((other) => other.signature === index).map(({ evidence }) => evidence)
  const rivals = new Set(
    ranked.filter((other) => other !== one && other.priority - one.priority < 8).map((other) => other.signature),
  )
  rivals.delete(signature)
  return {
    signature: signature?.id ?? null,
    kind: signature?.kind ?? 'fatal',
    confidence: confidenceOf(one, rivals.size),
    because: one.because,
    params: match?.params ?? {},
    phase: phaseOf(block ?? lastBlock(facts), knowledge),
    evidence: same.length > 0 ? same.slice(0, 3) : block === null ? [] : [block.evidence],
    error: block === null ? null : { type: block.type, message: block.message },
    times: facts.times.get(index) ?? 1,
  }
}

function confidenceOf({ signature, sure }: Candidate, rivals: number): Cause['confidence'] {
  if (signature === null || signature.kind !== 'fatal') return 'low'
  if (sure >= 2 && rivals === 0) return 'high'
  return sure >= 1 ? 'medium' : 'low'
}

/** Which part of a step the frames and Ray's methods speak of; the innermost that is known. */
function phaseOf(block: ErrorBlock | null, { phases }: Knowledge): string | null {
  if (block === null) return null
  for (const place of [...block.methods, ...block.frames].reverse())
    for (const { phase, find } of phases) if (find.test(place)) return phase
  return null
}

const lastBlock = ({ errors }: LogFacts) => errors.at(-1) ?? null

const isSame = (one: Candidate, root: Candidate | null) =>
  one === root || (one.signature !== null && one.signature === root?.signature)

/** One of each signature, in their order. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<unknown>()
  return candidates.filter(({ signature, block }) => {
    const key = signature ?? block
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const finding = (code: string, params: Finding['params'] = {}): Finding => ({ code, severity: 'info', params })
