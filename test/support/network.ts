import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, createServer as createTcp, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execaSync } from 'execa'

/** Servers of one test file, all on loopback; `closeAll` ends them and every connection. */
export function servers() {
  const running: TcpServer[] = []
  const sockets = new Set<Socket>()

  async function listen(server: TcpServer): Promise<number> {
    running.push(server)
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return (server.address() as AddressInfo).port
  }

  return {
    listen,
    http: (answer: RequestListener) => listen(createHttp(answer)),
    https: (identity: Identity, answer: RequestListener) => listen(createHttps({ ...identity }, answer)),
    /** A real proxy by CONNECT. Every name leads to this machine, so that any name can be asked for. */
    async proxy(login: string | null = null) {
      const asked: string[] = []
      const server = createHttp()
      server.on('connect', (request: IncomingMessage, socket: Socket) => {
        asked.push(request.url ?? '')
        const given = Buffer.from(request.headers['proxy-authorization']?.slice(6) ?? '', 'base64').toString()
        if (login !== null && given !== login) {
          socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n')
          return
        }
        const onward = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          onward.pipe(socket).pipe(onward)
        })
        onward.on('error', () => socket.destroy())
        socket.on('error', () => onward.destroy())
      })
      return { port: await listen(server), asked }
    },
    /** Passes everything on to `port` and keeps what the client sent. */
    async relay(port: number) {
      const sent: Buffer[] = []
      let open = 0
      const server = createTcp((socket) => {
        open += 1
        const onward = connect(port, '127.0.0.1')
        socket.on('data', (piece: Buffer) => sent.push(piece))
        socket.on('error', () => onward.destroy()).on('close', () => (open -= 1))
        onward.on('error', () => socket.destroy())
        socket.pipe(onward).pipe(socket)
      })
      return {
        port: await listen(server),
        closed: async () => {
          while (open > 0) await setTimeout(5)
        },
        /** The types of the TLS records among it: 5 bytes of head, the first is the type, the last two the length. */
        recordTypes() {
          const bytes = Buffer.concat(sent)
          const types: number[] = []
          for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at] ?? 0)
          return types
        },
      }
    },
    closeAll() {
      for (const socket of sockets) socket.destroy()
      for (const server of running.splice(0)) server.close()
    },
  }
}

export interface Identity {
  key: string
  cert: string
}

/** A company's authority and a server's certificate made by it, with the openssl program. */
export function makeAuthority(organisation: string): Identity & { caFile: string } {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad 证书 '))
  const at = (name: string) => join(folder, name)
  const make = (name: string, subject: string, ...more: string[]) =>
    execaSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-subj', subject, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), ...more],
    ])
  make('ca', `/O=${organisation}/CN=Root`)
  const names = 'subjectAltName=DNS:localhost,DNS:mirror.test,IP:127.0.0.1'
  const leaf = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-addext', names]
  make('leaf', '/CN=mirror.test', ...leaf, '-addext', 'basicConstraints=critical,CA:FALSE')
  const read = (name: string) => readFileSync(at(name), 'utf8')
  return { key: read('leaf.key'), cert: read('leaf.pem') + read('ca.pem'), caFile: at('ca.pem') }
}
