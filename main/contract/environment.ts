import * as z from 'zod'
import { AppErrorData, Finding } from './errors'

/** Who makes the prefix with Python in it. */
export const Engine = z.enum(['conda', 'uv', 'venv'])
export type Engine = z.infer<typeof Engine>

export const InstalledPackage = z.object({ name: z.string(), version: z.string() })
export type InstalledPackage = z.infer<typeof InstalledPackage>

/** What `resources/python/probe_env.py` found by really loading things inside the environment. */
export const ProbeReport = z.object({
  python: z.object({ version: z.string(), executable: z.string(), glibc: z.string().nullable() }),
  modules: z.array(
    z.object({
      name: z.string(),
      version: z.string().nullable(),
      /** null: it never came back. */
      seconds: z.number().nullable(),
      error: z.string().nullable(),
    }),
  ),
  torch: z
    .object({
      version: z.string(),
      /** The CUDA torch was built for; null: a CPU build. */
      cuda: z.string().nullable(),
      cudaAvailable: z.boolean(),
      /** sm_60, sm_70, compute_90, ... */
      archList: z.array(z.string()),
      threads: z.number().int(),
    })
    .nullable(),
  /** One entry a card torch sees. */
  gpus: z.array(
    z.object({
      index: z.number().int(),
      name: z.string(),
      computeCapability: z.string(),
      /** Whether this torch has code for the card: else every kernel ends with "no kernel image". */
      supported: z.boolean(),
      /** A small matrix product in each type; `error` null: it worked. */
      products: z.array(
        z.object({
          type: z.enum(['float32', 'float16', 'bfloat16']),
          teraflops: z.number().nullable(),
          error: z.string().nullable(),
        }),
      ),
    }),
  ),
  /**
   * Ways of attention that are installed: eager, sdpa, flash_attention_2, xformers, flashinfer. `error`: why
   * one does not load, or cannot be used with a card.
   */
  attention: z.array(z.object({ name: z.string(), version: z.string().nullable(), error: z.string().nullable() })),
  /** Only with more than one card. */
  nccl: z.object({ version: z.string().nullable(), error: z.string().nullable() }).nullable(),
  /** Modules the installed verl imports that nothing installed brings along. */
  undeclared: z.array(z.string()),
  /** What these mean for the person: codes with parameters. */
  findings: z.array(Finding),
})
export type ProbeReport = z.infer<typeof ProbeReport>

/** The parts of an environment that are looked at, and mended, one by one. */
export const componentIds = ['python', 'packages', 'patches', 'imports', 'card'] as const
export const ComponentId = z.enum(componentIds)
export type ComponentId = z.infer<typeof ComponentId>

export const ComponentHealth = z.object({
  id: ComponentId,
  /** "unknown": not looked at yet. "none": this environment has no such part. */
  state: z.enum(['ok', 'warning', 'broken', 'unknown', 'none']),
  findings: z.array(Finding),
})
export type ComponentHealth = z.infer<typeof ComponentHealth>

export const EnvironmentView = z.object({
  id: z.string(),
  /** "made": by us, below the root. "yours": only looked at, never changed. */
  kind: z.enum(['made', 'yours']),
  recipe: z.string().nullable(),
  /** Its folder; for one of yours, its prefix. */
  path: z.string(),
  /** Its Python program. */
  program: z.string(),
  /** "ready": the manifest, written last, is there and matches. "broken": a check found it damaged since. */
  status: z.enum(['ready', 'unfinished', 'broken']),
  /** The one that is used for its recipe. */
  current: z.boolean(),
  /** The recipe of this name has changed since: making it again gives a new one. */
  outdated: z.boolean(),
  engine: Engine.nullable(),
  python: z.string().nullable(),
  packages: z.array(InstalledPackage),
  /** Disk it takes; null: not counted yet. */
  bytes: z.number().nullable(),
  createdAt: z.number().nullable(),
  checkedAt: z.number().nullable(),
  health: z.array(ComponentHealth),
  probe: ProbeReport.nullable(),
})
export type EnvironmentView = z.infer<typeof EnvironmentView>

/** A recipe as it can be chosen from. */
export const RecipeView = z.object({
  id: z.string(),
  trainer: z.enum(['verl', 'trl']),
  verl: z.string().nullable(),
  tested: z.string(),
  proof: z.enum(['ran', 'resolved', 'unresolved']),
  pythons: z.array(z.string()),
  packages: z.array(z.string()),
  diskBytes: z.number(),
  /** Why it does not fit this machine; empty: it does. */
  objections: z.array(Finding),
  /** The environment of exactly this recipe, made or begun. */
  environment: z.string().nullable(),
})
export type RecipeView = z.infer<typeof RecipeView>

export const EnvironmentRequest = z.object({
  /** Made by the caller; the same id twice starts one job (a double click). */
  requestId: z.string().min(1).max(64),
  recipe: z.string().min(1).max(128),
})
export type EnvironmentRequest = z.infer<typeof EnvironmentRequest>

export const LockFormat = z.enum(['requirements', 'conda'])
export type LockFormat = z.infer<typeof LockFormat>

/** Something below the root that could be deleted, and what would be lost by it. */
export const SpaceItem = z.object({
  id: z.string(),
  kind: z.enum(['cache', 'environment', 'leftover']),
  name: z.string(),
  path: z.string(),
  bytes: z.number(),
  /** Nothing would be lost but the time to fetch or make it again. */
  safe: z.boolean(),
})
export type SpaceItem = z.infer<typeof SpaceItem>

/** What is promised to jobs that are under way, by file system. */
export const SpaceView = z.object({
  items: z.array(SpaceItem),
  freeBytes: z.number(),
  reservedBytes: z.number(),
})
export type SpaceView = z.infer<typeof SpaceView>

export const CleanResult = z.object({
  freedBytes: z.number(),
  failed: z.array(z.object({ id: z.string(), problem: AppErrorData })),
})
export type CleanResult = z.infer<typeof CleanResult>
