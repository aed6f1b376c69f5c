import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createServer as createTls, rootCertificates } from 'node:tls'
import { execa } from 'execa'
import { request } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultSettings, type Settings } from '#contract'
import { checkNetwork } from '../../main/core/net/check'
import { fetchFile } from '../../main/core/net/fetch-file'
import { shownIssuer } from '../../main/core/net/issuer'
import { createNetworkProfile } from '../../main/core/net/profile'
import { rankPresets } from '../../main/core/net/rank'
import { loadPresets } from '../../main/core/net/presets'
import { childEnvironment } from '../../main/core/proc/environment'
import { makeAuthority, servers } from '../support/network'

const net = servers()
const company = makeAuthority('Fine Corp Security')
const opened: { dispose(): Promise<void> }[] = []
afterEach(async () => {
  net.closeAll()
  await Promise.all(opened.splice(0).map((profile) => profile.dispose()))
})

const folder = () => mkdtemp(join(tmpdir(), 'launchpad 网络 '))

/** A profile with these settings, in an environment that says nothing unless told. */
function profileOf(network: Partial<Settings['network']>, environment: NodeJS.ProcessEnv = {}, cache?: string) {
  const options = { environment, ...(cache === undefined ? {} : { cache }) }
  const profile = createNetworkProfile(() => ({ ...defaultSettings.network, ...network }), options)
  opened.push(profile)
  return profile
}

async function bring(url: string, network: Partial<Settings['network']>, environment: NodeJS.ProcessEnv = {}) {
  const target = join(await folder(), 'file.whl')
  await fetchFile({
    url,
    target,
    sha256: null,
    dispatcher: profileOf(network, environment).dispatcher(),
    signal: new AbortController().signal,
    onBytes: () => {},
    pauseMs: 10,
  })
  return readFile(target, 'utf8')
}

describe('a company that reads along', () => {
  it('is refused and named', async () => {
    const port = await net.https(company, (_request, response) => void response.end('bytes'))
    await expect(bring(`https://localhost:${port}/file.whl`, {})).rejects.toMatchObject({
      data: { code: 'TLS_INTERCEPTED', params: { address: `localhost:${port}`, issuer: 'Fine Corp Security' } },
    })
  })

  it('is named behind a proxy, too, whose password is known', async () => {
    const proxy = await net.proxy('me:p@ss')
    const port = await net.https(company, (_request, response) => void response.end('bytes'))
    const environment = { HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${proxy.port}` }
    await expect(bring(`https://mirror.test:${port}/file.whl`, {}, environment)).rejects.toMatchObject({
      data: { code: 'TLS_INTERCEPTED', params: { address: `mirror.test:${port}`, issuer: 'Fine Corp Security' } },
    })
    expect(proxy.asked).toEqual([`mirror.test:${port}`, `mirror.test:${port}`])
  })

  it('is accepted with its file set, and not with that of another', async () => {
    const port = await net.https(company, (_request, response) => void response.end('bytes'))
    const url = `https://localhost:${port}/file.whl`
    expect(await bring(url, { caFile: company.caFile })).toBe('bytes')
    const { caFile } = makeAuthority('Another')
    await expect(bring(url, { caFile })).rejects.toMatchObject({ data: { code: 'TLS_INTERCEPTED' } })
  })

  it('is accepted when the environment already names its file', async () => {
    const port = await net.https(company, (_request, response) => void response.end('bytes'))
    const url = `https://localhost:${port}/file.whl`
    expect(await bring(url, {}, { SSL_CERT_FILE: company.caFile })).toBe('bytes')
    expect(await bring(url, {}, { NODE_EXTRA_CA_CERTS: company.caFile })).toBe('bytes')
  })

  it('gets not one byte of us while its certificate is read', async () => {
    // TLS 1.2 writes on each record what it is: 23 is data of the application, the handshake has none.
    const port = await net.listen(createTls({ ...company, maxVersion: 'TLSv1.2' }))
    const relay = await net.relay(port)
    const url = `https://localhost:${relay.port}/secret?token=1`
    expect(await shownIssuer(new URL(url), null)).toBe('Fine Corp Security')
    await relay.closed()
    expect(relay.recordTypes()).toContain(22)
    expect(relay.recordTypes()).not.toContain(23)

    // That the relay would have seen it:
    const asking = bring(url, { caFile: company.caFile }).catch(() => {})
    await vi.waitFor(() => expect(relay.recordTypes()).toContain(23))
    net.closeAll()
    await asking
  })

  it('that says nothing at all is waited for only so long', async () => {
    const port = await net.listen(createServer())
    expect(await shownIssuer(new URL(`https://localhost:${port}/`), null, 200)).toBe('?')
  })
})

describe('what a real pip says of it', () => {
  const python = process.env['LAUNCHPAD_TEST_PYTHON'] ?? 'python3'
  /** pip's own configuration of this machine is no part of the test. */
  const plain = { PATH: process.env['PATH'], HOME: tmpdir(), PIP_CONFIG_FILE: '/dev/null' }
  const pip = ['-m', 'pip', 'install', '--dry-run', '--no-cache-dir', '--retries', '1', '--timeout', '5', 'one']

  async function said(environment: NodeJS.ProcessEnv, index: string) {
    const env = { ...plain, ...environment }
    const { all } = await execa(python, [...pip, '--index-url', index], {
      env,
      extendEnv: false,
      all: true,
      reject: false,
    })
    return all
  }

  it('names the company, and trusts it with its file', async () => {
    const port = await net.https(company, (_request, response) => void response.writeHead(404).end())
    const index = `https://localhost:${port}/simple`
    expect((await profileOf({}).explain(await said({}, index))).data).toEqual({
      code: 'TLS_INTERCEPTED',
      params: { address: `localhost:${port}`, issuer: 'Fine Corp Security' },
    })
    const profile = profileOf({ caFile: company.caFile }, {}, await folder())
    expect((await profile.explain(await said(profile.environment(), index))).data).toMatchObject({
      code: 'PACKAGES_UNRESOLVED',
    })
  })

  it('names the proxy, and not its password', async () => {
    const proxy = await net.proxy('me:secret')
    const profile = profileOf({}, { HTTPS_PROXY: `http://me:wrong@127.0.0.1:${proxy.port}` })
    const text = await said({ HTTPS_PROXY: `http://me:wrong@127.0.0.1:${proxy.port}` }, 'https://mirror.test/simple')
    expect((await profile.explain(text)).data).toEqual({
      code: 'PROXY_REFUSED',
      params: { proxy: `http://127.0.0.1:${proxy.port}`, detail: 'HTTP 407' },
    })
  })

  it('names the file that a mirror lists and does not have', async () => {
    const wheel = 'one-1.0-py3-none-any.whl'
    const port = await net.http((request, response) => {
      if (request.url?.endsWith('.whl') === true) return void response.writeHead(403).end()
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="/files/${wheel}">${wheel}</a>`)
    })
    const text = await said({}, `http://127.0.0.1:${port}/simple`)
    expect((await profileOf({}).explain(text)).data).toEqual({
      code: 'FILE_NOT_OFFERED',
      params: { file: wheel, address: `127.0.0.1:${port}`, status: 403 },
    })
  })
})

describe('a proxy', () => {
  it('that wants a password is named without the one that it was given', async () => {
    const proxy = await net.proxy('me:secret')
    const port = await net.http((_request, response) => void response.end('bytes'))
    const url = `http://mirror.test:${port}/file.whl`
    const address = `127.0.0.1:${proxy.port}`
    const refused = { data: { code: 'PROXY_REFUSED', params: { proxy: `http://${address}`, detail: 'HTTP 407' } } }
    await expect(bring(url, { proxy: `http://${address}` })).rejects.toMatchObject(refused)
    await expect(bring(url, {}, { HTTP_PROXY: `http://me:wrong@${address}` })).rejects.toMatchObject(refused)
    expect(await bring(url, {}, { http_proxy: `http://me:secret@${address}` })).toBe('bytes')
  })

  it('is not asked for this machine', async () => {
    const port = await net.http((_request, response) => void response.end('bytes'))
    expect(await bring(`http://127.0.0.1:${port}/file.whl`, { proxy: 'http://127.0.0.1:9' })).toBe('bytes')
  })

  it('nobody listens on is said to be so', async () => {
    const target = join(await folder(), 'f')
    const fetching = fetchFile({
      url: 'http://mirror.test/file.whl',
      target,
      sha256: null,
      dispatcher: profileOf({ proxy: 'http://127.0.0.1:9' }).dispatcher(),
      signal: new AbortController().signal,
      onBytes: () => {},
      pauseMs: 1,
    })
    await expect(fetching).rejects.toMatchObject({
      data: { code: 'NETWORK_UNREACHABLE', params: { address: 'mirror.test', detail: /ECONNREFUSED/ } },
    })
  })
})

describe('the bundle of certificates', () => {
  it('keeps the public ones and those the environment names, and follows the file', async () => {
    const cache = await folder()
    const other = makeAuthority('Another')
    const own = join(cache, 'own.pem')
    const pem = await readFile(company.caFile, 'utf8')
    await writeFile(own, `# a comment\r\n${pem.replaceAll('\n', '\r\n')}`)
    const profile = profileOf({ caFile: own }, { SSL_CERT_FILE: other.caFile }, cache)
    const file = profile.environment()['SSL_CERT_FILE'] ?? ''
    const text = await readFile(file, 'utf8')
    for (const root of [...rootCertificates, await readFile(other.caFile, 'utf8'), pem])
      expect(text).toContain(root.trim())

    const before = await stat(file)
    profile.environment()
    expect((await stat(file)).ino).toBe(before.ino)

    await writeFile(own, await readFile(other.caFile, 'utf8'))
    await utimes(own, 1, 1)
    profile.environment()
    expect(await readFile(file, 'utf8')).not.toContain(pem.trim())
  })

  it('of the environment is told to mamba, which reads no such variable', () => {
    expect(profileOf({}, { SSL_CERT_FILE: company.caFile }).environment()).toEqual({ MAMBA_SSL_VERIFY: company.caFile })
    expect(profileOf({}, { SSL_CERT_FILE: '/not/there' }).environment()).toEqual({})
  })

  it('is what a Python of ours verifies with', async () => {
    const port = await net.https(company, (_request, response) => void response.end('bytes'))
    const script = `import urllib.request as u; print(u.urlopen('https://localhost:${port}/').read().decode())`
    const python = (environment: Record<string, string>) =>
      execa('python3', ['-c', script], { env: childEnvironment(environment), extendEnv: false })
    const { stdout } = await python(profileOf({ caFile: company.caFile }, {}, await folder()).environment())
    expect(stdout.trim()).toBe('bytes')
    await expect(python({})).rejects.toThrow(/CERTIFICATE_VERIFY_FAILED/)
  })

  it('is refused when it is none, or gone', async () => {
    const file = join(await folder(), 'not.pem')
    await writeFile(file, 'hello')
    const bad = (pattern: string) => new RegExp(`CA_FILE_BAD.*not.pem.*${pattern}`)
    expect(() => checkNetwork({ caFile: file })).toThrow(bad('no BEGIN CERTIFICATE line'))
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    expect(() => checkNetwork({ caFile: file })).toThrow(bad(''))
    await rm(file)
    expect(() => profileOf({ caFile: file }, {}, '/nowhere').environment()).toThrow(/CA_FILE_BAD/)
    expect(() => checkNetwork({ caFile: company.caFile })).not.toThrow()
  })
})

it('a password is not taken into the settings, and not repeated', () => {
  for (const name of ['proxy', 'packageIndex'] as const) {
    const trying = () => checkNetwork({ [name]: 'http://me:secret@host:3128/x' })
    expect(trying).toThrow('ADDRESS_WITH_PASSWORD {"address":"http://host:3128"}')
  }
})

it('a changed setting holds for the next request, and one that is under way goes on', async () => {
  const port = await net.http((_request, response) => {
    response.write('a')
    setTimeout(() => response.end('b'), 100)
  })
  const network: Settings['network'] = { ...defaultSettings.network }
  const profile = createNetworkProfile(() => network, { environment: {} })
  opened.push(profile)
  const underWay = await request(`http://127.0.0.1:${port}/`, { dispatcher: profile.dispatcher() })
  const first = profile.dispatcher()
  network.proxy = 'http://127.0.0.1:9'
  expect(profile.dispatcher()).not.toBe(first)
  expect(await underWay.body.text()).toBe('ab')
})

it('presets are ranked by their answer, and those that give none come last', async () => {
  const port = await net.http((_request, response) => void response.end())
  const { presets, hubs } = await loadPresets(resolve('resources'))
  const source = (page: string) => ({ kind: 'packages' as const, address: page, page, layout: 'index' as const })
  const mirrors = {
    presets: [
      { ...presets[0], id: 'gone', name: 'Gone', sources: [source('http://127.0.0.1:1/')] },
      { ...presets[0], id: 'here', name: 'Here', sources: [source(`http://127.0.0.1:${port}/`)] },
    ],
    otherHubs: [],
    hubs,
  }
  expect(await rankPresets(mirrors, profileOf({}).dispatcher())).toMatchObject([
    { preset: 'here', name: 'Here', latencyMs: expect.any(Number) as number },
    { preset: 'gone', name: 'Gone', latencyMs: null, detail: 'ECONNREFUSED' },
  ])
})
