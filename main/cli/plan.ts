import type { Client, Finding, Plan, PlannedValue, PlanRequest } from '#contract'
import { AppError } from '#core'
import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { table } from './format'
import type { Say } from './words'

export interface PlanOptions {
  model: string
  algorithm: PlanRequest['algorithm']
  goal: PlanRequest['goal']
  data?: string
  hardware?: string
  gpu?: string
  ram?: number
  disk?: number
  cpus?: number
  set: string[]
  import?: string
}

const GIB = 2 ** 30

/** The request that the command line asks for; `--import FILE` gives what the other options do not. */
export async function planRequest(client: Client, options: PlanOptions): Promise<PlanRequest> {
  const { algorithm, goal } = options
  const imported =
    options.import === undefined ? null : await client.plan.import({ text: await readText(options.import) })
  if (imported !== null) return { ...imported, changes: { ...imported.changes, ...changesOf(options.set) } }
  return {
    version: 1,
    // A folder is meant from where the command is given; anything else is the id of a known model.
    model: existsSync(options.model) ? resolve(options.model) : options.model,
    algorithm,
    goal,
    data: options.data === undefined ? null : resolve(options.data),
    hardware: await hardware(client, options),
    gpu: options.gpu ?? null,
    changes: changesOf(options.set),
  }
}

/** A report from a file, with the host facts that the flags give; null: this machine as it is. */
async function hardware(client: Client, { hardware: file, ram, disk, cpus }: PlanOptions) {
  if (file === undefined && ram === undefined && disk === undefined && cpus === undefined) return null
  const machine =
    file === undefined ? await client.machine.measure() : await client.plan.readHardware({ text: await readText(file) })
  const memory =
    ram === undefined
      ? machine.memory
      : { ...machine.memory, totalBytes: ram * GIB, availableBytes: ram * GIB, limitBytes: null }
  return {
    ...machine,
    memory,
    disk: disk === undefined ? machine.disk : { ...machine.disk, freeBytes: disk * GIB },
    cpu: cpus === undefined ? machine.cpu : { ...machine.cpu, threads: cpus },
  }
}

/** A file that the command line names; BAD_INPUT when it cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    throw new AppError('BAD_INPUT', { detail: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}

/** ["a.b=1", "+c=2"] -> { "a.b": "1", c: "2" }. */
function changesOf(set: string[]): Record<string, string> {
  return Object.fromEntries(
    set.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw new AppError('BAD_INPUT', { detail: `--set ${word}: KEY=VALUE` })
      return [word.slice(0, at).replace(/^\++/, ''), word.slice(at + 1)]
    }),
  )
}

const reason = (say: Say, { rule, params }: PlannedValue) => say(`rule.${rule}`, params)
const sentence = (say: Say, { code, params }: Finding) => say(`finding.${code}`, params)

/** The plan for machines: the contract's own shape, with sentences in it, the recipe by its id and the environment as it is set. */
export function planJson(plan: Plan, say: Say) {
  const worded = (values: PlannedValue[]) => values.map((value) => ({ ...value, reason: reason(say, value) }))
  return {
    ...plan,
    recipe: plan.recipe?.id ?? null,
    packages: plan.recipe?.packages ?? [],
    overrides: worded(plan.overrides),
    env: Object.fromEntries(plan.env.map(({ key, value }) => [key, value])),
    environment: worded(plan.env),
    dropped: worded(plan.dropped),
    findings: plan.findings.map((finding) => ({ ...finding, message: sentence(say, finding) })),
    nearest: plan.nearest.map((way) => ({ ...way, message: say(`nearest.${way.kind}`, way.params) })),
  }
}

export function planLines(plan: Plan, say: Say): string[] {
  const lines = [headline(plan, say)]
  const errors = plan.findings.filter(({ severity }) => severity !== 'info')
  lines.push(
    ...errors.map(
      (finding) => `  ${finding.severity === 'error' ? '✗' : '!'} ${about(finding)}${sentence(say, finding)}`,
    ),
  )
  if (plan.nearest.length > 0)
    lines.push(
      say('planTerminal.nearest'),
      ...plan.nearest.map(({ kind, params }) => `  → ${say(`nearest.${kind}`, params)}`),
    )
  if (plan.memory !== null) {
    for (const [side, { peakBytes, budgetBytes, capacityBytes, phases }] of Object.entries(plan.memory)) {
      const phase = phases.find(({ totalBytes }) => totalBytes === peakBytes)?.phase ?? 'update'
      const params = { peak: peakBytes, budget: budgetBytes, capacity: capacityBytes, phase: say(`phase.${phase}`) }
      lines.push(
        say('planTerminal.memory', { ...params, side: say(`planTerminal.${side === 'gpu' ? 'card' : 'host'}`) }),
      )
    }
  }
  if (plan.time !== null)
    lines.push(
      say('planTerminal.time', {
        seconds: Math.round(plan.time.secondsPerStep),
        reason: say(`rule.${plan.time.rule}`, plan.time.params),
      }),
    )
  lines.push(...section(say('planTerminal.options'), plan.overrides, say))
  lines.push(...section(say('planTerminal.environment'), plan.env, say))
  if (plan.dropped.length > 0)
    lines.push('', say('planTerminal.dropped'), ...table(plan.dropped.map((row) => [`  ${row.key}`, reason(say, row)])))
  if (plan.rejected.length > 0 && !plan.runnable)
    lines.push(
      '',
      say('planTerminal.rejected'),
      ...plan.rejected.flatMap(({ recipe, findings }) =>
        findings.map((finding) => `  ${recipe}: ${sentence(say, finding)}`),
      ),
    )
  if (plan.command.length > 0) lines.push('', say('planTerminal.command'), `  ${plan.command.map(shown).join(' ')}`)
  return lines
}

const about = ({ keys }: Plan['findings'][number]) => (keys.length === 0 ? '' : `${keys.join(', ')}: `)
const shown = (word: string) => (/^[\w./=+:,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

function headline(plan: Plan, say: Say): string {
  const { model, algorithm, device, recipe, runnable } = plan
  return runnable
    ? say('planTerminal.runs', {
        model: model.name,
        gpu: device?.name ?? '',
        algorithm: algorithm.toUpperCase(),
        recipe: recipe?.id ?? '',
      })
    : say('planTerminal.doesNotRun', { model: model.name })
}

/** Option and value, and below them why; what the tutorial or verl would have said stands in brackets where it differs. */
function section(title: string, values: PlannedValue[], say: Say): string[] {
  if (values.length === 0) return []
  const heads = table(values.map(({ key, value }) => [`  ${key}`, value]))
  const lines = values.flatMap((row, index) => {
    const others = [
      ...(row.planned === null ? [] : [say('planTerminal.planned', { value: row.planned })]),
      ...(row.tutorial === null || row.tutorial === row.value
        ? []
        : [say('planTerminal.tutorial', { value: row.tutorial })]),
      ...(row.verlDefault === null || row.verlDefault === row.value
        ? []
        : [say('planTerminal.verlDefault', { value: row.verlDefault })]),
    ]
    const beside = others.length === 0 ? '' : `  (${others.join('; ')})`
    return [`${heads[index] ?? ''}${beside}`, `      ${reason(say, row)}`]
  })
  return ['', title, ...lines]
}
