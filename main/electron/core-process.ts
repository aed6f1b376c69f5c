import type { MessagePortMain, ParentPort } from 'electron'
import { ORPCError } from '@orpc/client'
import { AppErrorData, type Projection } from '#contract'
import { applyChange } from '#contract/apply-change'
import { openDoor, toAppError, type Channel, type Door, type SecretStore } from '#core'
import { closeInheritedFiles } from './core/inherited-files'
import type { CoreArguments, FromCore, ToCore } from './core/messages'
import { newsOf } from './core/news'

/** The process that started us: Electron itself, or a host that could only start a plain Node. */
interface Host {
  tell(message: FromCore): void
  onLine(take: (line: Channel, begin: () => void) => void): void
  onDispose(take: () => void): void
  onStop(take: (asked: Extract<ToCore, { kind: 'stop' }>) => void): void
  onSecret(take: (answer: Extract<ToCore, { kind: 'secret' }>) => void): void
}

/** A line is read from `begin` on: what comes before waits in the port itself. */
function portHost(parent: ParentPort): Host {
  const take = (on: (message: ToCore, port: MessagePortMain | undefined) => void) => {
    parent.on('message', ({ data, ports }) => on(data as ToCore, ports[0]))
  }
  return {
    tell: (message) => parent.postMessage(message),
    onLine: (begin) =>
      take((message, port) => {
        if (message.kind === 'open' && port !== undefined) begin(portChannel(port), () => port.start())
      }),
    onDispose: (dispose) => take((message) => void (message.kind === 'dispose' && dispose())),
    onStop: (stop) => take((message) => void (message.kind === 'stop' && stop(message))),
    onSecret: (tell) => take((message) => void (message.kind === 'secret' && tell(message))),
  }
}

function portChannel(port: MessagePortMain): Channel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (take) =>
      port.on('message', ({ data }: { data: unknown }) => void (typeof data === 'string' && take(data))),
    onClose: (take) => port.on('close', take),
    close: () => port.close(),
  }
}

interface ProcessLine {
  channel: Channel
  arrive(text: string): void
  begin(): void
  end(): void
}

function processHost(send: (message: FromCore) => void): Host {
  const lines = new Map<number, ProcessLine>()
  return {
    tell: send,
    onLine: (begin) =>
      void process.on('message', (told) => {
        const message = told as ToCore
        if (message.kind === 'open') {
          const line = processLine(
            (text) => send({ kind: 'data', line: message.line, text }),
            () => {
              if (lines.delete(message.line)) send({ kind: 'close', line: message.line })
            },
          )
          lines.set(message.line, line)
          begin(line.channel, line.begin)
        } else if (message.kind === 'data') {
          lines.get(message.line)?.arrive(message.text)
        } else if (message.kind === 'close') {
          const line = lines.get(message.line)
          lines.delete(message.line)
          line?.end()
        }
      }),
    onDispose(dispose) {
      process.on('message', (told) => void ((told as ToCore).kind === 'dispose' && dispose()))
      // The host is gone without a word: then nobody is left to serve.
      process.on('disconnect', dispose)
    },
    onStop(stop) {
      process.on('message', (told) => {
        const message = told as ToCore
        if (message.kind === 'stop') stop(message)
      })
    },
    onSecret(tell) {
      process.on('message', (told) => {
        const message = told as ToCore
        if (message.kind === 'secret') tell(message)
      })
    },
  }
}

function processLine(send: (text: string) => void, closed: () => void): ProcessLine {
  const takers: ((text: string) => void)[] = []
  const enders: (() => void)[] = []
  let early: string[] | null = []
  const deliver = (text: string) => takers.forEach((take) => take(text))
  const end = () => enders.splice(0).forEach((take) => take())
  return {
    channel: {
      send,
      onMessage: (take) => void takers.push(take),
      onClose: (take) => void enders.push(take),
      close: () => (closed(), end()),
    },
    arrive: (text) => (early === null ? deliver(text) : void early.push(text)),
    begin() {
      const texts = early ?? []
      early = null
      texts.forEach(deliver)
    },
    end,
  }
}

/** The core's own error as a client gets it. */
function errorOf(thrown: unknown): AppErrorData {
  const data = thrown instanceof ORPCError ? AppErrorData.safeParse(thrown.data) : null
  return data?.success === true ? data.data : toAppError(thrown).data
}

/** Follows the core for the host, and opens it anew whenever what is behind the door went away. */
async function report(door: Door, tell: Host['tell'], isOver: () => boolean): Promise<void> {
  let last = ''
  const say = (message: FromCore) => {
    const text = JSON.stringify(message)
    if (text !== last) tell(message)
    last = text
  }
  while (!isOver()) {
    try {
      let state: Projection | null = null
      // Ends when the core behind it does: another root was chosen, or its owner is gone.
      for await (const event of await (await door.client()).watch()) {
        state =
          event.kind === 'snapshot' ? event.state : state === null ? null : event.changes.reduce(applyChange, state)
        if (state !== null) say({ kind: 'news', news: newsOf(state) })
      }
    } catch (thrown) {
      const error = toAppError(thrown).data
      // The rest passes or is in the core's log; about the folder the user alone can do something.
      if (error.code === 'ROOT_UNUSABLE') say({ kind: 'trouble', error })
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

/** The host's keychain as the core uses it: questions with a number, answered in any order. */
function hostSecrets(host: Host): SecretStore {
  const open = new Map<number, { resolve: (value: string | null) => void; reject: (error: Error) => void }>()
  let calls = 0
  host.onSecret(({ call, value, error }) => {
    const waiting = open.get(call)
    open.delete(call)
    if (error === null) waiting?.resolve(value)
    else waiting?.reject(new Error(error))
  })
  const ask = (question: { name: string; change?: string | null }) =>
    new Promise<string | null>((resolve, reject) => {
      const call = (calls += 1)
      open.set(call, { resolve, reject })
      host.tell({ kind: 'secret', call, ...question })
    })
  return {
    kind: 'keychain',
    read: (name) => ask({ name }),
    write: async (name, change) => void (await ask({ name, change })),
  }
}

function start(host: Host, { root, resources, version, keychain }: CoreArguments): void {
  const door = openDoor({ root, resources, version, secrets: keychain ? hostSecrets(host) : null })
  let over = false
  host.onLine((line, begin) => void door.attach(line, { terminals: true }).then(begin, () => line.close()))
  host.onDispose(() => {
    if (over) return
    over = true
    void door.dispose().finally(() => process.exit(0))
  })
  host.onStop(({ run, mode }) => {
    const stopped = door.client().then((client) => client.runs.stop({ id: run, mode }))
    stopped.catch((thrown: unknown) => host.tell({ kind: 'refused', error: errorOf(thrown) }))
  })
  // The terminal sends its Ctrl-C to everybody in it; the host decides when we are done.
  process.on('SIGINT', () => undefined)
  void report(door, host.tell, () => over)
}

const parent = (process as Partial<Pick<NodeJS.Process, 'parentPort'>>).parentPort
if (!parent) closeInheritedFiles()
const host = parent ? portHost(parent) : processHost((message) => void (process.connected && process.send?.(message)))
start(host, JSON.parse(process.argv.at(-1) ?? '') as CoreArguments)
