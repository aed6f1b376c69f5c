import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { EnvHttpProxyAgent } from 'undici'
import { proxyFor, type ProxyChoice } from './proxy'

/** How our own requests go out: through the chosen proxy, trusting `extra` beside Node's certificates. */
export class ProfileAgent extends EnvHttpProxyAgent {
  readonly #choice: ProxyChoice

  constructor(choice: ProxyChoice, extra: string[]) {
    const context = extra.length === 0 ? undefined : secureContext(extra)
    const tls = context === undefined ? {} : { secureContext: context }
    super({
      // "" and not undefined: otherwise undici reads the environment again, by rules of its own.
      httpProxy: choice.http ?? '',
      httpsProxy: choice.https ?? '',
      noProxy: choice.none,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
    })
    this.#choice = choice
  }

  /** The proxy that a request to `url` goes through; null for none. */
  proxyFor(url: URL): URL | null {
    return proxyFor(url, this.#choice)
  }
}

/** Made once: reading 150 certificates for each connection takes longer than the connection. */
const secureContext = (extra: string[]): SecureContext => createSecureContext({ ca: [...rootCertificates, ...extra] })
