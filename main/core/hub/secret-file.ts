import { chmod, readFile, stat } from 'node:fs/promises'
import * as z from 'zod'
import writeFileAtomic from 'write-file-atomic'
import { errnoOf } from '../errors'

/** Where secrets are kept between starts: the system's keychain (the desktop gives one), or a file. */
export interface SecretStore {
  kind: 'keychain' | 'file'
  read(name: string): Promise<string | null>
  /** null: forgotten. Fails in the system's words. */
  write(name: string, value: string | null): Promise<void>
}

const Secrets = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.string()) })

/**
 * One JSON file that only its owner can read (0600), for machines without a keychain. One that others could read is
 * closed to them first: what is in it may have been seen, which is nothing that we could undo.
 */
export function openSecretFile(file: string): SecretStore {
  let queue: Promise<unknown> = Promise.resolve()

  async function all(): Promise<Record<string, string>> {
    let text: string
    try {
      if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
      text = await readFile(file, 'utf8')
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOENT') return {}
      throw thrown
    }
    const secrets = secretsIn(text)
    if (secrets === null) throw new Error(`${file} cannot be read`)
    return secrets
  }

  return {
    kind: 'file',
    read: async (name) => (await all())[name] ?? null,
    write(name, value) {
      const written = queue.then(async () => {
        const { [name]: _old, ...rest } = await all()
        const secrets = value === null ? rest : { ...rest, [name]: value }
        await writeFileAtomic(file, JSON.stringify({ version: 1, secrets }) + '\n', { mode: 0o600 })
      })
      queue = written.catch(() => {})
      return written
    },
  }
}

/** Without the parser's own message, which would quote what is in the file. */
function secretsIn(text: string): Record<string, string> | null {
  try {
    return Secrets.parse(JSON.parse(text)).secrets
  } catch {
    return null
  }
}
