import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { WebSocketServer } from 'ws'
import { contentSecurityPolicy, pageHeaders, withNonce } from '#contract/page-policy'
import { AppError, webSocketChannel, type Door } from '#core'
import { loadAssets } from './assets'
import { createGuard, isLoopback } from './guard'
import { publicName, readTls, type TlsFiles } from './tls'

export interface ServeOptions {
  door: Door
  /** The built page. */
  assets: string
  /** 0: any free one. */
  port: number
  /** Whether the page may open a shell: who reads the token over a shoulder could then run commands. */
  shell?: boolean
  /** Folders that pages may name beside the home folder and the data root. */
  allow?: readonly string[]
  /** Default: 127.0.0.1. Any other machine's way in needs `tls`: SERVE_NEEDS_TLS. */
  host?: string
  tls?: TlsFiles | null
}

export interface Server {
  port: number
  /** With the token in the fragment, which a browser never sends to anybody. */
  address: string
  close(): Promise<void>
}

/** Serves the page and the contract by token: to browsers on this machine, or with TLS to others. */
export async function serve(options: ServeOptions): Promise<Server> {
  const host = options.host ?? '127.0.0.1'
  const tls = options.tls == null ? null : await readTls(options.tls)
  if (tls === null && !isLoopback(host)) throw new AppError('SERVE_NEEDS_TLS', { host })
  const assets = await loadAssets(options.assets)
  const take = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response).catch(() => response.destroy())
  const server = tls === null ? createServer(take) : createTlsServer({ cert: tls.cert, key: tls.key }, take)
  const port = () => (server.address() as AddressInfo | null)?.port ?? 0
  const guard = createGuard({ port, tls })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4 * 1024 * 1024 })

  server.on('upgrade', (request, socket, head) => {
    // Cut off while it is refused; without this it would end the server.
    socket.on('error', () => socket.destroy())
    const refused = guard.refuseOrigin(request.headers) !== null || request.headers.origin === undefined
    if (refused || pathOf(request) !== '/rpc' || !guard.knows(request.headers)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Messages that come before the core is open wait in the socket's own buffer.
      webSocket.pause()
      rights()
        .then((given) => options.door.attach(webSocketChannel(webSocket), given))
        .then(
          () => webSocket.resume(),
          () => webSocket.close(1011),
        )
    })
  })

  const rights = async () => ({
    terminals: options.shell ?? false,
    // Asked each time: another data folder may have been chosen.
    folders: [homedir(), await options.door.root(), ...(options.allow ?? [])],
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = guard.refuseOrigin(request.headers)
    if (refused !== null) return void response.writeHead(403).end(refused)
    const path = pathOf(request)
    if (path === '/session' && request.method === 'POST') return admit(request, response)
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    const asset = assets.get(path === '/' ? '/index.html' : path)
    if (asset === undefined) return void response.writeHead(404).end()
    if (path !== '/') {
      // Built files carry a hash of their content in their names.
      const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
      return void response
        .writeHead(200, { ...pageHeaders, 'content-type': asset.type, 'cache-control': cache })
        .end(asset.body)
    }
    const nonce = randomBytes(16).toString('base64')
    const headers = {
      ...pageHeaders,
      'content-type': asset.type,
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(nonce),
    }
    response.writeHead(200, headers).end(withNonce(asset.body.toString(), nonce))
  }

  async function admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cookie = guard.admit(tokenOf(await readSmall(request)))
    if (cookie === null) response.writeHead(401).end()
    else response.writeHead(204, { 'set-cookie': cookie }).end()
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, host, resolve)
  })
  return {
    port: port(),
    address:
      tls === null
        ? `http://${host.includes(':') ? `[${host}]` : host}:${port()}/#token=${guard.token}`
        : `https://${publicName(host, tls.cert)}:${port()}/#token=${guard.token}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()))
    },
  }
}

/** "": no path at all ("//"). Never throws: an upgrade has nobody who would catch it. */
function pathOf(request: IncomingMessage): string {
  try {
    return new URL(request.url ?? '/', 'http://localhost').pathname
  } catch {
    return ''
  }
}

async function readSmall(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > 4096) throw new Error('too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function tokenOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { token?: unknown }).token
  } catch {
    return undefined
  }
}
