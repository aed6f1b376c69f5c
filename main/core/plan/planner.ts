import type {
  DataFacts,
  Finding,
  Language,
  MachineReport,
  ModelFacts,
  Plan,
  PlanExportFormat,
  PlanFinding,
  PlanRequest,
  RecipeView,
} from '#contract'
import { stat } from 'node:fs/promises'
import { AppError } from '../errors'
import { isRepoId } from '../hub/repo-id'
import { readData } from './data-files'
import { findCard, loadGpuTable, type GpuTable } from '../hardware/gpu-table'
import { exportPlan } from './export'
import { loadKnowledge, type Knowledge } from './knowledge'
import { readModel } from './model-files'
import { readHardware } from './hardware-text'
import { listDevices } from './devices'
import { makePlan } from './plan'
import { objections } from './recipes'
import { compareVersions } from './versions'

export interface PlannerDeps {
  knowledge: Knowledge
  cards: GpuTable
  /** The last measurement, or a first one. */
  machine: () => Promise<MachineReport>
  /** The folder of a model in the library, by its id; null: it is not there. */
  folderOf?: (id: string) => Promise<string | null>
  /** Facts of a model that is not here, asked from its hub by its id; null: there is none. */
  find?: (id: string) => Promise<ModelFacts | null>
  /** Counts the tokens of a dataset's prompts with the model of a folder; null: too many, or it cannot be done. */
  countTokens?: (data: string, folder: string) => Promise<DataFacts | null>
}

export interface Planner {
  /** The lowest driver that any recipe takes. */
  oldestDriver: string | null
  make(request: PlanRequest): Promise<Plan>
  /** A plan with nothing else said, for a model of these facts. */
  makeOf(model: ModelFacts): Promise<Plan>
  models(): ModelFacts[]
  /** As the plan knows them: with the packages they pin. */
  knownRecipes(): Knowledge['recipes']
  /** Every recipe with what speaks against it on this machine's best card, best first. */
  recipes(): Promise<Omit<RecipeView, 'pythons' | 'packages' | 'diskBytes' | 'environment'>[]>
  readHardware(text: string): Promise<MachineReport>
  export(request: PlanRequest, format: PlanExportFormat, language: Language): Promise<{ name: string; text: string }>
}

/** The planner on what the resources know. */
export async function openPlanner(
  resources: string,
  machine: PlannerDeps['machine'],
  more: Pick<PlannerDeps, 'folderOf' | 'find' | 'countTokens'> = {},
): Promise<Planner> {
  const [knowledge, cards] = await Promise.all([loadKnowledge(resources), loadGpuTable(resources)])
  return createPlanner({ knowledge, cards, machine, ...more })
}

/** Gathers the facts of a request and plans. Facts of files are kept until the file changes, so that a change by hand is answered at once. */
export function createPlanner({ knowledge, cards, machine, folderOf, find, countTokens }: PlannerDeps): Planner {
  const models = remembered<ModelFacts>((model) => new AppError('MODEL_UNKNOWN', { model }))
  const data = remembered<DataFacts>((file) => new AppError('DATA_UNREADABLE', { file, detail: 'ENOENT' }))
  /** With the model here its own tokens are counted, once for each state of the file; else they are estimated. */
  async function dataOf(path: string, { folder }: ModelFacts): Promise<DataFacts> {
    const estimated = () => data(path, () => readData(path))
    if (folder === null || countTokens === undefined) return estimated()
    return data(path, async () => (await countTokens(path, folder)) ?? (await estimated()), `${path}\n${folder}`)
  }
  const hub = forAWhile(find ?? (() => Promise.resolve(null)))
  /** The library, what the resources know, a folder, a hub: in this order. */
  async function modelOf(name: string): Promise<{ model: ModelFacts; fromHub: boolean }> {
    const id = isRepoId(name)
    const folder = id ? ((await folderOf?.(name)) ?? null) : null
    if (folder !== null) return { model: { ...(await models(folder, () => readModel(folder))), name }, fromHub: false }
    const known = knowledge.models.find((model) => model.name === name)
    if (known !== undefined) return { model: known, fromHub: false }
    const asked = id && !(await exists(name)) ? await hub(name) : null
    if (asked !== null) return { model: asked, fromHub: true }
    return { model: await models(name, () => readModel(name)), fromHub: false }
  }
  async function planFor(request: PlanRequest, model: ModelFacts): Promise<Plan> {
    const path = request.data
    const [facts, report] = await Promise.all([
      path === null ? null : dataOf(path, model),
      request.hardware ?? machine(),
    ])
    return makePlan({
      request,
      machine: report,
      model,
      data: facts,
      knowledge,
      speedOf: (name) => findCard(cards, name),
    })
  }
  async function make(request: PlanRequest): Promise<Plan> {
    const { model, fromHub } = await modelOf(request.model)
    const plan = await planFor(request, model)
    if (!fromHub) return plan
    const params = { model: model.name, bytes: model.weightBytes }
    const notHere: PlanFinding = { code: 'MODEL_NOT_HERE', severity: 'info', params, keys: [] }
    return { ...plan, findings: [...plan.findings, notHere] }
  }
  return {
    oldestDriver: knowledge.recipes.map(({ machine: { driver } }) => driver).sort(compareVersions)[0] ?? null,
    make,
    makeOf: (model) => planFor({ ...plainRequest, model: model.name }, model),
    models: () => knowledge.models,
    knownRecipes: () => knowledge.recipes,
    async recipes() {
      const report = await machine()
      const devices = listDevices(report, (name) => findCard(cards, name))
      return knowledge.recipes.map((recipe) => {
        const { id, trainer, verl, tested, proof } = recipe
        const against = devices.map((device) => objections(recipe, device, report))
        const fewest = against.sort((a, b) => a.length - b.length)[0]
        const noCard: Finding[] = [{ code: 'RECIPE_NO_CARD', severity: 'error', params: {} }]
        return { id, trainer, verl, tested, proof, objections: fewest ?? noCard }
      })
    },
    readHardware: async (text) => readHardware(text, await machine(), cards),
    export: async (request, format, language) => exportPlan(request, await make(request), format, language),
  }
}

const plainRequest: Omit<PlanRequest, 'model'> = {
  version: 1,
  algorithm: 'auto',
  goal: 'fits',
  data: null,
  hardware: null,
  gpu: null,
  changes: {},
}

const exists = (path: string) => stat(path).then(Boolean, () => false)

/** A plan is made anew at every change; its hub is asked once in a while. */
const WHILE_MS = 300_000

function forAWhile<Facts>(ask: (id: string) => Promise<Facts>): (id: string) => Promise<Facts> {
  const kept = new Map<string, { at: number; facts: Promise<Facts> }>()
  return (id) => {
    const before = kept.get(id)
    if (before !== undefined && Date.now() - before.at < WHILE_MS) return before.facts
    const facts = ask(id)
    kept.set(id, { at: Date.now(), facts })
    facts.catch(() => kept.delete(id))
    return facts
  }
}

/** Keeps the newest facts by path, for as long as the path itself is unchanged. */
function remembered<Facts>(missing: (path: string) => AppError) {
  const kept = new Map<string, { changed: number; facts: Promise<Facts> }>()
  return async (path: string, read: () => Promise<Facts>, key = path): Promise<Facts> => {
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => {
        throw missing(path)
      },
    )
    const before = kept.get(key)
    if (before?.changed === changed) return before.facts
    const facts = read()
    kept.set(key, { changed, facts })
    facts.catch(() => kept.delete(key))
    return facts
  }
}
