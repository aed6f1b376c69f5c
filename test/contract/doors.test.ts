import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { WebSocket } from 'ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client, ProjectionEvent } from '#contract'
import { openDoor, type Channel, type Door } from '#core'
import { serve } from '#headless'

/** The same behaviour is asked of every way into the core. */
const root = () => mkdtemp(join(tmpdir(), 'launchpad 门 '))
const open = (folder: string) => openDoor({ root: folder, resources: resolve('resources'), version: 'test' })

interface Entered {
  client: Client
  /** Sends something that is no message of the protocol. */
  garble: ((text: string) => void) | null
  leave: () => Promise<void>
}

async function inProcess(folder: string): Promise<Entered> {
  const door = open(folder)
  return { client: await door.client(), garble: null, leave: () => door.dispose() }
}

async function throughPort(folder: string): Promise<Entered> {
  const door = open(folder)
  const { port1, port2 } = new MessageChannel()
  const channel: Channel = {
    send: (message) => port2.postMessage(message),
    onMessage: (take) => port2.on('message', (message: string) => take(message)),
    onClose: (take) => port2.on('close', take),
    close: () => port2.close(),
  }
  await door.attach(channel, { terminals: true })
  const client: Client = createORPCClient(new PortLink({ port: port1 }))
  return { client, garble: (text) => port1.postMessage(text), leave: async () => (port1.close(), door.dispose()) }
}

async function throughSocket(folder: string): Promise<Entered> {
  const door = open(folder)
  const { socket, close } = await browserSocket(door)
  const client: Client = createORPCClient(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket }))
  return { client, garble: (text) => socket.send(text), leave: async () => (await close(), door.dispose()) }
}

/** A second process's way: somebody else owns the root already. */
async function asGuest(folder: string): Promise<Entered> {
  const owner = open(folder)
  await owner.client()
  const guest = open(folder)
  const client = await guest.client()
  expect(await guest.owns()).toBe(false)
  return { client, garble: null, leave: async () => (await guest.dispose(), owner.dispose()) }
}

async function browserSocket(door: Door, shell = false) {
  const server = await serve({ door, assets: resolve('test/fixtures/page'), port: 0, shell, allow: [tmpdir()] })
  const origin = `http://127.0.0.1:${server.port}`
  const token = new URL(server.address).hash.replace('#token=', '')
  const session = await fetch(`${origin}/session`, {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: { origin },
  })
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers: { cookie }, origin })
  await new Promise((done, failed) => (socket.once('open', done), socket.once('error', failed)))
  return { socket, close: () => server.close() }
}

describe.each([
  ['in the process', inProcess],
  ['through a MessagePort', throughPort],
  ['through a WebSocket', throughSocket],
  ['as a guest of another process', asGuest],
])('%s', (_name, enter) => {
  let door: Entered
  beforeEach(async () => {
    door = await enter(await root())
  })
  afterEach(() => door.leave())

  it('the snapshot holds what a page shows', async () => {
    const state = await door.client.snapshot()
    expect(state).toMatchObject({
      settings: { theme: 'system' },
      jobs: {},
      runs: {},
      environments: {},
      info: { version: 'test' },
    })
  })

  it('a change reaches who watches, numbered after the snapshot', async () => {
    const events: ProjectionEvent[] = []
    for await (const event of await door.client.watch()) {
      events.push(event)
      if (events.length === 1) await door.client.settings.update({ theme: 'dark' })
      else break
    }
    expect(events.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['snapshot', 0],
      ['changes', 1],
    ])
    expect(events[1]).toMatchObject({ changes: [{ topic: 'settings', value: { theme: 'dark' } }] })
  })

  it('a wrong input is refused before anything is done', async () => {
    await expect(door.client.settings.update({ theme: 'pink' as never })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect((await door.client.snapshot()).settings.theme).toBe('system')
  })

  it('a failure arrives as its code and parameters', async () => {
    const failure = await door.client.runs.stop({ id: 'nobody', mode: 'now' }).catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ code: 'APP', data: { code: 'NOT_FOUND', params: { id: 'nobody' } } })
  })

  it('a name that climbs out of its folder names nothing', async () => {
    for (const id of ['../../etc', '..', 'a/../../b', '/etc/passwd']) {
      const failure = await door.client.environments.remove({ id }).catch((thrown: unknown) => thrown)
      expect(failure).toMatchObject({ data: { code: 'NOT_FOUND' } })
      await expect(door.client.jobs.readLog({ id, from: 0 })).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
    }
  })

  it('measuring the machine shows in the projection', async () => {
    const report = await door.client.machine.measure()
    expect(report.cpu.threads).toBeGreaterThan(0)
    expect((await door.client.snapshot()).machine?.measuredAt).toBe(report.measuredAt)
  })

  it('data is prepared, and read row by row', async () => {
    const file = join(await root(), 'rows.jsonl')
    await writeFile(file, [1, 2, 3].map((id) => JSON.stringify({ id, text: '汉字' })).join('\n'))
    const data = { paths: [file], config: null, split: null, badLines: 'stop' as const }
    const news: string[] = []
    for await (const event of await door.client.dataset.prepare(data)) {
      news.push(event.kind)
      if (event.kind === 'result') expect(event.value).toMatchObject({ rows: 3, files: [{ format: 'jsonl' }] })
    }
    expect(news.at(-1)).toBe('result')
    const asked = { data, from: 1, count: 10, search: '', filters: [], sort: null }
    expect(await door.client.dataset.rows(asked)).toMatchObject({
      total: 3,
      rows: [
        { index: 1, cells: [2, '汉字'] },
        { index: 2, cells: [3, '汉字'] },
      ],
    })
    await writeFile(`${file}.bad.jsonl`, '{"id":1}\n{"id":\n')
    const bad = async () => {
      for await (const _ of await door.client.dataset.prepare({ ...data, paths: [`${file}.bad.jsonl`] })) continue
    }
    await expect(bad()).rejects.toMatchObject({ data: { code: 'DATA_BAD_LINE', params: { line: 2 } } })
    const gone = { ...data, paths: [`${file}.gone`] }
    await expect(door.client.dataset.open(gone)).rejects.toMatchObject({ data: { code: 'DATA_NOT_FOUND' } })
  })

  it('nonsense on the line ends it at most, and harms nobody else', async () => {
    for (const text of ['', '{', 'null', '[]', '{"i":1}', '\u0000', '{"i":"x","t":99,"p":{}}', 'x'.repeat(100_000)])
      door.garble?.(text)
    await new Promise((done) => setTimeout(done, 100))
    const other = await inProcess(await root())
    expect((await other.client.snapshot()).info.version).toBe('test')
    await other.leave()
  })
})

describe('one owner of a root', () => {
  it('when the owner goes, the guest takes over at its next use', async () => {
    const folder = await root()
    const [owner, guest] = [open(folder), open(folder)]
    await owner.client()
    await (await guest.client()).settings.update({ theme: 'dark' })
    await owner.dispose()
    await new Promise((done) => setTimeout(done, 100))
    expect((await (await guest.client()).snapshot()).settings.theme).toBe('dark')
    expect(await guest.owns()).toBe(true)
    await guest.dispose()
  })

  it('of ten that start at once exactly one owns, and all see the same', async () => {
    const folder = await root()
    const doors = Array.from({ length: 10 }, () => open(folder))
    const owners = await Promise.all(doors.map((door) => door.owns()))
    expect(owners.filter(Boolean)).toHaveLength(1)
    await (await doors[3]?.client())?.settings.update({ theme: 'light' })
    for (const door of doors) expect((await (await door.client()).snapshot()).settings.theme).toBe('light')
    for (const [index, door] of doors.entries()) if (owners[index] !== true) await door.dispose()
    await doors[owners.indexOf(true)]?.dispose()
  })
})

it('choosing another root closes this one, and the next use opens it there', async () => {
  const config = await mkdtemp(join(tmpdir(), 'launchpad-config-'))
  const [first, second] = [await root(), join(await root(), 'new 新')]
  const before = process.env['XDG_CONFIG_HOME']
  process.env['XDG_CONFIG_HOME'] = config
  try {
    await mkdir(join(config, 'verl-launchpad'))
    await writeFile(join(config, 'verl-launchpad', 'root.json'), JSON.stringify({ version: 1, root: first }))
    const door = openDoor({ root: null, resources: resolve('resources'), version: 'test' })
    const client = await door.client()
    const watching = (async () => {
      for await (const _event of await client.watch()) continue
    })()
    await client.root.choose({ path: second })
    await watching // a watch of the old root ends by itself
    expect(await door.root()).toBe(second)
    expect((await (await door.client()).snapshot()).info).toMatchObject({ root: second, rootChangeable: true })
    await door.dispose()
  } finally {
    if (before === undefined) delete process.env['XDG_CONFIG_HOME']
    else process.env['XDG_CONFIG_HOME'] = before
  }
})

describe('a shell', () => {
  const refused = { data: { code: 'SHELL_NOT_ALLOWED', params: {} } }
  const through = async (door: Door, shell?: boolean) => {
    const { socket, close } = await browserSocket(door, shell)
    const client: Client = createORPCClient(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket }))
    return { client, close }
  }

  it.each(['an owner', 'a guest'])(
    'is for a browser only where it was asked for, through the door of %s',
    async (who) => {
      const folder = await root()
      const owner = open(folder)
      await owner.client()
      const door = who === 'an owner' ? owner : open(folder)
      const [without, withShell] = [await through(door), await through(door, true)]
      expect(await without.client.door()).toEqual({ terminals: false, folders: [homedir(), folder, tmpdir()] })
      expect(await withShell.client.door()).toEqual({ terminals: true, folders: [homedir(), folder, tmpdir()] })
      const one = { id: 'terminal-1' }
      for (const call of [
        () => without.client.terminals.list(),
        () => without.client.terminals.open({ environment: 'e', cols: 80, rows: 24 }),
        () => without.client.terminals.watch(one),
        () => without.client.terminals.write({ ...one, text: 'x' }),
        () => without.client.terminals.ack({ ...one, bytes: 1 }),
        () => without.client.terminals.resize({ ...one, cols: 80, rows: 24 }),
        () => without.client.terminals.close(one),
      ])
        await expect(call()).rejects.toMatchObject(refused)
      expect(await withShell.client.terminals.list()).toEqual([])
      await expect(withShell.client.terminals.watch(one)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
      expect(await (await door.client()).door()).toEqual({ terminals: true })
      for (const { close } of [without, withShell]) await close()
      if (door !== owner) await door.dispose()
      await owner.dispose()
    },
  )
})
