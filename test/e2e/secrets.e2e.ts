import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { enterByToken } from '../support/page-client'
import { aliveMatching, until } from './support/processes'
import { freshRoot, guideDone } from './support/roots'
import { startServer } from './support/server'

/** Nothing secret is in the arguments of a process, which every user of a machine can read, nor in a file of ours. */
const hub = 'hf_NeverToBeSeenAnywhere0123456789'
const hook = 'hook-never-to-be-seen-0123456789'

/** Files below a folder that hold this text. */
function filesWith(text: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name)
    if (entry.isDirectory()) return filesWith(text, file)
    return entry.isFile() && readFileSync(file).includes(text) ? [file] : []
  })
}

test('tokens and the webhook are in no argument and, but for the file of secrets, in no file', async () => {
  const root = freshRoot({ ...guideDone, language: 'en' })
  const server = await startServer(root)
  const token = new URL(server.address).hash.replace('#token=', '')
  const seen = () => [token, hub, hook].flatMap((secret) => aliveMatching(secret))
  try {
    const { client, leave } = await enterByToken(server)
    await client.hub.setToken({ service: 'huggingface', token: hub })
    await client.notices.setWebhook({ address: `http://127.0.0.1:9/${hook}` })
    await client.notices.tryWebhook().catch(() => undefined)
    // What starts programs: measuring, a hub that is asked, an environment that is made.
    await client.machine.measure()
    const source = { kind: 'huggingface' as const, endpoint: 'http://127.0.0.1:9' }
    await client.hub.probe({ source }).catch(() => undefined)
    const { job } = await client.practice.start({ requestId: 'secrets', steps: 1 })
    let programs = 0
    await until(() => {
      expect(seen()).toEqual([])
      return (programs += aliveMatching(root).length > 1 ? 1 : 0) > 40
    }, 'programs to be started')
    await client.jobs.cancel({ id: job })
    leave()
  } finally {
    await server.stop()
  }
  expect(filesWith(token, root)).toEqual([])
  const kept = [...filesWith(hub, root), ...filesWith(hook, root)]
  for (const file of kept) expect(statSync(file).mode & 0o077, file).toBe(0)
  expect(new Set(kept).size).toBeLessThanOrEqual(1)
})
