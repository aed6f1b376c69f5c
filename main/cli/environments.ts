import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { Client, EnvironmentView, Finding, JobView, LockFormat, RecipeView, SpaceView } from '#contract'
import { AppError } from '#core'
import { followJob } from './follow'
import { bytes, duration } from './format'
import { sayError, type Say } from './words'

export interface EnvironmentCommand {
  client: Client
  say: Say
  print: (line: string) => void
}

export const environmentActions = [
  'list',
  'recipes',
  'make',
  'check',
  'repair',
  'adopt',
  'use',
  'export',
  'remove',
] as const
type Action = (typeof environmentActions)[number]

/** One `launchpad env` command: what it answers to a machine, and the exit code. */
export async function environmentCommand(
  { client, say, print }: EnvironmentCommand,
  action: string,
  name: string | undefined,
  format: LockFormat,
): Promise<{ value: unknown; code: number }> {
  if (!isAction(action)) throw new AppError('BAD_INPUT', { detail: `env ${action}` })
  const id = action === 'list' || action === 'recipes' ? '' : required(action, name)
  const show = (lines: string[]) => lines.forEach(print)
  switch (action) {
    case 'recipes': {
      const recipes = await client.environments.recipes()
      show(recipes.flatMap((recipe) => recipeLines(recipe, say)))
      return { value: recipes, code: 0 }
    }
    case 'make':
    case 'repair': {
      const requestId = randomUUID()
      const started = await (action === 'make'
        ? client.environments.make({ requestId, recipe: id })
        : client.environments.repair({ requestId, id }))
      const job = await followJob(client, started.job, started.joined, say, print)
      if (job.error !== null) print(sayError(say, job.error))
      return ended(job)
    }
    case 'check': {
      const view = await client.environments.check({ id })
      show(healthLines(view, say))
      return { value: view, code: view.status === 'ready' ? 0 : 1 }
    }
    case 'adopt': {
      const view = await client.environments.adopt({ path: resolve(id) })
      show(healthLines(view, say))
      return { value: view, code: 0 }
    }
    case 'export': {
      const { text } = await client.environments.export({ id, format })
      process.stdout.write(text)
      return { value: null, code: 0 }
    }
    case 'use':
      await client.environments.choose({ id })
      break
    case 'remove':
      await client.environments.remove({ id })
      break
    case 'list':
  }
  const all = Object.values((await client.snapshot()).environments)
  show(all.length === 0 ? [say('environmentTerminal.none')] : all.flatMap((view) => environmentLines(view, say)))
  return { value: all, code: 0 }
}

const isAction = (text: string): text is Action => (environmentActions as readonly string[]).includes(text)

function required(action: string, name: string | undefined): string {
  if (name === undefined) throw new AppError('BAD_INPUT', { detail: `env ${action} <name>` })
  return name
}

function ended(job: JobView): { value: unknown; code: number } {
  return { value: job, code: job.status === 'done' ? 0 : job.status === 'cancelled' ? 130 : 1 }
}

function environmentLines(view: EnvironmentView, say: Say): string[] {
  const { id, status, kind, current, python, engine, packages, bytes: size, path } = view
  const facts = [
    say(`environmentStatus.${kind === 'yours' && status === 'ready' ? 'yours' : status}`),
    python === null ? null : `Python ${python}${engine === null ? '' : ` (${engine})`}`,
    packages.length === 0 ? null : `${packages.length} ${say('units.items')}`,
    size === null ? null : bytes(size),
  ]
  return [`${current ? '*' : ' '} ${id}  ${facts.filter((fact) => fact !== null).join(', ')}`, `    ${path}`]
}

function healthLines(view: EnvironmentView, say: Say): string[] {
  const lines = environmentLines(view, say)
  for (const { id, state, findings } of view.health) {
    if (state === 'none') continue
    lines.push(`  ${say(`component.${id}`)}: ${say(`componentState.${state}`)}`)
    lines.push(...findings.map((finding) => `      ${sentence(finding, say)}`))
  }
  const slow = [...(view.probe?.modules ?? [])].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))
  for (const { name, version, seconds, error } of slow)
    lines.push(`      ${name} ${version ?? ''}  ${error ?? duration((seconds ?? 0) * 1000)}`)
  return lines
}

function recipeLines({ id, tested, diskBytes, objections, environment }: RecipeView, say: Say): string[] {
  const fits = objections.length === 0
  const head = `${fits ? '*' : ' '} ${id}  ${bytes(diskBytes)}${environment === null ? '' : `  -> ${environment}`}`
  return [head, `    ${tested}`, ...objections.map((finding) => `    ${sentence(finding, say)}`)]
}

const sentence = ({ code, params }: Finding, say: Say) => say(`finding.${code}`, params)

/** `launchpad clean`: what could go, and with names (or --yes for all that loses nothing) it goes. */
export async function cleanCommand(
  { client, say, print }: EnvironmentCommand,
  names: string[],
  yes: boolean,
): Promise<{ value: unknown; code: number }> {
  const space = await client.space.look()
  const ids = names.length > 0 ? names : yes ? space.items.filter(({ safe }) => safe).map(({ id }) => id) : []
  if (ids.length === 0) {
    spaceLines(space, say).forEach(print)
    return { value: space, code: 0 }
  }
  const result = await client.space.clean({ ids })
  print(say('environmentTerminal.freed', { bytes: result.freedBytes }))
  for (const { id, problem } of result.failed) print(`${id}: ${say(`errors.${problem.code}`, problem.params)}`)
  return { value: result, code: result.failed.length === 0 ? 0 : 1 }
}

function spaceLines({ items, freeBytes, reservedBytes }: SpaceView, say: Say): string[] {
  const lines = items.map(({ id, bytes: size, safe }) => `${bytes(size).padStart(9)}  ${safe ? ' ' : '!'} ${id}`)
  const free = say('environmentTerminal.free', { free: freeBytes, reserved: reservedBytes })
  return [...lines, free, say('environmentTerminal.cleanHow')]
}
