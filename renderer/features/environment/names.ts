import type { EnvironmentView, InstalledPackage, JobView, ProbeReport, RecipeView, SpaceItem } from '#contract'

/** The packages a person asks about first. */
const leading = ['torch', 'verl', 'trl', 'vllm', 'transformers', 'ray', 'numpy']

export const leadingPackages = (packages: InstalledPackage[]): InstalledPackage[] =>
  leading.flatMap((name) => packages.find((entry) => entry.name === name) ?? [])

/** `name==version` of a recipe as a package; other pins are left out. */
export const pinned = (pins: string[]): InstalledPackage[] =>
  pins.flatMap((pin) => {
    const [name, version] = pin.split(/\[.*\]==|==/)
    return name === undefined || version === undefined ? [] : [{ name, version }]
  })

export interface Name {
  /** "verl 0.9.1"; a folder's name for an environment of the user's that has no trainer. */
  main: string
  /** The engine that writes answers, if it is a package of its own. */
  engine: string | null
}

/** What it is for, in words: from its packages, or, while there are none, from the name of its recipe. */
export function nameOf(packages: InstalledPackage[], otherwise: string): Name {
  const version = (name: string) => packages.find((entry) => entry.name === name)?.version
  const engine = version('vllm') === undefined ? null : 'vLLM'
  const [verl, trl] = [version('verl'), version('trl')]
  if (verl !== undefined) return { main: `verl ${verl}`, engine }
  if (trl !== undefined) return { main: `TRL ${trl}`, engine }
  const named = /\bverl-(\d+(?:\.\d+)+)/.exec(otherwise)
  return { main: named === null ? otherwise : `verl ${named[1]}`, engine: null }
}

export const nameOfEnvironment = ({ packages, recipe, path }: EnvironmentView): Name =>
  nameOf(packages, recipe ?? path.split('/').at(-1) ?? path)

/** Those in use first, then the newest; the user's own by when they were looked at. */
export function sortedEnvironments(all: Record<string, EnvironmentView>): EnvironmentView[] {
  const at = ({ createdAt, checkedAt }: EnvironmentView) => createdAt ?? checkedAt ?? 0
  return Object.values(all).sort((a, b) => Number(b.current) - Number(a.current) || at(b) - at(a))
}

/** There is another one of its recipe, so it can be told which is used. */
export const hasRival = (one: EnvironmentView, all: Record<string, EnvironmentView>): boolean =>
  one.recipe !== null && Object.values(all).some((other) => other.id !== one.id && other.recipe === one.recipe)

type EnvironmentAsk = Extract<JobView['asked'], { kind: 'environment' }>
export type EnvironmentJob = JobView & { asked: EnvironmentAsk }

const isEnvironmentJob = (job: JobView): job is EnvironmentJob => job.asked.kind === 'environment'

/** Jobs worth showing: those that run, and the last try at an environment that is not ready yet. Newest first. */
export function shownJobs(jobs: Record<string, JobView>, all: Record<string, EnvironmentView>): EnvironmentJob[] {
  const newest = new Map<string, EnvironmentJob>()
  for (const job of Object.values(jobs).filter(isEnvironmentJob)) {
    const known = newest.get(job.asked.environment)
    if (known === undefined || known.startedAt < job.startedAt) newest.set(job.asked.environment, job)
  }
  return [...newest.values()]
    .filter(({ status, asked }) => {
      if (status === 'running') return true
      return status !== 'done' && all[asked.environment]?.status !== 'ready'
    })
    .sort((a, b) => b.startedAt - a.startedAt)
}

/** Slowest first; those that never came back before all. `share` is of the slowest, for a bar. */
export function slowest(modules: ProbeReport['modules']): (ProbeReport['modules'][number] & { share: number })[] {
  const time = ({ seconds }: ProbeReport['modules'][number]) => seconds ?? Infinity
  const longest = Math.max(...modules.map(({ seconds }) => seconds ?? 0), 0.001)
  return [...modules]
    .sort((a, b) => time(b) - time(a))
    .map((entry) => ({ ...entry, share: (entry.seconds ?? 0) / longest }))
}

/** The core gives the best first; the fitting ones keep that order. */
export const byFit = (recipes: RecipeView[]): { fitting: RecipeView[]; rest: RecipeView[] } => ({
  fitting: recipes.filter(({ objections }) => objections.length === 0),
  rest: recipes.filter(({ objections }) => objections.length > 0),
})

export const safeIds = (items: SpaceItem[]): string[] => items.filter(({ safe }) => safe).map(({ id }) => id)

export const bytesOf = (items: SpaceItem[], ids: string[]): number =>
  items.filter(({ id }) => ids.includes(id)).reduce((sum, { bytes }) => sum + bytes, 0)
