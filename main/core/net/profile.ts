import { EnvHttpProxyAgent, ProxyAgent, type Dispatcher } from 'undici'
import type { Settings } from '#contract'

/**
 * The one place that says how to reach the network: every child's environment and every request of
 * our own is derived from it, so that a proxy or mirror set once holds everywhere.
 */
export interface NetworkProfile {
  /** What a child process needs to know, to be merged into its environment. */
  environment(): Record<string, string>
  dispatcher(): Dispatcher
  packageIndex(): string | null
  torchIndex(): string | null
  /** Ends every connection: one to a proxy that says nothing would keep the process alive. */
  dispose(): Promise<void>
}

export function createNetworkProfile(read: () => Settings['network']): NetworkProfile {
  let made: { proxy: string | null; dispatcher: Dispatcher } | null = null
  return {
    environment() {
      const { proxy } = read()
      if (proxy === null) return {}
      // Both spellings: curl and conda read the lower one, many Python tools the upper one.
      return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy }
    },
    dispatcher() {
      const { proxy } = read()
      if (made === null || made.proxy !== proxy) {
        made = { proxy, dispatcher: proxy === null ? new EnvHttpProxyAgent() : new ProxyAgent(proxy) }
      }
      return made.dispatcher
    },
    packageIndex: () => read().packageIndex,
    torchIndex: () => read().torchIndex,
    dispose: async () => made?.dispatcher.destroy(),
  }
}
