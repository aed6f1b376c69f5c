import type { NetworkProfile } from './profile'

/** Where pip takes packages from on this machine. */
export interface PipConfig {
  /** null: pip's default. */
  indexUrl: string | null
  extraIndexUrls: string[]
  /** Folders, pages or addresses that list files. */
  findLinks: string[]
  /** A bundle of certificates that pip trusts instead of its own. */
  cert: string | null
  /** Hosts that pip does not verify. Read to be told of, never passed on. */
  trustedHosts: string[]
}

/** Later wins, as in pip for its `install` command (ConfigOptionParser._get_ordered_configuration_items). */
const order = ['global', 'install', ':env:']

/**
 * Reads the output of `python -m pip config list`: lines of `section.name='value'`. pip prints the
 * value as Python's repr does, and a list as one text divided by white space. Sections of other
 * commands and lines that are none are passed over.
 */
export function parsePipConfig(output: string): PipConfig {
  const found = new Map<string, { rank: number; value: string }>()
  for (const line of output.split(/\r?\n/)) {
    const [, section = '', name = '', value = ''] = /^([^.]+)\.([\w-]+)=(['"].*['"])$/.exec(line.trim()) ?? []
    const rank = order.indexOf(section)
    if (rank >= (found.get(name)?.rank ?? 0)) found.set(name, { rank, value: unquoted(value) })
  }
  const one = (name: string) => found.get(name)?.value.trim() || null
  const many = (name: string) => (one(name) ?? '').split(/\s+/).filter((entry) => entry !== '')
  return {
    indexUrl: one('index-url'),
    extraIndexUrls: many('extra-index-url'),
    findLinks: many('find-links'),
    cert: one('cert'),
    trustedHosts: many('trusted-host'),
  }
}

/** What Python's repr escaped in a text. */
const unquoted = (repr: string): string =>
  repr
    .slice(1, -1)
    .replaceAll(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)/gi, (_, escape: string) =>
      escape.length > 1
        ? String.fromCharCode(parseInt(escape.slice(1), 16))
        : ({ n: '\n', t: '\t', r: '\r' }[escape] ?? escape),
    )

/**
 * Arguments that make uv look where pip looks: uv reads neither pip.conf nor PIP_* variables
 * (https://docs.astral.sh/uv/pip/compatibility/#configuration-files-and-environment-variables).
 * The settings win over pip's configuration. Where torch comes from is not among them: it has an index of its own.
 */
export function uvIndexArguments(config: PipConfig, profile: Pick<NetworkProfile, 'packageIndex'>): string[] {
  const main = profile.packageIndex() ?? config.indexUrl
  return [
    ...(main === null ? [] : ['--default-index', main]),
    ...config.extraIndexUrls.flatMap((address) => ['--extra-index-url', address]),
    ...config.findLinks.flatMap((place) => ['--find-links', place]),
    // uv stops at the first index that knows a name, so that a stranger cannot slip a package of the same
    // name under it from another one. pip takes the best version of all, and pip.conf was written for pip:
    // an extra index often has some versions of a package, and the default index the others.
    // What is installed is pinned by version and digest in the lock.
    ...(config.extraIndexUrls.length + config.findLinks.length === 0 ? [] : ['--index-strategy', 'unsafe-best-match']),
  ]
}

/** The `cert` of pip's configuration for uv, where nothing else names certificates already. */
export function uvCertificate(config: PipConfig, environment: NodeJS.ProcessEnv): Record<string, string> {
  return config.cert === null || environment['SSL_CERT_FILE'] ? {} : { SSL_CERT_FILE: config.cert }
}
