import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { AppError } from '#core'

export interface TlsFiles {
  /** PEM; the server's own certificate comes first. */
  cert: string
  key: string
}

export interface Tls {
  cert: Buffer
  key: Buffer
  /** Whether the certificate is for this host: a name or an address. */
  names: (host: string) => boolean
}

/** TLS_FILES_BAD with what is wrong, at the start and not at the first visit. */
export async function readTls(files: TlsFiles): Promise<Tls> {
  const read = async <T>(file: string, parse: (bytes: Buffer) => T): Promise<[Buffer, T]> => {
    try {
      const bytes = await readFile(file)
      return [bytes, parse(bytes)]
    } catch (thrown) {
      throw new AppError('TLS_FILES_BAD', { file, detail: thrown instanceof Error ? thrown.message : String(thrown) })
    }
  }
  const [cert, certificate] = await read(files.cert, (bytes) => new X509Certificate(bytes))
  const [key, privateKey] = await read(files.key, (bytes) => createPrivateKey(bytes))
  const bad = (file: string, detail: string) => new AppError('TLS_FILES_BAD', { file, detail })
  if (!certificate.checkPrivateKey(privateKey)) throw bad(files.key, 'not the key of the certificate')
  if (Date.parse(certificate.validTo) < Date.now()) throw bad(files.cert, `expired on ${certificate.validTo}`)
  const names = (host: string) =>
    (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined
  return { cert, key, names }
}

/** What a person types into a browser: the first name of the certificate, where the server listens everywhere. */
export function publicName(host: string, cert: Buffer): string {
  if (host !== '0.0.0.0' && host !== '::') return isIP(host) === 6 ? `[${host}]` : host
  const names = new X509Certificate(cert).subjectAltName?.split(', ') ?? []
  const name = names.find((entry) => entry.startsWith('DNS:') && !entry.includes('*')) ?? names[0]
  return name?.replace(/^(DNS|IP Address):/, '') ?? 'localhost'
}
