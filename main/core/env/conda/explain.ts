import type { AppErrorData, Params } from '#contract'

/** What the parser cannot see in the output. */
export interface ExplainContext {
  prefix: string
  /** The proxy in use, without its password, or null. */
  proxy: string | null
}

interface Rule {
  code: AppErrorData['code']
  pattern: RegExp
  params: (match: RegExpExecArray, context: ExplainContext) => Params
}

const host = (url: string | undefined): string => {
  const address = url?.replace(/[>\],;'"]+$/, '')
  return address !== undefined && URL.canParse(address) ? new URL(address).host : 'the conda channel'
}
const tidy = (text: string | undefined) =>
  (text ?? '')
    .replaceAll(/\/\/[^/@\s]+@/g, '//')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300)

/** curl's numbers for what is the network's fault (libcurl-errors(3)): name, connection, time, broken transfer. */
const CURL_NETWORK = '6|7|16|18|28|35|52|55|56|92'
const CURL_TLS = '51|60|83|91'
const CURL_PROXY = '5|97'

const unreachable = (match: RegExpExecArray) => ({
  address: host(match.groups?.['url']),
  detail: tidy(match.groups?.['detail']),
})
const refused = (match: RegExpExecArray, context: ExplainContext) => ({
  proxy: context.proxy ?? '?',
  detail: tidy(match.groups?.['detail'] ?? match[0]),
})
const notOffered = (match: RegExpExecArray) => {
  const url = match.groups?.['url'] ?? ''
  const path = URL.canParse(url) ? new URL(url).pathname : url
  return { file: path.split('/').at(-1) || path, address: host(url), status: Number(match.groups?.['status']) }
}
const damaged = (match: RegExpExecArray) => ({ file: tidy(match.groups?.['file']?.split('/').at(-1)) })

/**
 * In the order of causes: a full disk also damages files, a channel that is down also leaves the
 * solver without packages. Texts: mamba's libmamba/src/{core,download,solver}, conda's exceptions.py.
 */
const rules: Rule[] = [
  {
    code: 'DISK_FULL',
    pattern: /No space left on device|Disk quota exceeded|Write failed.*space|NoSpaceLeftError|ENOSPC/i,
    params: (_, { prefix }) => ({ path: prefix, neededBytes: 0, freeBytes: 0 }),
  },
  {
    code: 'BUSY',
    pattern:
      /LockFile acquisition failed, aborting: (?<what>[^\n]*)|LockFile can't be set at '(?<path>[^']*)'|LockError: (?<text>[^\n]*)/,
    params: ({ groups }) => ({ what: tidy(groups?.['what'] ?? groups?.['path'] ?? groups?.['text']) }),
  },
  // mamba says which file only in a line of its own; conda names the address.
  {
    code: 'DIGEST_MISMATCH',
    pattern: /^(?:\S+\s+libmamba\s+)?(?<file>\S+) (?:tarball has incorrect (?:size|SHA256|MD5)|extraction failed)/m,
    params: damaged,
  },
  { code: 'DIGEST_MISMATCH', pattern: /ChecksumMismatchError:[\s\S]*?for url '(?<file>[^']+)'/, params: damaged },
  {
    code: 'DIGEST_MISMATCH',
    pattern: /InvalidArchiveError\(["']Error with archive (?<file>[^\s'"]+?)\.? /,
    params: damaged,
  },
  { code: 'DIGEST_MISMATCH', pattern: /Found (?<file>incorrect downloads)\. Aborting/, params: damaged },
  {
    code: 'TLS_INTERCEPTED',
    pattern: new RegExp(String.raw`Download error \((?:${CURL_TLS})\)[^\n[]*\[(?<url>[^\]\s]+)\]`),
    params: ({ groups }) => ({ address: host(groups?.['url']), issuer: '?' }),
  },
  {
    code: 'TLS_INTERCEPTED',
    pattern:
      /(?:CondaSSLError|CERTIFICATE_VERIFY_FAILED|certificate verify failed)(?:[\s\S]*?host='(?<name>[^']+)', port=(?<port>\d+))?/,
    params: ({ groups }) => ({
      address: [groups?.['name'] ?? '?', groups?.['port']].filter(Boolean).join(':'),
      issuer: '?',
    }),
  },
  {
    code: 'PROXY_REFUSED',
    pattern: new RegExp(String.raw`Download error \((?:${CURL_PROXY})\) (?<detail>[^\n[]*)`),
    params: refused,
  },
  {
    code: 'PROXY_REFUSED',
    pattern:
      /(?<detail>Received HTTP code 407 from proxy[^\n]*|CONNECT tunnel failed, response 407|\(status 407\)|status: 407|HTTP 407 [^\n]*|Tunnel connection failed: 40\d[^\n'")]*|Cannot connect to proxy[^\n'")]*|Conda cannot proceed due to an error in your proxy configuration|in handle_407)/,
    params: refused,
  },
  {
    code: 'FILE_NOT_OFFERED',
    pattern: /Failed to download package from (?<url>\S+) \(status (?<status>4(?!07|29)\d\d)\)/,
    params: notOffered,
  },
  {
    code: 'FILE_NOT_OFFERED',
    pattern: /Transfer finalized, status: (?<status>4(?!07|29)\d\d) \[(?<url>[^\]\s]+)\]/,
    params: notOffered,
  },
  {
    code: 'FILE_NOT_OFFERED',
    pattern: /HTTP (?<status>4(?!07|29)\d\d) [^\n]*? for (?:url|channel [^\n<]*?) <(?<url>[^>\s]+)>/,
    params: notOffered,
  },
  {
    code: 'NETWORK_UNREACHABLE',
    pattern: new RegExp(String.raw`Download error \((?:${CURL_NETWORK})\) (?<detail>[^\n[]*)\[(?<url>[^\]\s]+)\]`),
    params: unreachable,
  },
  {
    code: 'NETWORK_UNREACHABLE',
    pattern: /Failed to download package from (?<url>\S+) \((?<detail>status (?:5\d\d|429|0))\)/,
    params: unreachable,
  },
  {
    code: 'NETWORK_UNREACHABLE',
    pattern: /Transfer finalized, (?<detail>status: (?:5\d\d|429|0)) \[(?<url>[^\]\s]+)\]/,
    params: unreachable,
  },
  {
    code: 'NETWORK_UNREACHABLE',
    pattern: /(?<detail>HTTP (?:000|5\d\d|429) [^\n<]*?) for (?:url|channel [^\n<]*?) <(?<url>[^>\s]+)>/,
    params: unreachable,
  },
  {
    code: 'NETWORK_UNREACHABLE',
    pattern:
      /(?<detail>Downloaded bytes did not match Content-Length|Connection broken: [^\n]*)(?:\s+url: (?<url>\S+))?/,
    params: unreachable,
  },
  // What mamba prints when a channel's list of packages could not be had and the reason was a warning above.
  {
    code: 'NETWORK_UNREACHABLE',
    pattern: /(?<detail>Subdir \S+ not loaded!|Could not load repodata\.json for \S+)/,
    params: unreachable,
  },
]

/** The solver's own words, without the line that only says that it failed. */
const UNSOLVED =
  /(?:Could not solve for environment specs|UnsatisfiableError|LibMambaUnsatisfiableError|PackagesNotFound\w*|ResolvePackageNotFound|InvalidMatchSpec)\b:?\s*(?<detail>[\s\S]*)/

/**
 * What a failed micromamba, mamba or conda said, as a code of the contract. Pure. A text that no rule
 * knows is ENVIRONMENT_UNAVAILABLE with its last lines.
 */
export function explainConda(output: string, context: ExplainContext): AppErrorData {
  for (const { code, pattern, params } of rules) {
    const match = pattern.exec(output)
    if (match !== null) return { code, params: params(match, context) }
  }
  const unsolved = UNSOLVED.exec(output)
  if (unsolved !== null) {
    const detail = unsolved.groups?.['detail']?.replace(/critical libmamba[\s\S]*$/, '')
    return { code: 'PACKAGES_UNRESOLVED', params: { detail: tidy(detail) || unsolved[0].slice(0, 100) } }
  }
  return { code: 'ENVIRONMENT_UNAVAILABLE', params: { detail: tidy(output.split('\n').slice(-8).join('\n')) } }
}

/**
 * Counts what the output tells: the packages of the transaction as the table names their number, and
 * each as it is linked. Feed it line by line; null when a line moves nothing.
 */
export function condaProgress(): (line: string) => { done: number; total: number | null; what: string } | null {
  let [done, total] = [0, null as number | null]
  return (line) => {
    // mamba: "  Install: 17 packages"
    const count = /^\s*Install:\s+(\d+) packages?/.exec(line)?.[1]
    if (count !== undefined) {
      total = Number(count)
      return { done, total, what: 'conda' }
    }
    // mamba: "Linking python-3.11.9-hb806964_0_cpython"
    const linked = /^\s*Linking (\S+)/.exec(line)?.[1]
    if (linked !== undefined) return { done: ++done, total, what: linked }
    // conda redraws "python-3.11.9         | 30.0 MB   | ####5     |  45% "
    const fetched = /^(\S+)\s+\| [\d.]+ [KMG]?B\s+\|/.exec(line)?.[1]
    return fetched === undefined ? null : { done, total, what: fetched }
  }
}
