import type { JobAsk } from '#contract'
import type { Jobs } from '../jobs/jobs'
import type { Reservation } from '../space/ledger'
import { stampedId } from '../state/id'
import { environmentId, type Recipe } from './recipe'
import { environmentSteps } from './steps'
import { openWorkshop, type EnvironmentDeps } from './workshop'

export interface Started {
  job: string
  joined: boolean
}

/** What an environment's job claims: nobody else works on it meanwhile. */
export const claimOf = (id: string) => `environment/${id}`

/**
 * Starts the job that makes the environment of `recipe`, or joins or continues the one there is. `deep`: what is
 * finished is not believed, and mended where it is not whole. BUSY while another kind of job works on it.
 */
export function makeEnvironment(
  { jobs, ...deps }: EnvironmentDeps & { jobs: Jobs },
  recipe: Recipe,
  { deep }: { deep: boolean },
): Started {
  const environment = environmentId(recipe)
  const asked: JobAsk = { kind: 'environment', recipe: recipe.id, environment }
  const running = jobs.running(claimOf(environment))
  if (running !== null && jobs.asked(running)?.kind === 'environment') return { job: running, joined: true }
  const id = jobs.interrupted(asked) ?? `environment-${stampedId()}`
  jobs.start({
    id,
    asked,
    claims: [claimOf(environment)],
    steps: () => environmentSteps(deps, recipe, { deep }),
    reserve: () => reserveFor(deps, recipe),
  })
  return { job: id, joined: false }
}

/** A wheel unpacks to about this many times its size (docs/environments.md has the measurement). */
const UNPACKED = 3

/** What making it may still write: all of it the first time, later what is missing, packed and unpacked. */
export async function reserveFor(deps: EnvironmentDeps, recipe: Recipe): Promise<Reservation> {
  const shop = openWorkshop(deps, recipe, { deep: false })
  const locked = await shop.lock()
  const needed = locked.length === 0 ? null : await shop.needed()
  const packed = needed?.reduce((sum, { size }) => sum + (size ?? 0), 0) ?? null
  // An index that gives no sizes leaves the recipe's own figure.
  const known = needed !== null && (needed.length === 0 || (packed ?? 0) > 0)
  return deps.ledger.reserve(deps.layout.root, known ? (packed ?? 0) * (1 + UNPACKED) : recipe.diskBytes)
}
