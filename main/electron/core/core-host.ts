import type { MessagePortMain } from 'electron'
import type { FromCore, ToCore } from './messages'

/** The core as the host sees it: something that lines can be handed to. */
export interface CoreHost {
  /** `lost`: the core ended this line, and a page of an old Chromium cannot see that by itself. */
  connect(port: MessagePortMain, lost: () => void): void
  /** Told while a core runs; one that is just starting again misses it. */
  tell(message: ToCore): void
  /** Lets the core end in order; resolves when its process is gone. */
  dispose(): Promise<void>
}

/** One process of the core, from its start to its end. */
export interface CoreProcess extends CoreHost {
  /** Settles with what the system said about its end. */
  readonly ended: Promise<string>
}

export type StartCore = (take: (message: FromCore, answer: (message: ToCore) => void) => void) => CoreProcess

/** A core that has not ended by then is ended. Jobs are journaled and runs live elsewhere: nothing is lost. */
export const DISPOSE_DEADLINE_MS = 8_000

export async function withDeadline(ended: Promise<unknown>, ms: number, end: () => void): Promise<void> {
  const timer = setTimeout(end, ms)
  await ended
  clearTimeout(timer)
}
