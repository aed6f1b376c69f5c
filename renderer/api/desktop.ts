import type { AppErrorData } from '#contract'

/** A GPU server that was used before; as main/electron/server/target.ts has it. */
export type KnownServer = { kind: 'ssh'; name: string; program: string } | { kind: 'address'; name: string }

export type ServerRequest =
  | { kind: 'ssh'; host: string; program: string }
  /** `token` "": in the address, or kept. */
  | { kind: 'address'; address: string; token: string }

/** What the sandboxed preload puts on `window`. A browser has no such thing. */
export interface DesktopBridge {
  readonly platform: string
  /** Asks for a port; it arrives as a `launchpad:port` message. */
  connect(): void
  pickFolder(): Promise<string | null>
  /** Empty: none was picked. */
  pickFiles(): Promise<string[]>
  /** Where a dropped file lies; "": it is not from a disk. */
  pathOf(file: File): string
  /** The one used last comes first. */
  servers(): Promise<KnownServer[]>
  /** Opens a window on it; null: it is open. */
  connectServer(request: ServerRequest): Promise<AppErrorData | null>
  forgetServer(name: string): Promise<void>
}

declare global {
  interface Window {
    readonly launchpad?: DesktopBridge
  }
}

export const desktop = (): DesktopBridge | null => window.launchpad ?? null

/** Where a dropped file lies; "": nobody says. Electron before 29 says it on the file, and cannot hand that on. */
export const pathOfDropped = (file: File): string =>
  ('path' in file && typeof file.path === 'string' ? file.path : desktop()?.pathOf(file)) ?? ''
