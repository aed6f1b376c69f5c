import type { AppErrorData, Notice, Settings, StopMode } from '#contract'

/** What the host has to know of the core's state to be a good host. Everything else goes to the page only. */
export interface News {
  language: Settings['language']
  theme: Settings['theme']
  /** Jobs that stop when the core does. */
  jobs: number
  /** Those that go on without us, oldest first. */
  trainings: TrainingNews[]
  /** The newest that are to be announced, oldest first; which of them were announced is for the host to know. */
  notices: Notice[]
}

export interface TrainingNews {
  id: string
  name: string
  step: number | null
  planned: number | null
  /** On this machine. */
  here: boolean
  /** It was asked to stop. */
  stopping: boolean
}

/** Host to core. Lines carry their text in `data` only where no port can be handed over. */
export type ToCore =
  | { kind: 'open'; line: number }
  | { kind: 'data'; line: number; text: string }
  | { kind: 'close'; line: number }
  | { kind: 'dispose' }
  | { kind: 'stop'; run: string; mode: StopMode }
  | { kind: 'secret'; call: number; value: string | null; error: string | null }

export type FromCore =
  | { kind: 'data'; line: number; text: string }
  | { kind: 'close'; line: number }
  | { kind: 'news'; news: News }
  /** What the keychain holds under that name, after `change` (null: forgotten) if there is one. */
  | { kind: 'secret'; call: number; name: string; change?: string | null }
  /** The root cannot be opened; it is tried again until it can. */
  | { kind: 'trouble'; error: AppErrorData }
  /** What the tray asked for was not done. */
  | { kind: 'refused'; error: AppErrorData }

/** How the core's process is started, as its only argument. */
export interface CoreArguments {
  root: string | null
  resources: string
  version: string
  /** The host keeps secrets in the system's keychain. */
  keychain: boolean
}
