import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { rootCertificates } from 'node:tls'
import writeFileAtomic from 'write-file-atomic'
import { AppError, errnoOf } from '../errors'

/**
 * Certificates to trust beside those that Node brings: what the environment names already (Node reads
 * NODE_EXTRA_CA_CERTS only when it starts, and a `ca` of our own takes its place; SSL_CERT_FILE is what
 * Python, curl and uv go by), and the file of the settings. Nothing is ever taken away: hosts whose
 * connections are not read along must still verify.
 */
export interface Trust {
  /** PEM, one certificate each, without doubles. Empty: Node's own are all there is. */
  extra: string[]
  /** Differs when a file does; to tell whether something made of it is stale. */
  key: string
}

/** Errors: CA_FILE_BAD for the file of the settings; a file that only the environment names may be gone. */
export function readTrust(caFile: string | null, environment: NodeJS.ProcessEnv): Trust {
  const named = [environment['SSL_CERT_FILE'], environment['NODE_EXTRA_CA_CERTS']].filter(
    (file): file is string => file !== undefined && file !== '',
  )
  const inherited = [...new Set(named)].flatMap((file) => {
    try {
      return certificatesIn(readFileSync(file, 'utf8'))
    } catch {
      return []
    }
  })
  const own = caFile === null ? [] : readCaFile(caFile)
  return { extra: [...new Set([...inherited, ...own])], key: trustKey(caFile, environment) }
}

/** Cheap: the files are looked at, not read. */
export function trustKey(caFile: string | null, environment: NodeJS.ProcessEnv): string {
  const files = [caFile, environment['SSL_CERT_FILE'], environment['NODE_EXTRA_CA_CERTS']]
  return files.map((file) => (file ? `${file}:${stampOf(file)}` : '-')).join('\n')
}

/** The certificates of a PEM file. Errors: CA_FILE_BAD (file, detail) where it holds none, or a broken one. */
export function readCaFile(file: string): string[] {
  const bad = (detail: string, cause?: unknown) => new AppError('CA_FILE_BAD', { file, detail }, cause)
  if (!isAbsolute(file)) throw bad('not an absolute path')
  let found: string[]
  try {
    found = certificatesIn(readFileSync(file, 'utf8'))
    for (const certificate of found) new X509Certificate(certificate)
  } catch (thrown) {
    throw bad(errnoOf(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown)), thrown)
  }
  if (found.length === 0) throw bad('no BEGIN CERTIFICATE line')
  return found
}

/** Writes what children shall trust, all of it, where `file` does not hold it yet. */
export function writeBundle(file: string, trust: Trust): void {
  const text = [...new Set([...rootCertificates, ...trust.extra])].join('\n') + '\n'
  // Children that run have it open or are about to: replaced as a whole, and only when it differs.
  if (stampOf(file) !== '' && readFileSync(file, 'utf8') === text) return
  writeFileAtomic.sync(file, text)
}

/** Trimmed, so that the same certificate out of two files is one. */
const certificatesIn = (text: string): string[] =>
  (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) =>
    pem.replaceAll('\r', '').trim(),
  )

function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found === undefined ? '' : `${found.size}:${found.mtimeMs}`
}
