import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { createRouterClient } from '@orpc/server'
import { RPCHandler } from '@orpc/server/websocket'
import { mkdir } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { DoorRights, type Client } from '#contract'
import { createCore, type Core, type CoreOptions } from '../core'
import { AppError } from '../errors'
import { rememberedRoot } from '../state/root'
import { bridge, webSocketChannel, type Channel } from './channel'
import { lockAddress, tryOwn } from './lock'

export interface DoorOptions extends Pick<CoreOptions, 'resources' | 'version' | 'secrets'> {
  /** null: the folder chosen last time, or the default one. */
  root: string | null
}

export interface Door {
  /** Serves the contract on a line, as far as `rights` go. It ends when the core behind it does; the page then asks again. */
  attach(channel: Channel, rights: DoorRights): Promise<void>
  /** The contract for this very process. */
  client(): Promise<Client>
  root(): Promise<string>
  /** true while the core is in this process and not in one that came first. */
  owns(): Promise<boolean>
  dispose(): Promise<void>
}

interface Behind {
  root: string
  owner: boolean
  attach(channel: Channel, rights: DoorRights): void
  client(): Client
  gone: boolean
  close(): Promise<void>
}

/**
 * Where others of this user come in: as whom they run they could do anything anyway. A door that gives its pages
 * less says so in the address, and the core holds to it.
 */
const guestAddress = (rights: DoorRights) => `/rpc?rights=${encodeURIComponent(JSON.stringify(rights))}`

/** null: this is no address of ours. */
function guestRights(url: string | undefined): DoorRights | null {
  const [path, search] = (url ?? '').split('?')
  try {
    return path === '/rpc' ? DoorRights.parse(JSON.parse(new URLSearchParams(search).get('rights') ?? '')) : null
  } catch {
    return null
  }
}

/** This very process, and a guest's own line. */
const everything: DoorRights = { terminals: true }

/**
 * Opens the core for a door: creates it if nobody owns the root, else joins the process that does.
 * When what is behind it goes (another root was chosen, the owner ended), the next use opens it anew.
 */
export function openDoor(options: DoorOptions): Door {
  let opening: Promise<Behind> | null = null
  let closed = false
  async function behind(): Promise<Behind> {
    if (closed) throw new AppError('INTERNAL', { detail: 'closed' })
    if (opening !== null) {
      const current = await opening.catch(() => null)
      if (current !== null && !current.gone) return current
    }
    return (opening = open(options))
  }
  return {
    attach: async (channel, rights) => (await behind()).attach(channel, rights),
    client: async () => (await behind()).client(),
    root: async () => (await behind()).root,
    owns: async () => (await behind()).owner,
    async dispose() {
      closed = true
      await (await opening?.catch(() => null))?.close()
    },
  }
}

async function open(options: DoorOptions): Promise<Behind> {
  const root = options.root ?? (await rememberedRoot())
  try {
    await mkdir(root, { recursive: true })
  } catch (thrown) {
    throw new AppError(
      'ROOT_UNUSABLE',
      { path: root, detail: thrown instanceof Error ? thrown.message : String(thrown) },
      thrown,
    )
  }
  const address = await lockAddress(root)
  const server = createServer((_request, response) => response.writeHead(404).end())
  // Others of this user come in through the lock's socket; its folder is closed to everybody else. It
  // answers from the first moment on, and who comes before the core is open waits.
  const sockets = new WebSocketServer({ server })
  // It repeats the server's own errors, which `tryOwn` looks at: an address in use is no reason to die here.
  sockets.on('error', () => undefined)
  const owned = tryOwn(server, address).then((first) => (first ? own(options, root, server, sockets) : null))
  sockets.on('connection', (socket, { url }) => {
    const rights = guestRights(url)
    if (rights === null) return socket.close(1008)
    socket.pause()
    const begin = (behind: Behind | null) => {
      behind?.attach(webSocketChannel(socket), rights)
      socket.resume()
    }
    owned.then(begin, () => socket.close(1011))
  })
  return (await owned) ?? join(root, address)
}

async function own(options: DoorOptions, root: string, server: Server, sockets: WebSocketServer): Promise<Behind> {
  const channels = new Set<Channel>()
  let core: Core
  try {
    core = await createCore({
      ...options,
      root,
      rootChangeable: options.root === null,
      onRootChosen: () => void setTimeout(() => void close(), 200),
    })
  } catch (thrown) {
    server.close()
    throw thrown
  }
  const handler = new RPCHandler(core.router)

  function attach(channel: Channel, rights: DoorRights): void {
    channels.add(channel)
    const peer = { send: (message: string) => channel.send(message), addEventListener: () => {} }
    channel.onMessage((message) => {
      // A message that is not of the protocol ends its line, and nothing else.
      handler.message(peer as never, message, { context: rights }).catch((thrown: unknown) => {
        core.log.warn({ thrown: String(thrown) }, 'bad message')
        channel.close()
      })
    })
    channel.onClose(() => {
      channels.delete(channel)
      handler.close(peer as never)
    })
  }

  async function close(): Promise<void> {
    if (result.gone) return
    result.gone = true
    await core.dispose()
    for (const channel of channels) channel.close()
    sockets.close()
    await new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()))
  }

  const result: Behind = {
    root,
    owner: true,
    attach,
    client: () => createRouterClient(core.router, { context: everything }),
    gone: false,
    close,
  }
  return result
}

async function join(root: string, address: string): Promise<Behind> {
  const dial = (rights: DoorRights) => new WebSocket(`ws+unix:${address}:${guestAddress(rights)}`)
  // One line of our own tells when the owner goes; pages get theirs through `attach`.
  const own = dial(everything)
  await new Promise<void>((resolve, reject) => (own.once('open', resolve), own.once('error', reject)))
  const result: Behind = {
    root,
    owner: false,
    gone: false,
    attach: (channel, rights) => bridge(channel, webSocketChannel(dial(rights))),
    client: () => createORPCClient(new RPCLink({ websocket: own as never })),
    async close() {
      own.terminate()
      await Promise.resolve()
    },
  }
  own.on('close', () => (result.gone = true))
  return result
}
