import { mkdtemp } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDoor, type Channel, type Door } from '#core'
import { serve, type Server } from '#headless'
import { createFuzz, digestOf, seeded } from '../support/message-fuzz'
import { enterByToken } from '../support/page-client'

/** Ten thousand malformed messages through each way in: nothing ends, nothing changes, the core still answers. */
const MESSAGES = 10_000
const A_LINE = 10

let root = ''
let door: Door
let server: Server
let before = ''

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'launchpad 乱 fuzz '))
  door = openDoor({ root, resources: resolve('resources'), version: 'test' })
  const shell = true
  server = await serve({ door, assets: resolve('test/fixtures/page'), port: 0, shell })
  await (await door.client()).settings.update({ theme: 'light' })
  before = await digestOf(root)
})
afterAll(async () => {
  await server.close()
  await door.dispose()
})

async function isUnharmed(): Promise<void> {
  const state = await (await door.client()).snapshot()
  expect(state).toMatchObject({ settings: { theme: 'light' }, jobs: {}, runs: {}, environments: {}, downloads: {} })
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(await digestOf(root)).toBe(before)
}

it('through MessagePorts', async () => {
  const fuzz = createFuzz(1)
  let arrived = 0
  let answered = 0
  for (let line = 0; line < MESSAGES / A_LINE; line++) {
    const { port1, port2 } = new MessageChannel()
    let ended: () => void = () => undefined
    const gone = new Promise<void>((done) => (ended = done))
    const takers: ((text: string) => void)[] = []
    const channel: Channel = {
      send: (message) => ((answered += 1), port2.postMessage(message)),
      onMessage: (take) => void takers.push(take),
      onClose: (take) => void port2.on('close', take),
      close: () => port2.close(),
    }
    await door.attach(channel, { terminals: true })
    // As the utility process reads its ports (main/electron/core-process.ts): what is no text is not looked at.
    port2.on('message', (data: unknown) => {
      arrived += 1
      if (typeof data === 'string') takers.forEach((take) => take(data))
      if (arrived % A_LINE === 0) setImmediate(ended)
    })
    for (let sent = 1; sent < A_LINE - 1; sent++) port1.postMessage(fuzz.framed())
    port1.postMessage(line % 2 === 0 ? new Map([['i', { not: 'a text' }]]) : fuzz.framed())
    port1.postMessage(fuzz.broken())
    await gone
    port1.close()
  }
  expect(arrived).toBe(MESSAGES)
  expect(answered).toBeGreaterThan(MESSAGES / 2)
  await isUnharmed()
})

it('through WebSockets of a session', async () => {
  const fuzz = createFuzz(2)
  const session = await enterByToken(server)
  let answered = 0
  for (let line = 0; line < MESSAGES / A_LINE; line++) {
    const socket = await session.dial()
    const gone = new Promise((done) => socket.once('close', done))
    const all = new Promise<void>((done) => {
      let here = 0
      socket.on('message', () => ((answered += 1), (here += 1) === A_LINE - 1 && done()))
    })
    for (let sent = 1; sent < A_LINE; sent++) socket.send(fuzz.framed())
    await Promise.race([all, gone])
    socket.send(line % 2 === 0 ? Buffer.from(fuzz.broken()) : fuzz.broken())
    socket.close()
    await gone
  }
  expect(answered).toBe((MESSAGES / A_LINE) * (A_LINE - 1))
  expect((await session.client.snapshot()).info.root).toBe(root)
  session.leave()
  await isUnharmed()
})

it('through HTTP', async () => {
  const [random, fuzz] = [seeded(3), createFuzz(3)]
  const session = await enterByToken(server)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const paths = [
    '/session',
    '/rpc',
    '/',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    '/%00',
    '/%',
    '/\\..\\x',
  ]
  const ask = () =>
    new Promise<number>((done) => {
      const headers = {
        host: pick([`127.0.0.1:${server.port}`, 'evil.example', '', '[::1', '127.0.0.1:99999999']),
        origin: pick([session.origin, 'null', 'http://evil.example', '']),
        cookie: pick([session.cookie, 'launchpad_session=x', '=;=;', `${session.cookie}x`]),
        'content-type': pick(['application/json', 'x/y', '']),
      }
      const [method, path] = [pick(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']), pick(paths)]
      const asked = request({ port: server.port, host: '127.0.0.1', agent, method, path, headers }, (response) => {
        response.resume()
        response.once('end', () => done(response.statusCode ?? 0))
        response.once('error', () => done(0))
      })
      asked.once('error', () => done(0))
      asked.end(method === 'GET' || method === 'HEAD' ? undefined : pick([fuzz.framed, fuzz.broken])())
    })
  /** No client would send these: a request that is none, and upgrades that are cut off. */
  const raw = () =>
    new Promise<number>((done) => {
      const upgrade = ['GET', pick(['/rpc', '//', '/%', '*', 'http://']), 'HTTP/1.1'].join(' ')
      const own = `Host: 127.0.0.1:${server.port}\r\nOrigin: ${session.origin}\r\nCookie: ${session.cookie}`
      const wanted = `${upgrade}\r\n${own}\r\nConnection: Upgrade\r\nUpgrade: ${pick(['websocket', 'x'])}`
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(`${pick([fuzz.broken(), wanted])}\r\n\r\n`)
        if (random() < 0.5) socket.resetAndDestroy()
        else socket.end(fuzz.broken())
      })
      socket
        .resume()
        .once('close', () => done(0))
        .on('error', () => done(0))
    })
  const seen = new Set<number>()
  for (let sent = 0; sent < MESSAGES; sent += 50) {
    const batch = Array.from({ length: 50 }, (_, index) => (index % 10 === 0 ? raw() : ask()))
    for (const status of await Promise.all(batch)) seen.add(status)
  }
  agent.destroy()
  // Never a success but for the page itself, and never a fault of ours.
  expect([...seen].filter((status) => status >= 500 || status === 204)).toEqual([])
  expect((await session.client.snapshot()).info.root).toBe(root)
  session.leave()
  await isUnharmed()
})
