import type { AppErrorData, Settings } from '#contract'

/** What the host has to know of the core's state to be a good host. Everything else goes to the page only. */
export interface News {
  language: Settings['language']
  theme: Settings['theme']
  /** Jobs that stop when the core does. */
  jobs: number
  /** Trainings that go on without us. */
  trainings: number
}

/** Host to core. Lines carry their text in `data` only where no port can be handed over. */
export type ToCore =
  | { kind: 'open'; line: number }
  | { kind: 'data'; line: number; text: string }
  | { kind: 'close'; line: number }
  | { kind: 'dispose' }
  | { kind: 'secret'; call: number; value: string | null; error: string | null }

export type FromCore =
  | { kind: 'data'; line: number; text: string }
  | { kind: 'close'; line: number }
  | { kind: 'news'; news: News }
  /** What the keychain holds under that name, after `change` (null: forgotten) if there is one. */
  | { kind: 'secret'; call: number; name: string; change?: string | null }
  /** The root cannot be opened; it is tried again until it can. */
  | { kind: 'trouble'; error: AppErrorData }

/** How the core's process is started, as its only argument. */
export interface CoreArguments {
  root: string | null
  resources: string
  version: string
  /** The host keeps secrets in the system's keychain. */
  keychain: boolean
}
