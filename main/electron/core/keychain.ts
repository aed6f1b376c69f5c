import { safeStorage } from 'electron'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import type { FromCore, ToCore } from './messages'

const Kept = z.record(z.string(), z.string())

/** Secrets encrypted with a key that the system's keychain holds; the core asks for them by name. */
export interface Keychain {
  answer(message: Extract<FromCore, { kind: 'secret' }>): Extract<ToCore, { kind: 'secret' }>
}

/**
 * null where the system has no keychain: on a Linux without one, Electron would encrypt with a password that is in
 * its source ("basic_text", https://www.electronjs.org/docs/latest/api/safe-storage); a file of mode 0600 is as
 * good and says what it is. An Electron that cannot tell which one it uses is taken for such.
 */
export function openKeychain(file: string): Keychain | null {
  const { getSelectedStorageBackend } = safeStorage as Partial<typeof safeStorage>
  const real =
    process.platform !== 'linux' || ![undefined, 'basic_text', 'unknown'].includes(getSelectedStorageBackend?.())
  if (!real || !safeStorage.isEncryptionAvailable()) return null

  function read(): z.infer<typeof Kept> {
    try {
      return Kept.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return {}
    }
  }
  function write(name: string, value: string | null): void {
    const kept = read()
    if (value === null) delete kept[name]
    else kept[name] = safeStorage.encryptString(value).toString('base64')
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return {
    answer({ call, name, change }) {
      try {
        if (change !== undefined) write(name, change)
        const sealed = read()[name]
        const value = sealed === undefined ? null : safeStorage.decryptString(Buffer.from(sealed, 'base64'))
        return { kind: 'secret', call, value, error: null }
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown.message : String(thrown)
        return { kind: 'secret', call, value: null, error }
      }
    },
  }
}
