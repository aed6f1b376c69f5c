import { eventIterator, oc, type ContractRouterClient } from '@orpc/contract'
import * as z from 'zod'
import {
  Cell,
  CompareRequest,
  ConvertRequest,
  DataComparison,
  DataProfile,
  DataRef,
  DataRows,
  LintReport,
  LintRequest,
  MappedRow,
  MapRequest,
  OpenedData,
  PromptRequest,
  RecipeText,
  RenderedPrompt,
  RewardReport,
  RewardRequest,
  RewardRule,
  RowsRequest,
  TokenLengths,
  TokensRequest,
  watched,
} from './dataset'
import { DataRecipe, RecipeSuggestion } from './data-recipe'
import { CleanResult, EnvironmentRequest, EnvironmentView, LockFormat, RecipeView, SpaceView } from './environment'
import { AppErrorData } from './errors'
import { GpuUse, MachineReport } from './machine'
import { ModelFacts, Plan, PlanExportFormat, PlanRequest } from './plan'
import {
  DownloadRequest,
  EndpointView,
  FileTransfer,
  HubService,
  HubSource,
  Preview,
  PreviewRequest,
  RepoInfo,
  RepoQuestion,
  RepoSummary,
  SearchRequest,
  TokenView,
} from './hub'
import { Preset, PresetProbe } from './network'
import { PracticeInput } from './practice'
import { Projection, ProjectionEvent } from './projection'
import { AskReport, AskRequest, CheckpointView, ExportRequest, MergeRequest } from './checkpoint'
import { ClusterRef, LogChunk, LogRequest, MetricsChunk, ResumeRequest, RunDetails, RunRequest } from './run'
import { SamplesPage, SamplesRequest, StartRunRequest, StopMode } from './run'
import { ClusterView } from './cluster'
import { ApplyRemedyRequest, DiagnoseRequest, Diagnosis, ManualEntry, RemedyView } from './diagnosis'
import { PreflightReport, PreflightRequest } from './preflight'
import { Language, Settings, SettingsPatch } from './settings'
import { DoorRights, TerminalEvent, TerminalSize, TerminalView } from './terminal'

/** Every procedure can fail with one error shape: our code and its parameters. */
const base = oc.errors({ APP: { data: AppErrorData } })
const byId = z.object({ id: z.string().min(1).max(128) })
const byKey = z.object({ key: z.string().min(1).max(300) })

export const RootCheck = z.object({
  path: z.string(),
  /** null: it can be used. */
  problem: AppErrorData.nullable(),
  freeBytes: z.number().nullable(),
  /** Already holds a data root of ours. */
  existing: z.boolean(),
})
export type RootCheck = z.infer<typeof RootCheck>

/** `joined`: the same was already under way, and this is it. */
const Started = z.object({ job: z.string(), joined: z.boolean() })

/** The whole surface between a door (window, browser, terminal) and the core. */
export const contract = {
  snapshot: base.output(Projection),
  watch: base.output(eventIterator(ProjectionEvent)),
  /** What this very line may do. */
  door: base.output(DoorRights),
  settings: {
    update: base.input(SettingsPatch).output(Settings),
  },
  root: {
    check: base.input(z.object({ path: z.string() })).output(RootCheck),
    /** Remembers the folder for the next opening; the core then closes, and its door opens it there. */
    choose: base.input(z.object({ path: z.string() })).output(RootCheck),
  },
  machine: {
    measure: base.output(MachineReport),
    /** One event a second for as long as it is listened to; ends where there is no NVIDIA card. */
    watchGpus: base.output(eventIterator(GpuUse)),
  },
  network: {
    presets: base.output(z.array(Preset)),
    /** Asks every preset now, through the proxy that is set. */
    probe: base.output(z.array(PresetProbe)),
  },
  plan: {
    /** Pure: nothing is kept. MODEL_* errors for a model that cannot be read. */
    make: base.input(PlanRequest).output(Plan),
    /** Remembers the request, so that every door shows the same plan. */
    keep: base.input(PlanRequest.nullable()).output(z.void()),
    /** Models known by their id, smallest first. */
    models: base.output(z.array(ModelFacts)),
    /** The plan as a file that can be read again; the sentences are in `language`. */
    export: base
      .input(z.object({ request: PlanRequest, format: PlanExportFormat, language: Language }))
      .output(z.object({ name: z.string(), text: z.string() })),
    /** Reads any of the exported forms back. */
    import: base.input(z.object({ text: z.string() })).output(PlanRequest),
    /** An exported machine report, or the raw output of `nvidia-smi -q -x` with this machine's host facts. */
    readHardware: base.input(z.object({ text: z.string() })).output(MachineReport),
  },
  practice: {
    start: base.input(PracticeInput).output(Started),
  },
  jobs: {
    cancel: base.input(byId).output(z.void()),
    readLog: base.input(LogRequest).output(LogChunk),
  },
  /** Errors: RUN_*, PLAN_NOT_RUNNABLE, MODEL_*, DATA_*, ENVIRONMENT_*, CLUSTER_*. */
  runs: {
    /** Asks the verl of the environment whether this would run; starts nothing. */
    preflight: base.input(PreflightRequest).output(eventIterator(watched(PreflightReport))),
    /** Starts it, or puts it in the queue of its card. `joined`: the same request was there already. */
    start: base.input(StartRunRequest).output(z.object({ run: z.string(), joined: z.boolean() })),
    /** One that is queued leaves the queue. RUN_NO_CHECKPOINTS: it does not save any. */
    stop: base.input(byId.extend({ mode: StopMode })).output(z.void()),
    /** Takes back a stop after the next checkpoint. */
    goOn: base.input(byId).output(z.void()),
    /** A further attempt of a run that is over. */
    resume: base.input(ResumeRequest).output(z.object({ run: z.string(), joined: z.boolean() })),
    /** Moves a queued one to the front. */
    first: base.input(byId).output(z.void()),
    rename: base.input(byId.extend({ name: RunRequest.shape.name })).output(z.void()),
    remove: base.input(byId).output(z.void()),
    /** Somebody has looked at how it ended. */
    seen: base.input(byId).output(z.void()),
    details: base.input(byId).output(RunDetails),
    readLog: base.input(LogRequest).output(LogChunk),
    readMetrics: base.input(byId.extend({ from: z.number().int().min(0) })).output(MetricsChunk),
    samples: base.input(SamplesRequest).output(SamplesPage),
    checkpoints: base.input(byId).output(z.array(CheckpointView)),
    pin: base.input(byId.extend({ step: z.number().int(), pinned: z.boolean() })).output(z.array(CheckpointView)),
    /** BUSY for the newest one of a run that is not over. */
    removeCheckpoint: base.input(byId.extend({ step: z.number().int() })).output(z.array(CheckpointView)),
    /** A checkpoint becomes a model in Hugging Face's format, which is loaded once to prove it. */
    merge: base.input(MergeRequest).output(Started),
    export: base.input(ExportRequest).output(Started),
    ask: base.input(AskRequest).output(eventIterator(watched(AskReport))),
    /** Writes the metrics as TensorBoard reads them and starts it; it ends with the core. */
    tensorboard: base.input(byId).output(z.object({ address: z.string() })),
  },
  cluster: {
    /** CLUSTER_UNREACHABLE, CLUSTER_REFUSED (a token is needed), CLUSTER_NOT_RAY. */
    look: base.input(ClusterRef.shape.address).output(ClusterView),
    /** null: forgotten. */
    setToken: base
      .input(z.object({ address: ClusterRef.shape.address, token: z.string().min(1).max(2000).nullable() }))
      .output(z.void()),
  },
  diagnosis: {
    /** Why it died, of a run or of any log. NOT_FOUND, LOG_NOT_TEXT. */
    of: base.input(DiagnoseRequest).output(Diagnosis),
    /** The verdict for somebody else, without what is private. */
    report: base.input(DiagnoseRequest).output(z.object({ text: z.string() })),
    /** Changes that may help a run that crashed, the likeliest first; each was checked by the plan's rules. */
    remedies: base.input(byId).output(z.array(RemedyView)),
    /** Changes what was asked for and tries again: from the newest checkpoint, or from the beginning. NOT_FOUND. */
    apply: base.input(ApplyRemedyRequest).output(z.object({ run: z.string(), joined: z.boolean() })),
    /** What is known of crashes, in both languages. */
    manual: base.output(z.array(ManualEntry)),
  },
  support: {
    /** What somebody who helps would ask for, in one text without what is private. */
    report: base.output(z.object({ text: z.string() })),
  },
  notices: {
    /** Where else they are sent, without what is secret in it; null: nowhere. */
    webhook: base.output(z.object({ host: z.string() }).nullable()),
    /** Kept as a secret, since whoever knows the address can post there. null: forgotten. */
    setWebhook: base.input(z.object({ address: z.url({ protocol: /^https?$/ }).nullable() })).output(z.void()),
    /** Sends a first message; the answer's status. */
    tryWebhook: base.output(z.object({ status: z.number() })),
  },
  environments: {
    /** What can be made here, best first; the practice is not among them. */
    recipes: base.output(z.array(RecipeView)),
    /** Makes it, continues an interrupted try, or mends what is there: finished steps that still verify are kept. */
    make: base.input(EnvironmentRequest).output(Started),
    /** Looks at every part and shows what it found; changes nothing. */
    check: base.input(byId).output(EnvironmentView),
    /** Runs the steps again whose result is not whole any more. */
    repair: base.input(byId.extend({ requestId: EnvironmentRequest.shape.requestId })).output(Started),
    /** Takes an environment of the user's into the list: it is probed and never changed. */
    adopt: base.input(z.object({ path: z.string().min(1) })).output(EnvironmentView),
    /** From now on this one is used for its recipe. */
    choose: base.input(byId).output(z.void()),
    export: base.input(byId.extend({ format: LockFormat })).output(z.object({ name: z.string(), text: z.string() })),
    /** Deletes one of ours; one of the user's is only taken off the list. */
    remove: base.input(byId).output(z.void()),
  },
  /** Models and datasets from a hub, a mirror or a folder. Errors: HUB_*, network, DISK_FULL, FILE_NAME_*. */
  hub: {
    /** Asks an address whether it is a hub, and where it sends us. */
    probe: base.input(z.object({ source: HubSource })).output(EndpointView),
    search: base.input(SearchRequest).output(z.array(RepoSummary)),
    /** The repository at one commit, its files, and what that means for this machine. */
    info: base.input(RepoQuestion).output(RepoInfo),
    preview: base.input(PreviewRequest).output(Preview),
    /** Downloads, or imports from a folder; asking for the same repository again continues or updates it. */
    get: base.input(DownloadRequest).output(Started),
    /** What is on the disk stays; `resume` goes on from there. */
    pause: base.input(byId).output(z.void()),
    resume: base.input(byId.extend({ requestId: DownloadRequest.shape.requestId })).output(Started),
    /** Moves a waiting download to the front. */
    first: base.input(byId).output(z.void()),
    /** Takes an ended download off the list; with `bytes` also what it left unfinished. */
    dismiss: base.input(byId.extend({ bytes: z.boolean() })).output(z.void()),
    /** Every file of a download. */
    files: base.input(byId).output(z.array(FileTransfer)),
    tokens: base.output(z.array(TokenView)),
    /** null: forgotten. TOKEN_FIXED when it comes from the environment. */
    setToken: base
      .input(z.object({ service: HubService, token: z.string().min(1).max(500).nullable() }))
      .output(z.array(TokenView)),
  },
  library: {
    /** Reads every byte again. */
    verify: base.input(byKey.extend({ requestId: DownloadRequest.shape.requestId })).output(Started),
    /** Fetches what is missing or damaged from where it came from. */
    repair: base.input(byKey.extend({ requestId: DownloadRequest.shape.requestId })).output(Started),
    /** BUSY while a run or a job uses it. */
    remove: base.input(byKey).output(z.void()),
    /** Loads it inside an environment and lets it answer. */
    say: base
      .input(
        byKey.extend({
          requestId: DownloadRequest.shape.requestId,
          environment: z.string().min(1).max(128),
          prompt: z.string().min(1).max(2000),
        }),
      )
      .output(Started),
  },
  /** Data before verl reads it. Errors: DATA_*, TOKENIZER_*, REWARD_*. What takes a while says how far it is. */
  dataset: {
    /** Quick, whatever the size: formats, columns, rows where the file says. */
    open: base.input(DataRef).output(OpenedData),
    /** Counts, and makes a copy that can be sorted and searched where the format itself cannot. */
    prepare: base.input(DataRef).output(eventIterator(watched(OpenedData))),
    rows: base.input(RowsRequest).output(DataRows),
    /** One row, uncut, in the order of the columns. */
    row: base.input(z.object({ data: DataRef, index: z.number().int().min(0) })).output(z.array(Cell)),
    profile: base.input(DataRef).output(eventIterator(watched(DataProfile))),
    compare: base.input(CompareRequest).output(eventIterator(watched(DataComparison))),
    /** Which preset fits these columns, and how. */
    suggest: base.input(DataRef).output(RecipeSuggestion),
    map: base.input(MapRequest).output(z.array(MappedRow)),
    tokens: base.input(TokensRequest).output(eventIterator(watched(TokenLengths))),
    prompt: base.input(PromptRequest).output(RenderedPrompt),
    lint: base.input(LintRequest).output(eventIterator(watched(LintReport))),
    rewards: base.output(z.array(RewardRule)),
    reward: base.input(RewardRequest).output(eventIterator(watched(RewardReport))),
    /** Writes what verl reads; the same request again continues an interrupted one. */
    convert: base.input(ConvertRequest).output(Started),
    /** BUSY while a run names it. */
    remove: base.input(byKey).output(z.void()),
    exportRecipe: base.input(DataRecipe).output(RecipeText),
    /** RECIPE_UNREADABLE. */
    importRecipe: base.input(z.object({ text: z.string().max(1_000_000) })).output(DataRecipe),
  },
  space: {
    look: base.output(SpaceView),
    /** Deletes what `look` named, and nothing else. */
    clean: base.input(z.object({ ids: z.array(z.string()).max(1000) })).output(CleanResult),
  },
  /** Shells inside environments. Every call fails with SHELL_NOT_ALLOWED on a line that may not have one. */
  terminals: {
    list: base.output(z.array(TerminalView)),
    /** Starts the user's shell in the data folder, with the environment's Python first. It lives until `close`. */
    open: base
      .input(TerminalSize.extend({ environment: z.string().min(1).max(128) }))
      .output(z.object({ id: z.string() })),
    /** One viewer at a time: a second one takes it over. */
    watch: base.input(byId).output(eventIterator(TerminalEvent)),
    /** What was typed. Calls may overtake each other: wait for one before the next. */
    write: base.input(byId.extend({ text: z.string().max(1024 * 1024) })).output(z.void()),
    /** Output that was drawn. */
    ack: base.input(byId.extend({ bytes: z.number().int().min(0) })).output(z.void()),
    resize: base.input(byId.extend(TerminalSize.shape)).output(z.void()),
    /** Ends the shell and everything started in it. */
    close: base.input(byId).output(z.void()),
  },
}

export type Client = ContractRouterClient<typeof contract>
