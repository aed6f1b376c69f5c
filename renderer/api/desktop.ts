/** What the sandboxed preload puts on `window`. A browser has no such thing. */
export interface DesktopBridge {
  readonly platform: string
  /** Asks for a port; it arrives as a `launchpad:port` message. */
  connect(): void
  pickFolder(): Promise<string | null>
}

declare global {
  interface Window {
    readonly launchpad?: DesktopBridge
  }
}

export const desktop = (): DesktopBridge | null => window.launchpad ?? null
