import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { config, safetensors, tensors } from './model'
import { startHub, type HubOptions, type HubServer } from './hub-server'
import type { Client, DownloadRequest, JobView, LibraryItem, Projection } from '#contract'
import { openDoor, type Door } from '#core'

export const tinyModel = {
  kind: 'model' as const,
  id: 'tiny/Qwen-0.1M',
  files: {
    'config.json': JSON.stringify(config),
    'generation_config.json': '{"eos_token_id": 2}',
    'tokenizer_config.json': JSON.stringify({
      chat_template: '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>',
    }),
    'model.safetensors': safetensors(tensors()),
    'pytorch_model.bin': 'the same in a format that can run code',
    'README.md': '# tiny',
    '说明 #1.json': '{}',
  },
}

/** The core on a new root, with a hub of its own to ask. */
export interface HubRoom {
  hub: HubServer
  client: Client
  root: string
  state(): Promise<Projection>
  get(asked: Partial<DownloadRequest> & { repo: string }): Promise<JobView>
  start(asked: Partial<DownloadRequest> & { repo: string }): Promise<string>
  /** When the job is over, however it ended. */
  ended(job: string): Promise<JobView>
  item(key: string): Promise<LibraryItem>
  /** The core ends and another one opens the same root. */
  reopen(): Promise<void>
  close(): Promise<void>
}

let count = 0
const requestId = () => `request-${(count += 1)}`

export async function openHubRoom(options: HubOptions): Promise<HubRoom> {
  const hub = await startHub(options)
  const root = await mkdtemp(join(tmpdir(), 'launchpad 下载 '))
  let door: Door
  const open = async () => {
    door = openDoor({ root, resources: resolve('resources'), version: 'test' })
    room.client = await door.client()
  }
  const room: HubRoom = {
    hub,
    root,
    client: undefined as unknown as Client,
    state: () => room.client.snapshot(),
    async start(asked) {
      const whole = {
        source: { kind: 'huggingface' as const, endpoint: null },
        kind: 'model' as const,
        revision: null,
        include: null,
        exclude: [],
        requestId: requestId(),
      }
      return (await room.client.hub.get({ ...whole, ...asked })).job
    },
    async ended(job) {
      for (;;) {
        const view = (await room.state()).jobs[job]
        if (view !== undefined && view.status !== 'running') return view
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    get: async (asked) => room.ended(await room.start(asked)),
    async item(key) {
      const found = (await room.state()).library[key]
      if (found === undefined) throw new Error(`${key} is not in the library`)
      return found
    },
    async reopen() {
      await door.dispose()
      await open()
    },
    async close() {
      await door.dispose()
      await hub.close()
    },
  }
  await open()
  await room.client.settings.update({ network: { hubEndpoint: hub.endpoint } })
  return room
}
