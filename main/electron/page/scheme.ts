import { protocol } from 'electron'
import { randomBytes } from 'node:crypto'
import { loadAssets } from '#headless/assets'
import { pageScheme } from '../security/policies'
import { answer, type Answer } from './answer'

const nonce = () => randomBytes(16).toString('base64')

/** Must run before the app is ready. Standard and secure: relative addresses, modules and the clipboard work as on the web. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page at its own address, from memory. */
export async function servePage(folder: string): Promise<void> {
  const assets = await loadAssets(folder)
  const reply = (method: string, address: string) => answer(assets, method, address, nonce)
  // Electron before 25 has only the older way; the typings know only the newer Electron.
  if (typeof (protocol as Partial<typeof protocol>).handle === 'function') {
    protocol.handle(pageScheme, ({ method, url }) => toResponse(reply(method, url)))
    return
  }
  protocol.registerBufferProtocol(pageScheme, ({ method, url }, callback) => {
    const { status, headers, body } = reply(method, url)
    callback({ statusCode: status, headers, data: body, mimeType: (headers['content-type'] ?? '').split(';')[0] ?? '' })
  })
}

const toResponse = ({ status, headers, body }: Answer) => new Response(new Uint8Array(body), { status, headers })
