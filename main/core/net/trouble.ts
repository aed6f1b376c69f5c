import { AppError, errnoOf } from '../errors'
import { shown, withoutSecrets } from './proxy'

/** What went wrong on the network, as a code of the contract with its parameters. */
export type Trouble =
  | { code: 'NETWORK_UNREACHABLE'; address: string; detail: string }
  | { code: 'TLS_INTERCEPTED'; address: string; issuer: string }
  | { code: 'PROXY_REFUSED'; proxy: string; detail: string }
  | { code: 'FILE_NOT_OFFERED'; file: string; address: string; status: number }
  | { code: 'PACKAGES_UNRESOLVED'; detail: string }
  | { code: 'DIGEST_MISMATCH'; file: string }
  | { code: 'DISK_FULL'; path: string; neededBytes: number; freeBytes: number }

export function troubleError({ code, ...params }: Trouble, cause?: unknown): AppError {
  return new AppError(code, params, cause)
}

/** Who issued the certificate is not in the text of a program, nor in an error of Node. */
export const UNKNOWN_ISSUER = '?'

/**
 * OpenSSL's words for a chain that ends in a certificate nobody here trusts, as Node spells them: what a
 * proxy that reads along looks like. An expired certificate or one for another host is the server's fault.
 * https://docs.openssl.org/3.0/man1/openssl-verification-options/, X509_V_ERR_*
 */
const untrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
])

/** An answer that is no file: 200 and 206 are, and 416 says that we have it all. */
export class HttpStatusError extends Error {
  constructor(
    readonly status: number,
    readonly url: string,
  ) {
    super(`HTTP ${status}`)
  }
}

/** What a failed request of our own means; null where it is not the network's doing (a disk, a fault of ours). */
export function explainThrown(thrown: unknown, url: string, proxy: URL | null): Trouble | null {
  if (thrown instanceof HttpStatusError) return explainStatus(thrown, proxy)
  const address = new URL(url).host
  const code = codeOf(thrown)
  if (code !== undefined && untrusted.has(code)) return { code: 'TLS_INTERCEPTED', address, issuer: UNKNOWN_ISSUER }
  if (code === 'ENOSPC') return { code: 'DISK_FULL', path: pathOf(thrown), neededBytes: 0, freeBytes: 0 }
  if (code !== undefined && onDisk.has(code)) return null
  const detail = withoutSecrets(reasonOf(thrown))
  const refused = proxyStatus(detail)
  if (proxy !== null && refused !== null && refused < 500) {
    return { code: 'PROXY_REFUSED', proxy: shown(proxy), detail: `HTTP ${refused}` }
  }
  return { code: 'NETWORK_UNREACHABLE', address, detail }
}

function explainStatus({ status, url }: HttpStatusError, proxy: URL | null): Trouble {
  const { host, pathname } = new URL(url)
  if (status === 407) return { code: 'PROXY_REFUSED', proxy: proxy === null ? host : shown(proxy), detail: 'HTTP 407' }
  if (mayPass(status)) return { code: 'NETWORK_UNREACHABLE', address: host, detail: `HTTP ${status}` }
  return { code: 'FILE_NOT_OFFERED', file: fileOf(pathname), address: host, status }
}

/** Whether the same request may succeed a moment later. */
export function isPassing(thrown: unknown, trouble: Trouble): boolean {
  if (thrown instanceof HttpStatusError) return mayPass(thrown.status)
  return trouble.code === 'NETWORK_UNREACHABLE'
}

const mayPass = (status: number) => status === 408 || status === 429 || status >= 500

/** undici says the status of a proxy's answer only in the text of its error (lib/dispatcher/proxy-agent.js). */
function proxyStatus(text: string): number | null {
  const status = /Proxy response \((\d{3})\)|Proxy Authentication Required \((\d{3})\)/.exec(text)
  return status === null ? null : Number(status[1] ?? status[2])
}

const onDisk = new Set(['EACCES', 'EPERM', 'EROFS', 'EIO', 'EDQUOT', 'EISDIR', 'ENOTDIR', 'ENOENT'])

/** The innermost code that is known: undici wraps the system's error, Node tries several addresses at once. */
function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0])
  const inner = thrown instanceof Error && thrown.cause !== undefined ? codeOf(thrown.cause) : undefined
  return inner ?? errnoOf(thrown)
}

/** In the system's words. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return reasonOf(thrown.errors[0])
  return thrown instanceof Error ? thrown.message || (errnoOf(thrown) ?? thrown.name) : String(thrown)
}

function pathOf(thrown: unknown): string {
  const path = typeof thrown === 'object' && thrown !== null && 'path' in thrown ? thrown.path : undefined
  return typeof path === 'string' ? path : '?'
}

const fileOf = (path: string): string => {
  const name = path.split('/').filter(Boolean).at(-1) ?? '/'
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/**
 * What a failed pip (23 to 26), uv, conda or micromamba said, sorted out; who issued a
 * certificate and which proxy it was is not in the text (`NetworkProfile.explain` adds them). Asked in this order, because one
 * text often holds several: pip ends with "no matching distribution" after an index that it could not reach.
 */
export function explainOutput(output: string): Trouble {
  const text = withoutSecrets(output)
  return (
    fullDisk(text) ??
    refusedByProxy(text) ??
    notTrusted(text) ??
    wrongDigest(text) ??
    unreached(text) ??
    notOffered(text) ??
    unresolved(text)
  )
}

function fullDisk(text: string): Trouble | null {
  // Errno 28 is ENOSPC, 122 EDQUOT, on every Linux.
  if (!/No space left on device|Disk quota exceeded|NoSpaceLeftError|NotEnoughSpace/i.test(text)) return null
  const path = /(?:No space left on device|Disk quota exceeded)[^\n]*?["'`](\/[^"'`\n]+)["'`]/i.exec(text)?.[1]
  return { code: 'DISK_FULL', path: path ?? '?', neededBytes: 0, freeBytes: 0 }
}

function refusedByProxy(text: string): Trouble | null {
  // pip, conda: "Tunnel connection failed: 407 ..."; curl in mamba: "CONNECT tunnel failed, response 407";
  // uv: "tunnel error: proxy authorization required" or "tunnel error: unsuccessful".
  const found =
    /[^\n]*(?:tunnel connection failed: (4\d\d)|CONNECT tunnel failed, response (4\d\d)|(407) Proxy Authentication|proxy authori[sz]ation required)[^\n]*/i.exec(
      text,
    )
  if (found === null) return null
  const status = found[1] ?? found[2] ?? found[3] ?? '407'
  // None of them names the proxy; whoever asked knows which one is set.
  return { code: 'PROXY_REFUSED', proxy: '?', detail: `HTTP ${status}` }
}

function notTrusted(text: string): Trouble | null {
  const found =
    /self[- ]signed certificate|unable to get (?:local )?issuer certificate|UnknownIssuer|CaUsedAsEndEntity|Download error \(60\)|unable to verify the first certificate/i.exec(
      text,
    )
  if (found === null) return null
  // pip says the address in another line than the reason.
  const named = /Could not fetch URL https:\/\/([^/\s]+)\S*: There was a problem confirming/.exec(text)?.[1]
  return { code: 'TLS_INTERCEPTED', address: named ?? hostIn(text, found.index), issuer: UNKNOWN_ISSUER }
}

function wrongDigest(text: string): Trouble | null {
  const found =
    /DO NOT MATCH THE HASHES|Hash mismatch for `?([^`\n]+)|ChecksumMismatchError|(\S+) tarball has incorrect (?:size|sha256|md5)|has incorrect (?:SHA-256 )?checksum/i.exec(
      text,
    )
  if (found === null) return null
  // pip names the file on the line after, conda its address.
  const url = /\n\s+\S+ from ([^\s#]+)|\n +url: (\S+)/.exec(text.slice(found.index))
  return { code: 'DIGEST_MISMATCH', file: found[1] ?? found[2] ?? fileOf(url?.[1] ?? url?.[2] ?? '?') }
}

const unreachedWords = new RegExp(
  [
    'connection broken by', // pip, before each new try
    'Max retries exceeded', // pip, conda
    '(?:ConnectTimeout|ReadTimeout|NewConnection|NameResolution|Proxy|SSL)Error', // urllib3, requests
    'CondaHTTPError: HTTP 000',
    'error sending request for url|HTTP status server error', // uv
    'HTTP error 5\\d\\d while getting|5\\d\\d Server Error', // pip, conda
    'operation timed out|tcp connect error|dns error|client error \\(Connect\\)',
    'Download error \\((?:5|6|7|18|28|35|52|55|56)\\)', // libcurl in mamba: CURLcode
    'Could not resolve host|Connection refused|Connection reset by peer',
  ].join('|'),
  'i',
)

function unreached(text: string): Trouble | null {
  const found = unreachedWords.exec(text)
  if (found === null) return null
  const reason =
    /((?:ProxyError|SSLError|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError)[^\n]{0,160})/.exec(
      text,
    )?.[1] ??
    // uv's chain of causes, the last of which says it; "Caused by" until 0.9.
    [...text.matchAll(/^ +(?:Caused by|cause): ([^\n]{1,160})/gm)].at(-1)?.[1] ??
    /(Download error \(\d+\)[^\n[]{0,160})/.exec(text)?.[1]?.trim()
  return { code: 'NETWORK_UNREACHABLE', address: hostIn(text, found.index), detail: reason ?? found[0] }
}

function notOffered(text: string): Trouble | null {
  const found =
    /HTTP error (4\d\d) while getting (https?:\S+)/.exec(text) ?? // pip
    /(4\d\d) Client Error: [^\n]*? for url: (https?:\S+)/.exec(text) ?? // pip, conda (requests)
    /HTTP status client error \((4\d\d)[^)]*\) for url \((https?:[^)\s]+)\)/.exec(text) ?? // uv
    /HTTP (4\d\d) [A-Z ]+ for (?:url|channel)[^<]*<(https?:[^>\s]+)>/.exec(text) ?? // conda
    /status: (4\d\d) \[(https?:[^\]\s]+)\]/.exec(text) ?? // mamba, libmamba/src/download/downloader.cpp
    swapped(/Failed to download package from (https?:\S+) \(status (4\d\d)\)/.exec(text))
  const url = found?.[2]
  if (found?.[1] === undefined || url === undefined || !URL.canParse(url)) return null
  const { host, pathname } = new URL(url)
  return { code: 'FILE_NOT_OFFERED', file: fileOf(pathname), address: host, status: Number(found[1]) }
}

/** mamba's package fetcher says the address first. */
const swapped = (found: RegExpExecArray | null) => (found === null ? null : [found[0], found[2], found[1]])

/** The sentence that says what is missing: pip's last ERROR, uv's "Because ...", what conda or mamba list. */
function unresolved(text: string): Trouble {
  const errors = text.split('\n').filter((line) => line.startsWith('ERROR:'))
  const because = /(?:Because|hint:) [\s\S]{1,600}?unsatisfiable\.?/.exec(text)?.[0].replaceAll(/\s+/g, ' ')
  const conda =
    /(?:PackagesNotFoundError|ResolvePackageNotFound|UnsatisfiableError|LibMambaUnsatisfiableError): [\s\S]{1,300}/.exec(
      text,
    )?.[0] ?? /Could not solve for environment specs[\s\S]{1,300}/.exec(text)?.[0]
  const last = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1)
  return {
    code: 'PACKAGES_UNRESOLVED',
    detail: (errors.at(-1) ?? because ?? conda?.replaceAll(/\s+/g, ' ') ?? last ?? '').slice(0, 300),
  }
}

/** The host that the words at `index` are about: named on the same line, else the nearest before, else after. */
function hostIn(text: string, index: number): string {
  const start = text.lastIndexOf('\n', index) + 1
  const end = text.indexOf('\n', index)
  const line = text.slice(start, end === -1 ? undefined : end)
  return hostsOf(line)[0] ?? hostsOf(text.slice(0, start)).at(-1) ?? hostsOf(text)[0] ?? 'the package index'
}

const hostsOf = (text: string): string[] =>
  [...text.matchAll(/host=["']([^"']+)["']|https?:\/\/([^/\s`"'<>)\]]+)/g)].map((found) => found[1] ?? found[2] ?? '')
