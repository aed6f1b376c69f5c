import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Dispatcher } from 'undici'
import type { Settings } from '#contract'
import type { AppError } from '../errors'
import { ProfileAgent } from './agent'
import { readTrust, trustKey, writeBundle, type Trust } from './ca'
import { shownIssuer } from './issuer'
import { torchSource, type Mirrors, type TorchSource } from './presets'
import { chooseProxy, proxyFor, shown } from './proxy'
import { explainOutput, troubleError } from './trouble'

type Network = Settings['network']

/**
 * The one place that says how to reach the network: every child's environment and every request of
 * our own is derived from it, so that a proxy, a certificate or a mirror set once holds everywhere.
 * CA_FILE_BAD is thrown by `environment` and `dispatcher` when the file of the settings is gone.
 */
export interface NetworkProfile {
  /** What a child process needs to know, to be merged into its environment. */
  environment(): Record<string, string>
  dispatcher(): Dispatcher
  /** What the output of a failed pip, uv, conda or micromamba means, with the proxy and the issuer named. */
  explain(output: string): Promise<AppError>
  packageIndex(): string | null
  /** As it is set; `torchSource` says where a recipe's builds are. */
  torchIndex(): string | null
  torchSource(recipe: string | null): TorchSource | null
  /** null: the hub's own. */
  hubEndpoint(): string | null
  /** What the conda engine asks of it. */
  conda(): CondaNetwork
  /** Ends every connection: one to a proxy that says nothing would keep the process alive. */
  dispose(): Promise<void>
}

/** Base address of the channels (null: the usual one), the CA file for its own rc file, and the proxy as it may be shown. */
interface CondaNetwork {
  environment(): Record<string, string>
  dispatcher(): Dispatcher
  channels(): string | null
  caFile(): string | null
  proxy(): string | null
}

export interface ProfileOptions {
  /** The folder of the bundle of certificates; without it a `caFile` holds for our own requests only. */
  cache?: string
  mirrors?: Mirrors
  /** What this process was started with. */
  environment?: NodeJS.ProcessEnv
}

export function createNetworkProfile(read: () => Network, options: ProfileOptions = {}): NetworkProfile {
  const inherited = options.environment ?? process.env
  const mirrors = options.mirrors ?? null
  const made: { key: string; agent: ProfileAgent }[] = []
  let trusted: Trust | null = null
  const trust = (caFile: string | null): Trust => {
    if (trusted?.key !== trustKey(caFile, inherited)) trusted = readTrust(caFile, inherited)
    return trusted
  }
  function agent(): ProfileAgent {
    const { proxy, caFile } = read()
    const { extra, key } = trust(caFile)
    const wanted = `${proxy ?? ''}\n${key}`
    const latest = made.at(-1)
    if (latest?.key === wanted) return latest.agent
    // The one before stays until the end: a download may be under way with it.
    const next = new ProfileAgent(chooseProxy(proxy, inherited), extra)
    made.push({ key: wanted, agent: next })
    return next
  }
  const profile: NetworkProfile = {
    environment() {
      const network = read()
      return {
        ...proxyVariables(network.proxy, inherited),
        ...caVariables(network.caFile, options.cache, trust),
        ...(network.caFile === null ? inheritedCa(inherited) : {}),
        ...addressVariables(network),
      }
    },
    dispatcher: agent,
    async explain(output) {
      const trouble = explainOutput(output)
      const chosen = chooseProxy(read().proxy, inherited)
      if (trouble.code === 'PROXY_REFUSED') trouble.proxy = shown(chosen.https ?? chosen.http ?? '')
      if (trouble.code === 'TLS_INTERCEPTED' && URL.canParse(`https://${trouble.address}`)) {
        const url = new URL(`https://${trouble.address}`)
        trouble.issuer = await shownIssuer(url, proxyFor(url, chosen))
      }
      return troubleError(trouble)
    },
    packageIndex: () => read().packageIndex,
    torchIndex: () => read().torchIndex,
    torchSource: (recipe) => torchSource(read().torchIndex, recipe, mirrors),
    hubEndpoint: () => read().hubEndpoint,
    conda() {
      const environment = profile.environment()
      const { https, http } = chooseProxy(read().proxy, inherited)
      const proxy = https ?? http
      return {
        environment: () => environment,
        dispatcher: profile.dispatcher,
        channels: () => read().condaChannels,
        caFile: () => environment['SSL_CERT_FILE'] ?? null,
        proxy: () => (proxy === null ? null : shown(proxy)),
      }
    },
    async dispose() {
      await Promise.all(made.map(({ agent }) => agent.destroy()))
    },
  }
  return profile
}

/** Both spellings: curl and conda read the lower one, many Python tools the upper one. */
function proxyVariables(setting: string | null, inherited: NodeJS.ProcessEnv): Record<string, string> {
  const { http, https, none } = chooseProxy(setting, inherited)
  if (http === null && https === null) return {}
  // Also beside an inherited proxy: Ray and torch talk to 127.0.0.1 over HTTP and would ask the proxy for it.
  const both = { NO_PROXY: none, no_proxy: none }
  if (setting === null) return both
  return { HTTP_PROXY: setting, HTTPS_PROXY: setting, http_proxy: setting, https_proxy: setting, ...both }
}

function caVariables(
  caFile: string | null,
  cache: string | undefined,
  trust: (caFile: string) => Trust,
): Record<string, string> {
  if (caFile === null || cache === undefined) return {}
  const bundle = join(cache, 'ca-bundle.pem')
  writeBundle(bundle, trust(caFile))
  return {
    SSL_CERT_FILE: bundle, // OpenSSL, Python's ssl, uv, httpx
    REQUESTS_CA_BUNDLE: bundle, // requests: conda, huggingface_hub, modelscope
    CURL_CA_BUNDLE: bundle,
    PIP_CERT: bundle, // wins over a `cert` of pip.conf
    NODE_EXTRA_CA_CERTS: bundle,
    GIT_SSL_CAINFO: bundle,
    CONDA_SSL_VERIFY: bundle, // conda: CONDA_ and the name of the setting (EnvRawParameter)
    MAMBA_SSL_VERIFY: bundle, // mamba 2 knows only its own prefix (Configurable::set_env_var_names)
  }
}

/** Others read these variables by themselves; mamba does not, once its own are not set (ssl_verify_hook). */
function inheritedCa(inherited: NodeJS.ProcessEnv): Record<string, string> {
  const named = inherited['SSL_CERT_FILE'] || inherited['REQUESTS_CA_BUNDLE']
  return named !== undefined && existsSync(named) ? { MAMBA_SSL_VERIFY: named } : {}
}

/** Only what is set: an index that pip or conda is configured with stays in force otherwise. */
function addressVariables({ packageIndex, hubEndpoint, condaChannels }: Network): Record<string, string> {
  return {
    ...(packageIndex === null ? {} : { PIP_INDEX_URL: packageIndex, UV_DEFAULT_INDEX: packageIndex }),
    ...(hubEndpoint === null ? {} : { HF_ENDPOINT: hubEndpoint.replace(/\/+$/, '') }),
    ...(condaChannels === null ? {} : { CONDA_CHANNEL_ALIAS: condaChannels, MAMBA_CHANNEL_ALIAS: condaChannels }),
  }
}
