import type { Dispatcher } from 'undici'
import type {
  EndpointView,
  Finding,
  HubSource,
  ModelFacts,
  Preview,
  PreviewRequest,
  RepoInfo,
  RepoQuestion,
  RepoSummary,
  SearchRequest,
} from '#contract'
import { AppError } from '../errors'
import type { Planner } from '../plan/planner'
import { freeBytes } from '../state/root'
import { datasetCard } from './facts/dataset-card'
import { createReader } from './facts/hub-reader'
import { factsOf, fitOf, modelCard, type Architectures, type ModelLook } from './facts/model-card'
import { previewFile } from './facts/preview'
import { fileReader, type RemoteReader } from './facts/reader'
import { checkName, fileSystemOf } from './file-names'
import { presentFiles, repoFolder } from './layout'
import type { Opened, OpenHub } from './open-hub'
import { parseRepo } from './repo-id'
import { selectFiles } from './selection'
import type { RemoteFile, RepoRef, Resolved } from './types'

/** Questions about repositories that need not be here. */
export interface Explore {
  probe(source: HubSource, signal?: AbortSignal): Promise<EndpointView>
  search(request: SearchRequest, signal?: AbortSignal): Promise<RepoSummary[]>
  info(question: RepoQuestion, signal?: AbortSignal): Promise<RepoInfo>
  preview(request: PreviewRequest, signal?: AbortSignal): Promise<Preview>
  /** What was typed, understood; a folder is asked what it is. */
  name(question: RepoQuestion): Promise<RepoRef & { source: HubSource; revision: string | null }>
  /** What a plan needs of a model on the hub of the settings. */
  facts(id: string, signal?: AbortSignal): Promise<ModelFacts>
}

export interface ExploreDeps {
  hub: string
  open: OpenHub
  /** The address of Hugging Face itself. */
  official: string
  dispatcher: () => Dispatcher
  planner: () => Promise<Planner>
  architectures: () => Promise<Architectures>
}

const never = new AbortController().signal

export function createExplore(deps: ExploreDeps): Explore {
  const { hub, open } = deps

  async function name(question: RepoQuestion) {
    const asked = understood(question, deps.official)
    return { ...asked, ...(await named(open(asked.source), asked)) }
  }

  /** The repository at its commit, its files, and a way to read small parts of them. */
  async function look(question: RepoQuestion, signal: AbortSignal) {
    const asked = await name(question)
    const opened = open(asked.source)
    const repo = await opened.adapter.resolve(asked, asked.revision, signal)
    const files = await opened.adapter.list(repo, signal)
    return { opened, repo, files, reader: readerFor(opened, repo, files, deps.dispatcher()) }
  }

  async function modelOf(reader: RemoteReader, signal: AbortSignal): Promise<ModelLook> {
    const planner = await deps.planner()
    return modelCard(reader, { recipes: planner.knownRecipes(), architectures: await deps.architectures() }, signal)
  }

  async function info(question: RepoQuestion, signal: AbortSignal): Promise<RepoInfo> {
    const { repo, files, reader } = await look(question, signal)
    const folder = repoFolder(hub, repo.kind, repo.id)
    const findings: Finding[] = []
    const listed = selectFiles(repo.kind, files, { include: null, exclude: [] }).map((file) => {
      const problem = nameProblem(file.path, folder)
      if (problem === null) return file
      findings.push({ code: problem.data.code, severity: 'warning', params: problem.data.params })
      return { ...file, wanted: false, skipped: 'unsafe' as const }
    })
    const wanted = listed.filter((file) => file.wanted)
    const { verified } = await presentFiles(folder, wanted)
    const asked = { model: null, dataset: null, ...(await cardOf(repo, reader, signal).catch(refusedFiles(findings))) }
    findings.push(...(asked.dataset?.findings ?? []))
    return {
      ...repo,
      files: listed,
      totalBytes: sum(files),
      wantedBytes: sum(wanted),
      presentBytes: sum(verified),
      freeBytes: await freeBytes(hub),
      model: asked.model,
      dataset: asked.dataset?.card ?? null,
      findings,
    }
  }

  const cardOf = async (repo: Resolved, reader: RemoteReader, signal: AbortSignal) =>
    repo.kind === 'dataset'
      ? { dataset: await datasetCard(reader, signal) }
      : { model: await withFit(await modelOf(reader, signal), repo) }

  /** What the planner says of these very facts. */
  async function withFit({ card, facts }: ModelLook, { id }: Resolved): Promise<ModelLook['card']> {
    if (facts === null) return card
    const planner = await deps.planner()
    return { ...card, fit: fitOf(await planner.makeOf({ ...facts, name: id })) }
  }

  return {
    name,
    async probe(source, signal = never) {
      const opened = open(source)
      if (opened.kind === 'network') return opened.adapter.probe(signal)
      return { endpoint: source.kind === 'folder' ? source.path : '', movedTo: null, latencyMs: null, problem: null }
    },
    async search({ source, kind, text, limit }, signal = never) {
      const opened = open(source)
      return opened.kind === 'folder' ? [] : opened.adapter.search(kind, text, limit, signal)
    },
    info: (question, signal = never) => info(question, signal),
    async preview({ file, rows, ...question }, signal = never) {
      const { reader } = await look(question, signal)
      return previewFile(reader, file, rows, signal)
    },
    async facts(id, signal = never) {
      const source: HubSource = { kind: 'huggingface', endpoint: null }
      const { reader } = await look({ source, kind: 'model', repo: id, revision: null }, signal)
      return { ...factsOf(await modelOf(reader, signal)), name: id }
    },
  }
}

/** Everybody may see what is in a gated repository, and read nothing of it: what it is stays unknown then. */
const refusedFiles = (findings: Finding[]) => (thrown: unknown) => {
  if (!(thrown instanceof AppError) || !/^HUB_(GATED|TOKEN|FORBIDDEN)/.test(thrown.data.code)) throw thrown
  findings.push({ code: thrown.data.code, severity: 'warning', params: thrown.data.params })
  return {}
}

/** What was typed may be an address that says more than the question around it. Errors: HUB_ID_BAD. */
function understood(
  question: RepoQuestion,
  official: string,
): RepoRef & { source: HubSource; revision: string | null } {
  const { source, revision } = question
  // A folder may say itself what it is: "." asks it.
  if (source.kind === 'folder' && question.repo === '.') return { source, kind: question.kind, id: '.', revision }
  const { kind, id, endpoint, service, revision: named } = parseRepo(question.repo, question.kind)
  const pasted: HubSource | null =
    endpoint === null || source.kind === 'folder' ? null : { kind: service ?? 'huggingface', endpoint }
  // The hub's own page is what people copy, also those who fetch from a mirror that the settings name.
  const keep = pasted === null || (source.kind === 'huggingface' && endpoint === official)
  return { source: keep ? source : pasted, kind, id, revision: revision ?? named }
}

async function named(opened: Opened, { kind, id }: RepoRef): Promise<RepoRef> {
  if (id !== '.') return { kind, id }
  const guess = opened.kind === 'folder' ? await opened.adapter.guess() : null
  if (guess === null) throw new AppError('HUB_ID_BAD', { text: '.', detail: 'empty' })
  return guess
}

const readerFor = (opened: Opened, repo: Resolved, files: RemoteFile[], dispatcher: Dispatcher): RemoteReader =>
  opened.kind === 'network'
    ? createReader(opened.adapter, repo, files, dispatcher)
    : fileReader(repo.endpoint, files, opened.adapter.file)

function nameProblem(path: string, folder: string): AppError | null {
  try {
    checkName(path, fileSystemOf(folder))
    return null
  } catch (thrown) {
    return thrown instanceof AppError ? thrown : new AppError('FILE_NAME_UNSAFE', { file: path })
  }
}

const sum = (files: { size: number }[]) => files.reduce((total, { size }) => total + size, 0)
