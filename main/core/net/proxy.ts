/** Hosts of this machine; a proxy that is asked for them answers for itself. */
const local = ['127.0.0.1', 'localhost']

/** What a proxy is set to, by the settings or by the environment. */
export interface ProxyChoice {
  http: string | null
  https: string | null
  /** Comma-separated, as in NO_PROXY; this machine is always in it. */
  none: string
}

/** Settings win over the environment. The lower-case name wins over the other, as in curl and undici. */
export function chooseProxy(setting: string | null, environment: NodeJS.ProcessEnv): ProxyChoice {
  const of = (name: string) => environment[name.toLowerCase()] || environment[name] || null
  const listed = (of('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  // "*" means every host only when it stands alone.
  const none = listed.includes('*') ? '*' : [...new Set([...listed, ...local])].join(',')
  if (setting !== null) return { http: setting, https: setting, none }
  const http = of('HTTP_PROXY')
  return { http, https: of('HTTPS_PROXY') ?? http, none }
}

/**
 * The proxy on the way to `url`, or null for none. Transfers go through undici's EnvHttpProxyAgent,
 * which decides by the same rules but does not tell; this is for saying who stood in the way.
 */
export function proxyFor(url: URL, choice: ProxyChoice): URL | null {
  const proxy = url.protocol === 'https:' ? choice.https : choice.http
  if (proxy === null || choice.none.split(',').some((entry) => covers(entry, url))) return null
  try {
    return new URL(proxy)
  } catch {
    return null
  }
}

/** "*", "host", "host:port", ".domain" or "*.domain"; a host stands for those below it, too. */
function covers(entry: string, url: URL): boolean {
  if (entry === '*') return true
  const [, name = '', port] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? []
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false
  const domain = name.replace(/^\*?\./, '').toLowerCase()
  const host = url.hostname.toLowerCase()
  return host === domain || host.endsWith(`.${domain}`)
}

/** Without user and password: for messages, logs and findings. */
export function shown(address: URL | string): string {
  try {
    const url = new URL(address)
    return `${url.protocol}//${url.host}`
  } catch {
    return '?'
  }
}

/** Text of others with every `user:password@` of an address taken out. */
export const withoutSecrets = (text: string): string => text.replaceAll(/(\w+:\/\/)[^\s/@'"]+@/g, '$1')

export function hasPassword(address: string): boolean {
  const { username, password } = new URL(address)
  return username !== '' || password !== ''
}
