import type { BrowserWindow, Session } from 'electron'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import type { AppErrorData } from '#contract'
import { createBackOff } from '../core/back-off'
import type { Keychain } from '../core/keychain'
import {
  parseAddress,
  parseSsh,
  type KnownServer,
  KnownServer as KnownServerSchema,
  type ServerRequest,
  type SshTarget,
} from './target'
import { freePort, openTunnel, type Tunnel } from './tunnel'
import { openServerWindow, serverSession, signIn } from './window'

const Kept = z.array(KnownServerSchema)

export interface Servers {
  /** The one used last comes first. */
  known(): KnownServer[]
  /** Opens its window, or shows the one that is open; null: it is there. */
  connect(request: ServerRequest): Promise<AppErrorData | null>
  forget(name: string): void
  dispose(): void
}

export interface ServersDeps {
  file: string
  icon: string
  keychain: Keychain | null
  /** Its window was closed: the way back to this computer. */
  closed: () => void
}

interface Open {
  window: BrowserWindow
  end: () => void
}

const isError = (value: object): value is AppErrorData => 'code' in value

/** GPU servers: who they are is kept in a file, how to enter only in the keychain or in memory. */
export function createServers({ file, icon, keychain, closed }: ServersDeps): Servers {
  const open = new Map<string, Open>()
  const tokens = new Map<string, string>()

  function known(): KnownServer[] {
    try {
      return Kept.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return []
    }
  }
  function keep(servers: KnownServer[]): void {
    try {
      writeFileSync(`${file}.new`, JSON.stringify(servers.slice(0, 20)))
      renameSync(`${file}.new`, file)
    } catch {
      // It is typed again next time; the connection itself needs no file.
    }
  }
  const others = (name: string) => known().filter((server) => server.name !== name)
  const secret = (name: string, change?: string | null) =>
    keychain?.answer({ kind: 'secret', call: 0, name: `server:${name}`, ...(change !== undefined && { change }) }).value

  function show(server: KnownServer, origin: string, jar: Session, end: () => void): null {
    keep([server, ...others(server.name)])
    const window = openServerWindow(origin, server.name, jar, icon)
    open.set(server.name, { window, end })
    window.on('closed', () => {
      open.delete(server.name)
      end()
      closed()
    })
    return null
  }

  async function bySsh(host: string, program: string): Promise<AppErrorData | null> {
    const target = parseSsh(host, program)
    if (isError(target)) return target
    const [near, jar] = [await freePort(), serverSession()]
    const origin = `http://127.0.0.1:${near}`
    const tunnel = await openTunnel(target, near)
    if (isError(tunnel)) return tunnel
    const refused = await signIn(origin, tunnel.token, jar)
    if (refused !== null) {
      tunnel.close()
      return refused
    }
    return show({ kind: 'ssh', name: host.trim(), program }, origin, jar, keepTunnel(target, near, jar, tunnel))
  }

  async function byAddress(address: string, given: string): Promise<AppErrorData | null> {
    const parsed = parseAddress(address)
    if (isError(parsed)) return parsed
    const { origin } = parsed
    const token = given.trim() || parsed.token || tokens.get(origin) || (secret(origin) ?? '')
    const jar = serverSession()
    const refused = await signIn(origin, token, jar)
    if (refused !== null) return refused
    tokens.set(origin, token)
    secret(origin, token)
    return show({ kind: 'address', name: origin }, origin, jar, () => undefined)
  }

  return {
    known,
    async connect(request) {
      const name =
        request.kind === 'ssh' ? request.host.trim() : (parseAddress(request.address) as { origin?: string }).origin
      const there = open.get(name ?? '')
      if (there !== undefined) {
        there.window.show()
        return null
      }
      return request.kind === 'ssh' ? bySsh(request.host, request.program) : byAddress(request.address, request.token)
    },
    forget(name) {
      tokens.delete(name)
      secret(name, null)
      keep(others(name))
    },
    dispose: () => open.forEach(({ end }) => end()),
  }
}

/**
 * Makes the tunnel again whenever it drops, to the same near port, so that the page finds it by itself. Returns what
 * ends it for good.
 */
function keepTunnel(target: SshTarget, near: number, jar: Session, first: Tunnel): () => void {
  const backOff = createBackOff(500, 30_000, 60_000)
  let current: Tunnel | null = first
  let over = false
  async function hold(): Promise<void> {
    for (let began = Date.now(); !over;) {
      await current?.ended
      current = null
      if (over) return
      await new Promise((resolve) => setTimeout(resolve, backOff.next(Date.now() - began)))
      if (over) return
      began = Date.now()
      const next = await openTunnel(target, near)
      if (isError(next)) continue
      current = next
      if (isOver()) next.close()
      else await signIn(`http://127.0.0.1:${near}`, next.token, jar)
    }
  }
  // Asked anew after each wait: the window may have been closed meanwhile.
  const isOver = () => over
  void hold()
  return () => {
    over = true
    current?.close()
  }
}
