import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { AppPage } from './pages/app-page'
import { startBrowser } from './support/doors'
import { freshRoot, guideDone } from './support/roots'
import { startServer, type Server } from './support/server'
import { shot } from './support/shots'

async function serving(work: (server: Server) => Promise<void>): Promise<void> {
  const server = await startServer(freshRoot(guideDone))
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

/** node:http, because a browser would not let us lie about these headers. */
function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; cookie: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, cookie: response.headers['set-cookie']?.[0] })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function upgrade(port: number, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const lines = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        ...headers,
      }
      socket.write(
        `GET /rpc HTTP/1.1\r\n${Object.entries(lines)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}\r\n`,
      )
    })
    socket.once('data', (answer) => (resolve(answer.toString().split('\r\n')[0] ?? ''), socket.destroy()))
    socket.once('error', reject)
  })
}

const tokenOf = ({ address }: Server) => new URL(address).hash.slice('#token='.length)

describe('the server', () => {
  test('lets the holder of the token in, and takes the token out of the address', async () => {
    await serving(async (server) => {
      const browser = await startBrowser()
      const page = await browser.newPage()
      await page.goto(server.address)
      await new AppPage(page).ready()
      expect(page.url()).not.toContain(tokenOf(server))
      expect(await page.evaluate(() => document.cookie)).toBe('')
      await page.reload()
      await new AppPage(page).ready()
      await browser.close()
    })
  })

  test('refuses a wrong token and none at all, and says what is missing', async () => {
    await serving(async (server) => {
      const browser = await startBrowser()
      for (const address of [`http://127.0.0.1:${server.port}/#token=wrong`, `http://127.0.0.1:${server.port}/`]) {
        const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
        await page.goto(address)
        await new AppPage(page).connection('refused').waitFor()
        await page.getByRole('heading', { name: 'This address needs its token' }).waitFor()
        await shot(page, 'browser-refused')
      }
      await browser.close()
    })
  })

  test('answers to its own name only, so that no other site can reach it by DNS', async () => {
    await serving(async ({ port }) => {
      expect((await ask(port, 'GET', '/', { host: `127.0.0.1:${port}` })).status).toBe(200)
      expect((await ask(port, 'GET', '/', { host: `localhost:${port}` })).status).toBe(200)
      // The near end of a tunnel has a port of its own (docs/remote.md).
      expect((await ask(port, 'GET', '/', { host: `127.0.0.1:${port + 1}` })).status).toBe(200)
      for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '10.0.0.1']) {
        expect((await ask(port, 'GET', '/', { host })).status, host).toBe(403)
      }
    })
  })

  test('gives no session to another origin, even one that has the token', async () => {
    await serving(async (server) => {
      const { port } = server
      const body = JSON.stringify({ token: tokenOf(server) })
      const host = `127.0.0.1:${port}`
      expect(await ask(port, 'POST', '/session', { host, origin: 'http://evil.example' }, body)).toEqual({
        status: 403,
        cookie: undefined,
      })
      expect(await ask(port, 'POST', '/session', { host, origin: `http://${host}` }, '{"token":""}')).toEqual({
        status: 401,
        cookie: undefined,
      })
      const admitted = await ask(port, 'POST', '/session', { host, origin: `http://${host}` }, body)
      expect(admitted.status).toBe(204)
      expect(admitted.cookie).toMatch(/; HttpOnly; SameSite=Strict/)
    })
  })

  test('opens its line to nobody without a session, and to no other origin with one', async () => {
    await serving(async (server) => {
      const { port } = server
      const host = `127.0.0.1:${port}`
      const { cookie } = await ask(port, 'POST', '/session', { host }, JSON.stringify({ token: tokenOf(server) }))
      const session = cookie?.split(';')[0] ?? ''
      expect(await upgrade(port, { Host: host, Origin: `http://${host}` })).toContain('401')
      expect(await upgrade(port, { Host: host, Origin: 'http://evil.example', Cookie: session })).toContain('401')
      expect(await upgrade(port, { Host: host, Cookie: session })).toContain('401')
      expect(await upgrade(port, { Host: host, Origin: `http://${host}`, Cookie: session })).toContain('101')
    })
  })

  test('stops listening to tokens after too many wrong ones', async () => {
    await serving(async (server) => {
      const host = `127.0.0.1:${server.port}`
      for (let tries = 0; tries < 10; tries += 1)
        await ask(server.port, 'POST', '/session', { host }, '{"token":"guess"}')
      expect(
        (await ask(server.port, 'POST', '/session', { host }, JSON.stringify({ token: tokenOf(server) }))).status,
      ).toBe(401)
    })
  })
})
