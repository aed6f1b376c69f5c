import type { AppErrorData } from '#contract'

/** What a failed pip or uv said. (Stub until the network branch is merged.) */
export function explainOutput(output: string): AppErrorData {
  const broken =
    /(?:connection broken by|Max retries exceeded|ConnectTimeoutError|NewConnectionError|ProxyError|SSLError|error sending request|Failed to fetch)/i.exec(
      output,
    )
  if (broken !== null) {
    const host = /host='([^']+)'/.exec(output)?.[1] ?? /https?:\/\/([^/\s]+)/.exec(output)?.[1] ?? 'the package index'
    return { code: 'NETWORK_UNREACHABLE', params: { address: host, detail: output.slice(-200) } }
  }
  return { code: 'PACKAGES_UNRESOLVED', params: { detail: output.slice(-300) } }
}
