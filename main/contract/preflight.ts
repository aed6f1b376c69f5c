import * as z from 'zod'
import { Finding, Params } from './errors'
import { RunRequest } from './run'

/** What preflight looks at, in its order; a check that cannot be made here says why. */
export const preflightAreas = [
  'environment',
  'config',
  'batch',
  'data',
  'reward',
  'engine',
  'gpu',
  'machine',
  'disk',
] as const
export const PreflightArea = z.enum(preflightAreas)
export type PreflightArea = z.infer<typeof PreflightArea>

/** Why an area was not looked at: `params.reason` of a skipped one, and a sentence `preflightTerminal.reasons.*`. */
export const preflightReasons = ['no-gpu-wanted', 'no-data', 'no-truth', 'no-verl', 'not-verl', 'on-cluster'] as const
export type PreflightReason = (typeof preflightReasons)[number]

/** What would be started; `gpu` false: for another machine, so cards are not looked at. */
export const PreflightRequest = RunRequest.extend({ gpu: z.boolean().default(true) })
export type PreflightRequest = z.input<typeof PreflightRequest>

/** One change that would mend a finding; `change` names a kind of the sentences `preflightRemedy.*`. */
export const PreflightRemedy = z.object({
  change: z.enum(['set', 'remove', 'environment', 'data', 'words']),
  /** An option of the trainer or a variable, with the value to give it. */
  key: z.string().nullable(),
  value: z.string().nullable(),
})
export type PreflightRemedy = z.infer<typeof PreflightRemedy>

export const PreflightFinding = Finding.extend({
  area: PreflightArea,
  /** Options or variables it is about. */
  keys: z.array(z.string()),
  remedy: PreflightRemedy.nullable(),
})
export type PreflightFinding = z.infer<typeof PreflightFinding>

export const PreflightReport = z.object({
  /** No finding of severity error. */
  passed: z.boolean(),
  seconds: z.number(),
  environment: z.string(),
  verl: z.string().nullable(),
  areas: z.array(z.object({ area: PreflightArea, state: z.enum(['passed', 'failed', 'skipped']), params: Params })),
  findings: z.array(PreflightFinding),
})
export type PreflightReport = z.infer<typeof PreflightReport>
