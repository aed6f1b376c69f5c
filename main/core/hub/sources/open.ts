import type { HubSource } from '#contract'
import { normalEndpoint } from '../repo-id'
import { openHuggingFace } from './huggingface'
import { openModelScope } from './modelscope'
import type { ClientOptions } from './client'
import type { Source } from './source'

export type NetworkSource = Exclude<HubSource, { kind: 'folder' }>

export interface SourceOptions extends Pick<ClientOptions, 'pauseMs'> {
  network: ClientOptions['network'] & { hubEndpoint(): string | null }
  /** Each service's own address (`hubs` of resources/network/mirrors.yaml). */
  hubs: { huggingface: string; modelscope: string }
  /** Of the source's service; asked for each request. */
  token: () => string | null
  /** What this process was started with: HF_ENDPOINT, MODELSCOPE_ENDPOINT. */
  environment?: NodeJS.ProcessEnv
}

/** A folder is opened by `openFolder`. One source for each download: it remembers where it was sent on to. */
export function openSource(source: NetworkSource, options: SourceOptions): Source {
  const endpoint = endpointOf(source, options)
  return source.kind === 'modelscope'
    ? openModelScope({ ...options, endpoint })
    : openHuggingFace({ ...options, endpoint })
}

/** What was asked for, else what the settings say, else the environment, else the service's own. */
export function endpointOf(source: NetworkSource, { network, hubs, environment = process.env }: SourceOptions): string {
  const huggingface = source.kind === 'huggingface'
  const inherited = environment[huggingface ? 'HF_ENDPOINT' : 'MODELSCOPE_ENDPOINT']
  const chosen = source.endpoint ?? (huggingface ? network.hubEndpoint() : null)
  const typed = chosen ?? inherited ?? ''
  return normalEndpoint(typed) ?? hubs[source.kind]
}
