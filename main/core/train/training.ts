import type { CheckpointView, ResumeRequest, RunDetails, StartRunRequest } from '#contract'
import type { ResolveDeps } from './resolve'
import type { Runs } from './runs'
import { later } from '../later'

export interface TrainingDeps extends ResolveDeps {
  runs: Runs
  resources: string
}

export interface StartedRun {
  run: string
  joined: boolean
}

/** Runs that a person asked for: started, queued, resumed, and their checkpoints. */
export interface Training {
  start(asked: StartRunRequest): Promise<StartedRun>
  goOn(id: string): Promise<void>
  resume(asked: ResumeRequest): Promise<StartedRun>
  first(id: string): Promise<void>
  rename(id: string, name: string): Promise<void>
  seen(id: string): Promise<void>
  details(id: string): Promise<RunDetails>
  checkpoints(id: string): Promise<CheckpointView[]>
  pin(id: string, step: number, pinned: boolean): Promise<CheckpointView[]>
  removeCheckpoint(id: string, step: number): Promise<CheckpointView[]>
  dispose(): void
}

export function createTraining(_deps: TrainingDeps): Training {
  return {
    start: () => later(),
    goOn: () => later(),
    resume: () => later(),
    first: () => later(),
    rename: () => later(),
    seen: () => later(),
    details: () => later(),
    checkpoints: () => later(),
    pin: () => later(),
    removeCheckpoint: () => later(),
    dispose: () => undefined,
  }
}
