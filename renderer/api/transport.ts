import type { Connect } from './connection'
import { desktop } from './desktop'

/** The door this page came through. */
export async function createConnect(): Promise<Connect> {
  if (desktop() !== null) {
    const { createPortConnect } = await import('./port')
    return createPortConnect()
  }
  const { createSocketConnect } = await import('./socket')
  return createSocketConnect()
}
