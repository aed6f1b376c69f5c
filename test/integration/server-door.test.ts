import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDoor, type Door } from '#core'
import { serve, type ServeOptions } from '#headless'
import { writeUnit } from '../../main/cli/systemd'
import { askTls, enterByToken } from '../support/page-client'

/** A server as `launchpad serve` opens it, asked by plain HTTP and TLS clients. */
let root = ''
let door: Door
const scratch = () => mkdtemp(join(tmpdir(), 'launchpad 服务 door '))
const open = (more: Partial<ServeOptions> = {}) =>
  serve({ door, assets: resolve('test/fixtures/page'), port: 0, ...more })

beforeAll(async () => {
  root = await scratch()
  door = openDoor({ root, resources: resolve('resources'), version: 'test' })
  await door.client()
})
afterAll(() => door.dispose())

describe('paths that a browser names', () => {
  it('lie in the home folder, the data root or an allowed folder, links followed; others are refused', async () => {
    const [allowed, outside] = [await scratch(), await scratch()]
    const row = '{"question":"1+1","answer":"2"}\n'
    for (const folder of [root, allowed, outside]) await writeFile(join(folder, 'rows.jsonl'), row)
    await symlink(outside, join(allowed, 'way out'))
    const server = await open({ allow: [allowed] })
    const { client, leave } = await enterByToken(server)
    const data = (path: string) => ({ paths: [path], config: null, split: null, badLines: 'stop' as const })
    for (const folder of [root, allowed])
      expect(await client.dataset.open(data(join(folder, 'rows.jsonl')))).toMatchObject({ files: [{}] })
    const refused = [
      join(outside, 'rows.jsonl'),
      join(allowed, 'way out', 'rows.jsonl'),
      join(allowed, '..', '..', 'etc', 'passwd'),
      '/etc/passwd',
      'file:///etc/passwd',
      '../'.repeat(20) + 'etc/passwd',
      `${allowed}x/rows.jsonl`,
      '/not/there/either',
    ]
    for (const path of refused)
      await expect(client.dataset.open(data(path)), path).rejects.toMatchObject({
        data: { code: 'PATH_NOT_ALLOWED', params: { path } },
      })
    leave()
    await server.close()
  })

  it('are looked at in every procedure, in the same place', async () => {
    const server = await open()
    const { client, leave } = await enterByToken(server)
    const path = '/etc'
    const source = { kind: 'folder' as const, path }
    const work = { kind: 'command' as const, argv: ['id'], cwd: null, env: {}, steps: null }
    const run = { name: 'x', work, environment: null, restarts: 0, cluster: null }
    const asked = {
      ...{ version: 1 as const, algorithm: 'auto' as const, goal: 'fits' as const },
      ...{ hardware: null, gpu: null, changes: {} },
    }
    const planned = { ...asked, model: path, data: null }
    const calls = [
      () => client.root.check({ path }),
      () => client.root.choose({ path }),
      () => client.settings.update({ network: { caFile: '/etc/passwd' } }),
      () => client.environments.adopt({ path }),
      () => client.diagnosis.of({ kind: 'file', path: '/etc/passwd' }),
      () => client.hub.probe({ source }),
      () => client.hub.info({ source, kind: 'model', repo: 'a/b', revision: null }),
      () => client.plan.make(planned),
      () => client.plan.make({ ...asked, model: 'Qwen/Qwen2.5-0.5B-Instruct', data: path }),
      () => client.plan.keep({ ...planned, model: 'x', changes: { 'data.train_files': '/etc/passwd' } }),
      () => client.practice.start({ requestId: 'p', steps: 1, data: path }),
      () => client.runs.export({ requestId: 'e', id: 'r', step: 1, folder: path }),
      () =>
        client.runs.start({ requestId: 's', request: { ...run, work: { kind: 'plan', plan: planned, steps: null } } }),
    ]
    for (const call of calls)
      await expect(call(), call.toString()).rejects.toMatchObject({ data: { code: 'PATH_NOT_ALLOWED' } })
    // A command is a shell by another name.
    await expect(client.runs.start({ requestId: 'c', request: run })).rejects.toMatchObject({
      data: { code: 'COMMAND_NOT_ALLOWED' },
    })
    // What only looks like one: an id, a prompt.
    expect((await client.plan.make({ ...planned, model: 'Qwen/Qwen2.5-0.5B-Instruct' })).model).toBeTruthy()
    expect((await client.diagnosis.of({ kind: 'text', text: '/etc/passwd: no such file' })).status).toBeTruthy()
    leave()
    await server.close()
    expect(await (await door.client()).root.check({ path })).toMatchObject({ path })
  })

  it('do not stand in what is typed into a shell', async () => {
    const shell = true
    const server = await open({ shell })
    const { client, leave } = await enterByToken(server)
    for (const text of ['/', '.', '..', 'ls /etc', '/etc/passwd', '~'])
      await expect(client.terminals.write({ id: 'none', text })).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
    leave()
    await server.close()
  })
})

describe('the token', () => {
  it('is traded once for a cookie that scripts cannot read; wrong ones are counted', async () => {
    const server = await open()
    const { origin, hash } = new URL(server.address)
    const post = (token: string, headers: Record<string, string> = { origin }) =>
      fetch(`${origin}/session`, { method: 'POST', body: JSON.stringify({ token }), headers })
    const token = hash.replace('#token=', '')
    const answer = await post(token)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^launchpad_session_\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
    )
    expect((await post(token, { origin: 'http://evil.example' })).status).toBe(403)
    for (let tries = 0; tries < 10; tries++) expect((await post('wrong')).status).toBe(401)
    expect((await post(token)).status).toBe(401)
    await server.close()
  })

  it('does not help a page under a name that was rebound to this machine', async () => {
    const server = await open()
    const status = await new Promise<number | undefined>((done, failed) => {
      const headers = { host: `evil.example:${server.port}` }
      const asked = get({ host: '127.0.0.1', port: server.port, headers }, (response) => {
        response.resume()
        done(response.statusCode)
      })
      asked.once('error', failed)
    })
    expect(status).toBe(403)
    await server.close()
  })
})

describe('other machines', () => {
  const host = '0.0.0.0'

  async function certificate(): Promise<{ cert: string; key: string }> {
    const folder = await scratch()
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    spawnSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=gpu.example'],
        ...['-addext', 'subjectAltName=DNS:gpu.example,IP:127.0.0.1', '-keyout', files.key, '-out', files.cert],
      ],
      { stdio: 'ignore' },
    )
    return files
  }

  it('are not let in without TLS', async () => {
    for (const other of [host, '::', '192.168.1.5', 'gpu.example'])
      await expect(open({ host: other })).rejects.toMatchObject({ data: { code: 'SERVE_NEEDS_TLS' } })
  })

  it('come in by HTTPS, by a name of the certificate, with a cookie that never travels in the open', async () => {
    const tls = await certificate()
    const server = await open({ host, tls })
    const ca = await readFile(tls.cert)
    expect(server.address).toMatch(/^https:\/\/gpu\.example:\d+\/#token=/)
    const own = `gpu.example:${server.port}`
    const body = JSON.stringify({ token: new URL(server.address).hash.replace('#token=', '') })
    const session = await askTls(server.port, ca, { host: own, path: '/session', origin: `https://${own}`, body })
    expect(session.status).toBe(204)
    expect(String(session.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict; Path=\/; Secure$/)
    const page = await askTls(server.port, ca, { host: own, path: '/' })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect((await askTls(server.port, ca, { host: 'rebound.example', path: '/' })).status).toBe(403)
    expect((await askTls(server.port, ca, { host: own, path: '/session', origin: `http://${own}`, body })).status).toBe(
      403,
    )
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow()
    await server.close()
  })

  it('a certificate that cannot be used is said at the start', async () => {
    const [one, other] = [await certificate(), await certificate()]
    const bad = async (tls: { cert: string; key: string }) =>
      expect(open({ host, tls })).rejects.toMatchObject({ data: { code: 'TLS_FILES_BAD' } })
    await bad({ cert: one.cert, key: other.key })
    await bad({ cert: join(root, 'gone.pem'), key: one.key })
    await bad({ cert: one.key, key: one.key })
  })
})

const systemd = spawnSync('systemd-analyze', ['--version']).status === 0

it.skipIf(!systemd)('the unit that is written is one that systemd takes (needs systemd-analyze)', async () => {
  const [before, config] = [process.env['XDG_CONFIG_HOME'], await scratch()]
  process.env['XDG_CONFIG_HOME'] = config
  try {
    const program = join(root, 'a "b" 100% $HOME 汉字.mjs')
    await mkdir(join(config, 'systemd'), { recursive: true })
    const file = await writeUnit([process.execPath, program, 'serve', '--port', '8118'])
    expect(file).toBe(join(config, 'systemd', 'user', 'verl-launchpad.service'))
    expect(await readFile(file, 'utf8')).toContain('100%% $$HOME 汉字.mjs" "serve"')
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: config },
    })
    expect(stderr).not.toContain('verl-launchpad.service:')
    expect(status).toBe(0)
  } finally {
    if (before === undefined) delete process.env['XDG_CONFIG_HOME']
    else process.env['XDG_CONFIG_HOME'] = before
    await rm(config, { recursive: true })
  }
})

it('home is among the folders that are open', async () => {
  const server = await open()
  const { client, leave } = await enterByToken(server)
  expect(await client.door()).toEqual({ terminals: false, folders: [homedir(), root] })
  leave()
  await server.close()
})
