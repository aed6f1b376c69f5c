import * as z from 'zod'
import { Finding, Params } from './errors'
import { RunView } from './run'

/**
 * fatal: a process ends by it. wrapper: it reports that another one ended, and why stands elsewhere. warning: it goes on,
 * but not well. benign: it means nothing.
 */
export const SignatureKind = z.enum(['fatal', 'wrapper', 'warning', 'benign'])
export type SignatureKind = z.infer<typeof SignatureKind>

/** Words in one language; {{name}} stands for what a pattern's group of that name took. */
const SignatureText = z.object({ title: z.string(), cause: z.string(), fix: z.string() })
export type SignatureText = z.infer<typeof SignatureText>

const phase = z.string().regex(/^[a-z]\w*$/)

const remedyKinds = [
  'option',
  'env',
  'package',
  'environment',
  'data',
  'model',
  'free-gpu',
  'free-disk',
  'fresh-start',
] as const
export const RemedyKind = z.enum(remedyKinds)

/** A change that the app can make. Keys are verl's; which a plan has is seen when it is offered (diagnose/remedies.ts). */
export const RemedySpec = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('option'),
    key: z.string(),
    /** `to`: that value; halve, double: of what it is; add: `by` is added to it; drop: taken out. */
    change: z.enum(['to', 'halve', 'double', 'add', 'drop']),
    value: z.string().optional(),
    by: z.number().optional(),
    /** Not beyond this. */
    limit: z.number().optional(),
    /** Only when it happened in one of these phases. */
    phases: z.array(phase).optional(),
  }),
  z.object({ kind: z.literal('env'), name: z.string(), value: z.string() }),
  z.object({ kind: z.literal('package'), name: z.string() }),
  z.object({ kind: z.literal('environment') }),
  z.object({ kind: z.literal('data') }),
  z.object({ kind: z.literal('model') }),
  z.object({ kind: z.literal('free-gpu') }),
  z.object({ kind: z.literal('free-disk') }),
  z.object({ kind: z.literal('fresh-start') }),
])
export type RemedySpec = z.infer<typeof RemedySpec>

/** What the app itself knows and a log does not say: signs of the signature. */
const FactSigns = z.object({
  signals: z.array(z.number().int()).optional(),
  oomKills: z.literal(true).optional(),
  /** Free bytes where the run lies were fewer than this at its end. */
  diskFreeBelow: z.number().optional(),
  /** Main memory was that full in the last step, and a process vanished without a word. */
  memoryFrom: z.number().min(0.5).max(1).optional(),
  /** The card was that full in the last step: speaks for it where the log does, too, and proves nothing alone. */
  vramFrom: z.number().min(0.5).max(1).optional(),
})

/** What a machine must be like for the text to mean this; a machine that is not makes it unlikely. */
const Expected = z.object({
  /** "8.0": cards older than that. */
  capabilityBelow: z.string().optional(),
})

/** One entry of resources/diagnosis/<category>.yaml; docs/diagnosis.md tells how one is added. */
export const Signature = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  /** The file's name. */
  category: z.string(),
  kind: SignatureKind,
  /** Of several fatal ones the lowest is the root: what is nearer to the machine comes first. */
  priority: z.number().int().min(1).max(99),
  /** RE2 patterns for one line without its prefix; named groups become params. Any of them. */
  find: z.array(z.string()).min(1),
  /** RE2 pattern: only in an exception whose frames have it. */
  within: z.string().optional(),
  facts: FactSigns.optional(),
  expects: Expected.optional(),
  source: z.array(z.url()).min(1),
  text: z.object({ en: SignatureText, 'zh-CN': SignatureText }),
  remedies: z.array(RemedySpec).default([]),
  /** Lines we wrote in the form of real ones. */
  tests: z.object({ match: z.array(z.string()).min(1), not: z.array(z.string()) }),
})
export type Signature = z.infer<typeof Signature>

export const Evidence = z.object({
  /** From 1. */
  line: z.number().int(),
  /** Byte where the line begins. */
  offset: z.number(),
  /** Without colours and prefixes, 600 characters at most. */
  text: z.string(),
})
export type Evidence = z.infer<typeof Evidence>

export const Confidence = z.enum(['high', 'medium', 'low'])
export type Confidence = z.infer<typeof Confidence>

export const Cause = z.object({
  /** null: an error that no signature describes. */
  signature: z.string().nullable(),
  kind: SignatureKind,
  confidence: Confidence,
  /** Why it is that sure: codes of locales/diagnosis.ts. */
  because: z.array(Finding),
  params: Params,
  /** Which part of a step: rollout, logProb, update, ... */
  phase: z.string().nullable(),
  evidence: z.array(Evidence),
  /** Last line of the exception: its class and message. */
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
  /** How often it was met. */
  times: z.number().int(),
})
export type Cause = z.infer<typeof Cause>

export const Diagnosis = z.object({
  version: z.literal(1),
  /** crash: it died of `root`. clean: it came to its end. stopped: somebody ended it. unknown: the log does not say. */
  status: z.enum(['crash', 'clean', 'stopped', 'running', 'unknown']),
  root: Cause.nullable(),
  others: z.array(Cause),
  /** The likeliest part of the log when there is no root that has a name. */
  excerpt: z.object({ line: z.number().int().nullable(), text: z.string() }).nullable(),
  lines: z.number(),
  bytes: z.number(),
  /** Starts found in the log; only the last was judged. */
  starts: z.number().int(),
})
export type Diagnosis = z.infer<typeof Diagnosis>

/** A file of this machine, or text that was pasted or dropped. */
export const DiagnoseRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), id: RunView.shape.id }),
  z.object({ kind: z.literal('file'), path: z.string().min(1) }),
  z.object({ kind: z.literal('text'), text: z.string().max(8_000_000) }),
])
export type DiagnoseRequest = z.infer<typeof DiagnoseRequest>

/** One value that a remedy changes. `variable`: of the environment, else an option. null: not set. */
export const RemedyChange = z.object({
  key: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  variable: z.boolean(),
})
export type RemedyChange = z.infer<typeof RemedyChange>

/** Where a person does what the app does not do by itself. */
export const RemedyPlace = z.enum(['environments', 'data', 'library', 'space', 'machine'])
export type RemedyPlace = z.infer<typeof RemedyPlace>

export const RemedyView = z.object({
  /** The same remedy has the same id, also after a later crash. */
  id: z.string(),
  kind: RemedyKind,
  changes: z.array(RemedyChange),
  /** What the plan's rules say of the card's memory in the part of the step that failed; null: not about memory. */
  memory: z
    .object({ phase: z.string(), beforeBytes: z.number(), afterBytes: z.number(), budgetBytes: z.number() })
    .nullable(),
  /** The app can apply it and try again. */
  applies: z.boolean(),
  opens: RemedyPlace.nullable(),
  /** It was applied before. `helped` false: the same happened again; null: not known yet. */
  tried: z.object({ attempt: z.number().int(), helped: z.boolean().nullable() }).nullable(),
})
export type RemedyView = z.infer<typeof RemedyView>

export const ApplyRemedyRequest = z.object({
  requestId: z.string().min(1).max(64),
  /** The run. */
  id: z.string().min(1).max(128),
  remedy: z.string().min(1).max(400),
})
export type ApplyRemedyRequest = z.infer<typeof ApplyRemedyRequest>

/** One page of the manual of crashes. */
export const ManualEntry = Signature.pick({ id: true, category: true, kind: true, source: true, text: true })
export type ManualEntry = z.infer<typeof ManualEntry>

/** Puts what was captured into a sentence of a signature; what is not known stays out. */
export const filled = (sentence: string, params: Params): string =>
  sentence.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name] ?? '…'))
