import { createHash } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { fetchFile, unreachable } from '../../main/core/net/fetch-file'

/** A real server on loopback that misbehaves as mirrors do. */
const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
const sha256 = createHash('sha256').update(body).digest('hex')
let server: Server | null = null

async function serving(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<string> {
  let count = 0
  server = createServer((request, response) => answer(request, response, ++count))
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.whl`
}
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function bring(url: string, before?: Buffer, digest = sha256, stallMs = 30_000) {
  const target = join(await mkdtemp(join(tmpdir(), 'launchpad 下载 ')), 'file.whl')
  if (before !== undefined) await writeFile(`${target}.part`, before)
  let bytes = 0
  const hosts: string[] = []
  await fetchFile({
    url,
    target,
    sha256: digest,
    dispatcher: new Agent(),
    signal: new AbortController().signal,
    onBytes: (position) => (bytes = position),
    onHost: (host) => hosts.push(host),
    stallMs,
    pauseMs: 10,
  })
  return { content: await readFile(target), bytes, hosts }
}

const whole = (response: ServerResponse) => response.writeHead(200, { 'content-length': body.length }).end(body)
const rangeStart = (request: IncomingMessage) => Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
const rest = (request: IncomingMessage, response: ServerResponse) => {
  const from = rangeStart(request)
  if (from === 0) return whole(response)
  return response
    .writeHead(206, {
      'content-length': body.length - from,
      'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
    })
    .end(body.subarray(from))
}

describe('a file arrives whole and right', () => {
  it('when the connection breaks in the middle: it goes on where it was', async () => {
    const asked: number[] = []
    const url = await serving((request, response, count) => {
      asked.push(rangeStart(request))
      if (count > 1) return void rest(request, response)
      response.writeHead(200, { 'content-length': body.length })
      response.write(body.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50))
    })
    expect((await bring(url)).content.equals(body)).toBe(true)
    expect(asked[1]).toBe(100_000)
  })

  it('when an earlier start left a part: only the rest is fetched', async () => {
    const url = await serving((request, response) => void rest(request, response))
    const { content, bytes } = await bring(url, body.subarray(0, 250_000))
    expect(content.equals(body)).toBe(true)
    expect(bytes).toBe(body.length)
  })

  it('when the part was damaged: it is fetched anew', async () => {
    const url = await serving((request, response) => void rest(request, response))
    const { content } = await bring(url, Buffer.alloc(250_000, 7))
    expect(content.equals(body)).toBe(true)
  })

  it('when the server ignores the range and sends everything', async () => {
    const url = await serving((_request, response) => void whole(response))
    expect((await bring(url, body.subarray(0, 1_000))).content.equals(body)).toBe(true)
  })

  it('when the part is complete, or longer than the file', async () => {
    const url = await serving((request, response) => {
      if (rangeStart(request) >= body.length) return void response.writeHead(416).end()
      rest(request, response)
    })
    expect((await bring(url, body)).content.equals(body)).toBe(true)
    expect((await bring(url, Buffer.concat([body, body]))).content.equals(body)).toBe(true)
  })

  it('when a server falls silent in the middle, each time: it goes on for as long as it gets further', async () => {
    const url = await serving((request, response) => {
      const from = rangeStart(request)
      const to = Math.min(from + 40_000, body.length)
      const range = `bytes ${from}-${body.length - 1}/${body.length}`
      response.writeHead(from === 0 ? 200 : 206, { 'content-length': body.length - from, 'content-range': range })
      response.write(body.subarray(from, to))
      if (to === body.length) response.end()
    })
    expect((await bring(url, undefined, sha256, 300)).content.equals(body)).toBe(true)
  })

  it('when the host is slow but not silent', async () => {
    const url = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': body.length })
      let sent = 0
      const timer = setInterval(() => {
        response.write(body.subarray(sent, (sent += 30_000)))
        if (sent >= body.length) clearInterval(timer)
      }, 100)
    })
    expect((await bring(url, undefined, sha256, 600)).content.equals(body)).toBe(true)
  })

  it('when it is at another host: that one is named, and asked for the rest only', async () => {
    const asked: string[] = []
    const storage = await serving((request, response) => {
      asked.push(`${request.url ?? ''} ${rangeStart(request)}`)
      rest(request, response)
    })
    const first = server
    const url = await serving((_request, response) => {
      response.writeHead(302, { location: storage.replace('127.0.0.1', 'localhost') }).end()
    })
    const { content, hosts } = await bring(url, body.subarray(0, 200_000))
    first?.close()
    expect(content.equals(body)).toBe(true)
    expect(asked).toEqual(['/file.whl 200000'])
    expect(hosts).toEqual([new URL(storage.replace('127.0.0.1', 'localhost')).host])
  })

  it('when the server is out of order for a moment', async () => {
    const url = await serving(
      (_request, response, count) => void (count < 3 ? response.writeHead(503).end() : whole(response)),
    )
    expect((await bring(url)).content.equals(body)).toBe(true)
  })
})

describe('a clear error, and no file', () => {
  it('when the bytes are wrong twice', async () => {
    const url = await serving((_request, response) => void response.writeHead(200).end(Buffer.alloc(300_000)))
    await expect(bring(url)).rejects.toMatchObject({ data: { code: 'DIGEST_MISMATCH' } })
  })

  it('when it is not there: asked once, with the address named', async () => {
    let asked = 0
    const url = await serving((_request, response, count) => {
      asked = count
      response.writeHead(404).end('<html>')
    })
    await expect(bring(url)).rejects.toMatchObject({
      data: { code: 'FILE_NOT_OFFERED', params: { file: 'file.whl', address: new URL(url).host, status: 404 } },
    })
    expect(asked).toBe(1)
  })

  it('when the other host that it is at does not have it: that one is named', async () => {
    const storage = await serving((_request, response) => void response.writeHead(403).end())
    const first = server
    const url = await serving((_request, response) => void response.writeHead(307, { location: storage }).end())
    await expect(bring(url)).rejects.toMatchObject({
      data: { code: 'FILE_NOT_OFFERED', params: { address: new URL(storage).host, status: 403 } },
    })
    first?.close()
  })

  it('when it is sent from one address to the next for ever', async () => {
    const url = await serving((_request, response, count) => {
      response.writeHead(302, { location: `/${count}` }).end()
    })
    await expect(bring(url)).rejects.toMatchObject({ data: { code: 'FILE_NOT_OFFERED', params: { status: 302 } } })
  })

  it('when the server breaks off each time and knows no ranges: it is not asked for ever', async () => {
    let asked = 0
    const url = await serving((_request, response, count) => {
      asked = count
      response.writeHead(200, { 'content-length': body.length })
      response.write(body.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20))
    })
    await expect(bring(url)).rejects.toMatchObject({ data: { code: 'NETWORK_UNREACHABLE' } })
    expect(asked).toBeLessThan(10)
  })

  it('when it is cancelled, at once', async () => {
    const url = await serving(
      (_request, response) => void response.writeHead(200, { 'content-length': 1_000 }).write('x'),
    )
    const abort = new AbortController()
    const target = join(await mkdtemp(join(tmpdir(), 'launchpad-')), 'f')
    const fetching = fetchFile({
      url,
      target,
      sha256,
      dispatcher: new Agent(),
      signal: abort.signal,
      onBytes: () => abort.abort(),
    })
    await expect(fetching).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('an address nobody listens on is said to be unreachable, with the reason', async () => {
    expect(await unreachable('http://127.0.0.1:9/', new Agent())).toContain('ECONNREFUSED')
    const url = await serving((_request, response) => void response.writeHead(404).end())
    expect(await unreachable(url, new Agent())).toBeNull()
  })
})
