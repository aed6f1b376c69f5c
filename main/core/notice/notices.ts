import type { ProjectionStore } from '../state/projection'
import type { SecretStore } from '../hub/secret-file'
import { later } from '../later'

export interface NoticesDeps {
  projection: ProjectionStore
  secrets: SecretStore
}

/** Follows the runs and tells what is worth telling: in the projection (the desktop announces it) and to the webhook. */
export interface Notices {
  webhook(): Promise<{ host: string } | null>
  setWebhook(address: string | null): Promise<void>
  tryWebhook(): Promise<{ status: number }>
  dispose(): void
}

export function createNotices(_deps: NoticesDeps): Notices {
  return {
    webhook: () => Promise.resolve(null),
    setWebhook: () => later(),
    tryWebhook: () => later(),
    dispose: () => undefined,
  }
}
