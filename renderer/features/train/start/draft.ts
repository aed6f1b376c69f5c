import type { ClusterRef, PlanRequest, RunRequest, RunWork } from '#contract'
import { create } from 'zustand'

/** What the start page is filling in. `plan` null: the one the plan page is working on. */
export interface Draft {
  kind: RunWork['kind']
  plan: PlanRequest | null
  /** Empty: a name is made of what is trained. */
  name: string
  steps: number | null
  restarts: number
  environment: string | null
  cluster: Partial<ClusterRef> | null
  /** As typed: one argument a line, one variable a line. */
  argv: string
  cwd: string
  env: string
}

export const emptyDraft: Draft = {
  kind: 'plan',
  plan: null,
  name: '',
  steps: null,
  restarts: 0,
  environment: null,
  cluster: null,
  argv: '',
  cwd: '',
  env: '',
}

export const useDraft = create<Draft>(() => emptyDraft)
export const draft = (patch: Partial<Draft>): void => useDraft.setState(patch)

export const trainPlan = (plan: PlanRequest): void => useDraft.setState({ ...emptyDraft, plan })

/** A run asked for before, to be changed. */
export function draftOf({ name, work, environment, restarts, cluster }: RunRequest): Draft {
  const common = { ...emptyDraft, name, environment, restarts, cluster, steps: work.steps, kind: work.kind }
  if (work.kind === 'plan') return { ...common, plan: work.plan }
  const env = Object.entries(work.env).map(([key, value]) => `${key}=${value}`)
  return { ...common, argv: work.argv.join('\n'), cwd: work.cwd ?? '', env: env.join('\n') }
}

/** One argument a line; an empty line in the middle is an empty argument. */
export const argvOf = (text: string): string[] => {
  const trimmed = text.replace(/^\s*\n/, '').replace(/\s+$/, '')
  return trimmed === '' ? [] : trimmed.split('\n').map((line) => line.trim())
}

/** NAME=value a line; `badLine` counts from 1. */
export function envOf(text: string): { env: Record<string, string>; badLine: number | null } {
  const env: Record<string, string> = {}
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? []
    if (name === undefined) return { env, badLine: index + 1 }
    env[name] = value
  }
  return { env, badLine: null }
}

const isAddress = (text: string | undefined): text is string => text !== undefined && /^https?:\/\/[^\s/]+/.test(text)
export const addressOf = (text: string | undefined): string | null =>
  isAddress(text?.trim()) ? text.trim().replace(/\/+$/, '') : null

/** What is asked of the core; null: something it needs is not filled in. */
export function requestOf(form: Draft, plan: PlanRequest | null, name: string): RunRequest | null {
  const { environment, restarts, steps } = form
  const address = form.cluster === null ? null : addressOf(form.cluster.address)
  if (form.cluster !== null && address === null) return null
  const cluster = address === null ? null : { address, shared: form.cluster?.shared?.trim() || null }
  const common = { name: (form.name.trim() || name).slice(0, 80), environment, restarts, cluster }
  if (form.kind === 'plan') return plan === null ? null : { ...common, work: { kind: 'plan', plan, steps } }
  const argv = argvOf(form.argv)
  const { env, badLine } = envOf(form.env)
  if (argv.length === 0 || badLine !== null) return null
  return { ...common, work: { kind: 'command', argv, cwd: form.cwd.trim() || null, env, steps } }
}
