import { createServer, type Server } from 'node:http'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defaultSettings, type RunView, type Settings } from '#contract'
import { openSecretFile } from '../../main/core/hub/secret-file'
import { createNetworkProfile, type NetworkProfile } from '../../main/core/net/profile'
import { createNotices, type Notices } from '../../main/core/notice/notices'
import { loadServices, post } from '../../main/core/notice/webhook'
import { createProjection, type ProjectionStore } from '../../main/core/state/projection'
import { emptyProjection } from '../support/empty-projection'
import { plainRun } from '../support/run-view'

/** Notices of real changes, sent to a real server on this machine. */
let root: string
let server: Server
let address: string
let got: unknown[]
let answers: { status: number; body: string }[]
let projection: ProjectionStore
let network: NetworkProfile
let notices: Notices
let settings: Settings
let faults: string[]
let free: number

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'notices 通知-'))
  ;[got, answers, faults, free, settings] = [[], [], [], 1e12, defaultSettings]
  server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      got.push(JSON.parse(text))
      const { status, body } = answers.shift() ?? { status: 200, body: 'ok' }
      response.writeHead(status).end(body)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/geheim-密?key=s3cret`
  network = createNetworkProfile(() => defaultSettings.network, { environment: {} })
  projection = createProjection(emptyProjection(root))
  notices = await open()
})
afterEach(async () => {
  notices.dispose()
  projection.dispose()
  await network.dispose()
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
  await rm(root, { recursive: true, force: true })
})

const open = () =>
  createNotices({
    projection,
    secrets: openSecretFile(join(root, 'secrets.json')),
    file: join(root, 'notices.json'),
    resources: resolve('resources'),
    settings: () => settings,
    dispatcher: network.dispatcher,
    onFault: (detail) => faults.push(detail),
    free: () => Promise.resolve(free),
    waits: [1, 1],
  })

async function show(patch: Partial<RunView>): Promise<void> {
  const folder = join(root, 'runs', 'r1')
  projection.apply({ topic: 'runs', key: 'r1', value: { ...plainRun, name: '试 1', folder, lastStep: null, ...patch } })
  // As in life, one state after the other is seen.
  await new Promise((resolve) => setTimeout(resolve, 250))
}

it('a training is told about in the list and to the webhook, each thing once, also after a restart', async () => {
  await notices.setWebhook(address)
  expect(await notices.webhook()).toEqual({ host: new URL(address).host })
  await show({})
  await show({ lastStep: 1 })
  await show({ lastStep: 2, status: 'finished', endedAt: 5, unseen: true })
  await vi.waitFor(() => expect(got).toHaveLength(2))
  expect(got).toEqual([
    expect.objectContaining({ text: '试 1: the first step is done. It works.', kind: 'firstStep', run: 'r1' }),
    expect.objectContaining({ text: '试 1 is finished: 2 steps.', kind: 'finished', run: 'r1' }),
  ])
  const before = projection.read().notices
  expect(Object.values(before).map(({ kind }) => kind)).toEqual(['firstStep', 'finished'])
  notices.dispose()
  projection.apply({ topic: 'notices', key: Object.keys(before)[0] ?? '', value: null })
  await vi.waitFor(async () => expect(await readFile(join(root, 'notices.json'), 'utf8')).toContain('finished'))
  notices = await open()
  await show({ lastStep: 2, status: 'finished', endedAt: 5, unseen: true })
  expect(projection.read().notices).toEqual(before)
  expect(got).toHaveLength(2)
  for (const file of ['notices.json']) expect(await readFile(join(root, file), 'utf8')).not.toContain('s3cret')
})

it('what is quiet is listed and not sent; a full disk is seen at once', async () => {
  await notices.setWebhook(address)
  settings = { ...settings, notify: { kinds: ['diskLow'], quiet: null } }
  await show({})
  await show({ lastStep: 1 })
  notices.dispose()
  free = 1e9
  notices = await open()
  await vi.waitFor(() => expect(got).toHaveLength(1))
  expect(got[0]).toMatchObject({ kind: 'diskLow', params: { free: '1.0 GB', needed: '2.0 GB' } })
  expect(Object.values(projection.read().notices).map(({ kind, quiet }) => [kind, quiet])).toEqual([
    ['firstStep', true],
    ['diskLow', false],
  ])
})

it('a server that fails for a while is tried again, one that refuses is not, and its secret is never named', async () => {
  await expect(notices.tryWebhook()).rejects.toMatchObject({ data: { code: 'WEBHOOK_NONE' } })
  await notices.setWebhook(address)
  expect(await notices.tryWebhook()).toEqual({ status: 200 })
  expect(got).toEqual([{ text: 'Verl Launchpad can reach you here.', kind: 'test' }])

  answers.push({ status: 502, body: '' }, { status: 503, body: '' })
  await show({})
  await show({ lastStep: 1 })
  await vi.waitFor(() => expect(got).toHaveLength(4))
  expect(faults).toEqual([])

  answers.push({ status: 404, body: '' })
  await show({ lastStep: 1, status: 'failed', verdict: { attempt: 1, signature: null, title: null } })
  await vi.waitFor(() => expect(faults).toEqual(['WEBHOOK_FAILED HTTP 404']))
  expect(got).toHaveLength(5)

  await notices.setWebhook('http://127.0.0.1:9/hook?key=s3cret')
  const failed = await notices.tryWebhook().catch((thrown: unknown) => JSON.stringify(thrown))
  expect(failed).toContain('ECONNREFUSED')
  expect(failed).not.toContain('s3cret')
  await notices.setWebhook(null)
  expect(await notices.webhook()).toBeNull()
})

it('services get the form they know, and their refusals of status 200 are failures', async () => {
  const known = await loadServices(resolve('resources'))
  const send = (host: string) => {
    // The service's form, at the address of the server here.
    const services = known.filter(({ hosts }) => hosts.includes(host)).map((one) => ({ ...one, hosts: ['127.0.0.1'] }))
    const message = { address, text: '"你好" $& \n', notice: null, services, dispatcher: network.dispatcher() }
    return post({ ...message, signal: new AbortController().signal, waits: [] })
  }
  const text = '"你好" $& \n'
  for (const host of ['hooks.slack.com', 'open.feishu.cn', 'oapi.dingtalk.com', 'qyapi.weixin.qq.com']) await send(host)
  expect(got).toEqual([
    { text },
    { msg_type: 'text', content: { text } },
    { msgtype: 'text', text: { content: text } },
    { msgtype: 'text', text: { content: text } },
  ])
  answers.push({ status: 200, body: '{"errcode": 0, "errmsg": "ok"}' })
  expect(await send('oapi.dingtalk.com')).toBe(200)
  answers.push({ status: 200, body: '{"errcode": 310000, "errmsg": "keywords not in content"}' })
  await expect(send('oapi.dingtalk.com')).rejects.toMatchObject({
    data: { code: 'WEBHOOK_FAILED', params: { detail: 'errcode 310000 keywords not in content' } },
  })
})
