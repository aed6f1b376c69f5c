import type {
  DataFacts,
  MachineReport,
  ModelFacts,
  Nearest,
  Plan,
  PlanAlgorithm,
  PlanFinding,
  PlannedValue,
  PlanRequest,
} from '#contract'
import type { Choice } from './choice'
import { listDevices, type CardSpeed, type Device } from './devices'
import { environmentOptions } from './environment-options'
import { roomOf, search, shortages, type Candidate, type Question } from './fit'
import type { Knowledge, VerlDefaults } from './knowledge'
import { fits, memoryTable } from './memory'
import type { OptionContext, OptionRow } from './option'
import { checkOptions, checkTrlOptions } from './rules'
import { scheduleFor } from './schedule'
import { timeOf } from './time'
import { trlOptions } from './trl-options'
import { compareVersions } from './versions'
import { verlOptions } from './verl-options'

export interface PlanInput {
  request: PlanRequest
  machine: MachineReport
  model: ModelFacts
  data: DataFacts | null
  knowledge: Knowledge
  speedOf: (name: string) => CardSpeed | null
}

/** The plan for a request. A function of its input alone: the same input gives the same plan. */
export function makePlan(input: PlanInput): Plan {
  const { request, machine, model, data, knowledge } = input
  const all = listDevices(machine, input.speedOf)
  const devices = request.gpu === null ? all : all.filter(({ id }) => id === request.gpu)
  // GRPO needs no critic, which is half of the memory and, without FlashAttention, cannot be loaded.
  const algorithm: PlanAlgorithm = request.algorithm === 'auto' ? 'grpo' : request.algorithm
  const question: Question = {
    machine,
    devices,
    recipes: knowledge.recipes,
    model,
    data,
    algorithm,
    goal: request.goal,
  }
  const { found, nearest, rejected } = search(question)
  const candidate = found ?? nearest
  const basis = { version: 1, algorithm, goal: request.goal, model, data, rejected } as const
  if (candidate === null) {
    const findings = nowhere(all, devices, request)
    return {
      ...basis,
      ...empty(devices[0] ?? null),
      findings,
      nearest: [...newerDriver(rejected), ...otherWays(input, question, null)],
    }
  }
  const values = planValues(input, candidate)
  const findings = [...values.findings, ...remarks(input, candidate)]
  const runnable = findings.every(({ severity }) => severity !== 'error')
  const { situation } = candidate
  return {
    ...basis,
    runnable,
    device: shownDevice(situation.device),
    recipe: { id: situation.recipe.id, packages: situation.recipe.packages },
    trainer: situation.recipe.trainer,
    overrides: values.overrides,
    env: values.env,
    dropped: dropped(input, candidate, values),
    memory: values.table,
    time: timeOf(situation, values.choice),
    command: commandOf(situation.recipe.trainer, values.overrides, values.defaults),
    findings,
    nearest: found === null ? otherWays(input, question, candidate) : [],
  }
}

function nowhere(all: Device[], devices: Device[], request: PlanRequest): PlanFinding[] {
  if (all.length === 0) return [{ code: 'NO_GPU', severity: 'error', params: {}, keys: [] }]
  if (devices.length === 0)
    return [{ code: 'NO_SUCH_GPU', severity: 'error', params: { gpu: request.gpu ?? '' }, keys: [] }]
  return [{ code: 'NO_RECIPE', severity: 'error', params: { gpu: devices[0]?.name ?? '' }, keys: [] }]
}

const empty = (device: Device | null) => ({
  runnable: false,
  device: device === null ? null : shownDevice(device),
  recipe: null,
  trainer: null,
  overrides: [],
  env: [],
  dropped: [],
  memory: null,
  time: null,
  command: [],
})

const shownDevice = ({ id, name, computeCapability, memoryTotalBytes, memoryFreeBytes }: Device) => ({
  id,
  name,
  computeCapability: computeCapability ?? '?',
  memoryTotalBytes,
  memoryFreeBytes,
})

interface Values {
  choice: Choice
  table: NonNullable<Plan['memory']>
  overrides: PlannedValue[]
  env: PlannedValue[]
  defaults: VerlDefaults
  findings: PlanFinding[]
}

/** The candidate's options with the changes made by hand in them, checked again as a whole. */
function planValues(input: PlanInput, candidate: Candidate): Values {
  const { request, knowledge, machine } = input
  const { situation } = candidate
  const { recipe, model, data, device } = situation
  const defaults = knowledge.defaults[recipe.verl ?? ''] ?? {}
  const contextOf = (choice: Choice): OptionContext => {
    const left = machine.disk.freeBytes - recipe.diskBytes - (model.folder === null ? model.weightBytes : 0)
    return {
      ...situation,
      choice,
      defaults,
      schedule: scheduleFor(model, data, choice, left),
      threads: machine.cpu.threads,
    }
  }
  const rowsOf = recipe.trainer === 'verl' ? verlOptions : trlOptions
  const planned = rowsOf(contextOf(candidate.choice))
  const { choice, unread } = changed(candidate.choice, planned, request.changes)
  const context = contextOf(choice)
  const rows = rowsOf(context)
  const before = new Map(planned.map(({ key, value }) => [key, value]))
  const tutorial = knowledge.tutorial
  const show = (row: OptionRow, said: Readonly<Record<string, string>>): PlannedValue => {
    const hand = request.changes[row.key]
    return {
      key: row.key,
      value: hand ?? row.value,
      rule: row.rule,
      params: row.params ?? {},
      tutorial: said[row.key] ?? null,
      verlDefault: defaults[row.key] ?? null,
      planned: hand === undefined ? null : (before.get(row.key) ?? row.value),
    }
  }
  const known = new Set(rows.map(({ key }) => key))
  const envRows = environmentOptions(context)
  const envKeys = new Set(envRows.map(({ key }) => key))
  const added = Object.keys(request.changes).filter((key) => !known.has(key) && !envKeys.has(key) && !isVariable(key))
  const variables = Object.keys(request.changes).filter((key) => isVariable(key) && !envKeys.has(key))
  const overrides = [
    ...rows.map((row) => show(row, tutorial.options)),
    ...added.map((key) => show({ key, value: defaults[key] ?? '', rule: 'hand.added' }, tutorial.options)),
  ]
  const values = new Map(overrides.map(({ key, value }) => [key, value]))
  const table = memoryTable(model, recipe, choice, roomOf(device, machine))
  const findings = [
    ...unread.map((key): PlanFinding => ({
      code: 'VALUE_UNREADABLE',
      severity: 'error',
      params: { key },
      keys: [key],
    })),
    ...added
      .filter((key) => recipe.trainer === 'verl' && !(key in defaults))
      .map((key): PlanFinding => ({ code: 'VALUE_UNKNOWN_KEY', severity: 'warning', params: { key }, keys: [key] })),
    ...(recipe.trainer === 'verl' ? checkOptions(situation, values, defaults) : checkTrlOptions(situation, values)),
    ...(fits(table) ? [] : memoryFindings({ ...candidate, choice, table }, request.changes)),
  ]
  const env = [...envRows, ...variables.map((key) => ({ key, value: '', rule: 'hand.added' }))]
  return { choice, table, overrides, env: env.map((row) => show(row, tutorial.env)), defaults, findings }
}

/** An environment variable by its name; no option of a trainer begins with a capital. */
const isVariable = (key: string) => /^[A-Z]\w*$/.test(key)

/** What the changes make of the choice; `unread` are those that are no value for their option. */
function changed(choice: Choice, rows: OptionRow[], changes: PlanRequest['changes']) {
  const unread: string[] = []
  let made = choice
  for (const { key, read } of rows) {
    const text = changes[key]
    if (text === undefined || read === undefined) continue
    const next = read(made, text)
    if (next === null) unread.push(key)
    else made = next
  }
  return { choice: made, unread }
}

/** A shortage that a hand-made change brought is about the options that were changed. */
const memoryFindings = (candidate: Candidate, changes: PlanRequest['changes']): PlanFinding[] =>
  shortages(candidate).map((finding) => ({ ...finding, keys: Object.keys(changes) }))

/** Things to know that are no option: memory held by others, a recipe that was not run on such a card. */
function remarks({ machine, model }: PlanInput, { situation }: Candidate): PlanFinding[] {
  const { device, recipe } = situation
  const found: PlanFinding[] = []
  const taken = device.memoryTotalBytes - device.memoryFreeBytes
  if (taken > device.memoryTotalBytes * 0.1)
    found.push({ code: 'PLAN_MEMORY_HELD', severity: 'warning', params: { taken, gpu: device.name }, keys: [] })
  if (model.missingBytes > 0)
    found.push({
      code: 'PLAN_MODEL_INCOMPLETE',
      severity: 'warning',
      params: { missing: model.missingBytes, folder: model.folder ?? '' },
      keys: [],
    })
  if (machine.disk.freeBytes < recipe.diskBytes)
    found.push({
      code: 'PLAN_DISK_SHORT',
      severity: 'error',
      params: { needs: recipe.diskBytes, has: machine.disk.freeBytes, path: machine.disk.path },
      keys: [],
    })
  const proof = { ran: 'PLAN_TESTED_RAN', resolved: 'PLAN_TESTED_RESOLVED', unresolved: 'PLAN_TESTED_UNRESOLVED' }[
    recipe.proof
  ]
  found.push({ code: proof, severity: 'info', params: { recipe: recipe.id, date: recipe.date }, keys: [] })
  return found
}

/** The tutorial's options that this plan does not set, with the reason. */
function dropped({ knowledge }: PlanInput, { situation }: Candidate, { overrides, env }: Values): PlannedValue[] {
  if (situation.recipe.trainer !== 'verl') return []
  const set = new Set([...overrides, ...env].map(({ key }) => key))
  const { options, env: variables, dropped: rules } = knowledge.tutorial
  return Object.entries({ ...options, ...variables }).flatMap(([key, value]) => {
    const rule = rules[key]
    if (set.has(key) || rule === undefined) return []
    return [{ key, value: '', rule, params: {}, tutorial: value, verlDefault: null, planned: null }]
  })
}

/** Hydra takes a bare word as it is; anything else is quoted (hydra.cc, override grammar). "+" adds what the version does not have. */
function commandOf(trainer: 'verl' | 'trl', overrides: PlannedValue[], defaults: VerlDefaults): string[] {
  if (trainer === 'trl')
    return ['python3', 'train_trl.py', ...overrides.flatMap(({ key, value }) => [`--${key}`, value])]
  const words = overrides.map(({ key, value }) => {
    const bare = /^[\w./+-]+$/.test(value) || /^\[("[\w-]+",?)*\]$/.test(value)
    return `${key in defaults ? '' : '+'}${key}=${bare ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`}`
  })
  return ['python3', '-m', 'verl.trainer.main_ppo', ...words]
}

/** The oldest driver with which some recipe would fit, when nothing but the driver stands in its way. */
function newerDriver(rejected: Plan['rejected']): Nearest[] {
  const waiting = rejected.flatMap(({ findings }) =>
    findings.length === 1 && findings[0]?.code === 'RECIPE_DRIVER_OLD' ? [findings[0].params] : [],
  )
  const params = waiting.sort((a, b) => compareVersions(String(a['needs']), String(b['needs'])))[0]
  return params === undefined ? [] : [{ kind: 'driver', params, request: null }]
}

/** What would run instead, nearest first: another algorithm, a smaller model, freed or larger memory, the practice. */
function otherWays(input: PlanInput, question: Question, candidate: Candidate | null): Nearest[] {
  const ways: Nearest[] = []
  if (question.algorithm === 'ppo' && search({ ...question, algorithm: 'grpo' }).found !== null)
    ways.push({ kind: 'grpo', params: {}, request: { algorithm: 'grpo' } })
  const publisher = (name: string) => name.split('/')[0]
  const related = ({ name, architecture }: ModelFacts) =>
    question.model.folder === null
      ? publisher(name) === publisher(question.model.name)
      : architecture === question.model.architecture
  const smaller = input.knowledge.models.filter(({ parameters }) => parameters < question.model.parameters).toReversed()
  // Of the same family if one of it fits: what was learnt about one member mostly holds for the others.
  const fitting = [...smaller.filter(related), ...smaller].find(
    (model) => search({ ...question, model, algorithm: 'grpo' }).found !== null,
  )
  if (fitting !== undefined)
    ways.push({ kind: 'model', params: { model: fitting.name }, request: { model: fitting.name, algorithm: 'grpo' } })
  if (candidate !== null) {
    const { gpu } = candidate.table
    const { device } = candidate.situation
    const needs = gpu.peakBytes + (gpu.capacityBytes - gpu.budgetBytes)
    if (gpu.headroomBytes < 0 && gpu.peakBytes <= device.memoryTotalBytes * 0.97)
      ways.push({ kind: 'free', params: { bytes: -gpu.headroomBytes, gpu: device.name }, request: null })
    else if (gpu.headroomBytes < 0) ways.push({ kind: 'vram', params: { bytes: needs }, request: null })
  }
  if (ways.length === 0) ways.push({ kind: 'practice', params: {}, request: null })
  return ways
}
