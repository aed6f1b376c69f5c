import { ipcMain } from 'electron'
import type { AppErrorData } from '#contract'
import { isTrusted } from '../security/guard'
import type { Servers } from './servers'
import { ServerRequest } from './target'

/** What the page of this computer may ask about servers; a server's page has no way to ask. */
export function serveServers(servers: Servers): void {
  ipcMain.handle('launchpad:servers', (event) => (isTrusted(event) ? servers.known() : []))
  ipcMain.handle('launchpad:server-connect', async (event, asked: unknown): Promise<AppErrorData | null> => {
    const request = ServerRequest.safeParse(asked)
    if (!isTrusted(event) || !request.success) return { code: 'BAD_INPUT', params: { detail: 'server' } }
    return servers.connect(request.data)
  })
  ipcMain.handle('launchpad:server-forget', (event, name: unknown) => {
    if (isTrusted(event) && typeof name === 'string') servers.forget(name)
  })
}
