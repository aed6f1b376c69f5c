import { dirname, join } from 'node:path'
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import { Notice, type RunView, type Settings } from '#contract'
import { withCause, words } from '#contract/locales'
import { checkpointSteps } from '../checkpoint/run-models'
import { filesBelow } from '../checkpoint/copy-steps'
import { AppError, toAppError } from '../errors'
import type { SecretStore } from '../hub/secret-file'
import { createSay } from '../report/say'
import { peekJson, writeJson } from '../state/atomic-file'
import type { ProjectionStore } from '../state/projection'
import { freeBytes } from '../state/root'
import { isOver } from '../train/status'
import { noticesOf, type NoticeContext } from './decide'
import { hostOf, loadServices, post } from './webhook'

export interface NoticesDeps {
  projection: ProjectionStore
  secrets: SecretStore
  /** Where they are kept between starts. */
  file: string
  resources: string
  settings: () => Settings
  dispatcher: () => Dispatcher
  /** A message that could not be sent: for the core's log; never with the address. */
  onFault?: (detail: string) => void
  free?: (path: string) => Promise<number>
  waits?: readonly number[]
}

/** Follows the runs and tells what is worth telling: in the projection (the desktop announces it) and to the webhook. */
export interface Notices {
  webhook(): Promise<{ host: string } | null>
  setWebhook(address: string | null): Promise<void>
  /** WEBHOOK_NONE, WEBHOOK_FAILED. */
  tryWebhook(): Promise<{ status: number }>
  dispose(): void
}

const Kept = z.object({ version: z.literal(1), notices: z.array(Notice) })
const SECRET = 'webhook'
const MOST = 100
const DISK_LOOK_MS = 60_000
/** Logs, metrics and rollouts need room as well. */
const LEAST_FREE = 2e9

export async function createNotices(deps: NoticesDeps): Promise<Notices> {
  const { projection, secrets, settings } = deps
  const services = await loadServices(deps.resources)
  const found = await peekJson(deps.file, Kept)
  const kept = new Map((found === null || found === 'damaged' ? [] : found.notices).map((one) => [one.id, one]))
  for (const one of kept.values()) projection.apply({ topic: 'notices', key: one.id, value: one })
  const ended = new AbortController()
  const seen = new Map<string, RunView>()
  const disks = new Map<string, NonNullable<NoticeContext['disk']>>()
  let writing: Promise<unknown> = Promise.resolve()

  const language = () => settings().language ?? 'en'
  const send = async (text: string, notice: Notice | null, waits = deps.waits) => {
    const address = await secrets.read(SECRET)
    if (address === null) throw new AppError('WEBHOOK_NONE')
    const message = { address, text, notice, services, dispatcher: deps.dispatcher(), signal: ended.signal }
    return post({ ...message, ...(waits === undefined ? {} : { waits }) })
  }
  async function announce(notice: Notice): Promise<void> {
    try {
      const say = await createSay(language())
      await send(withCause(say(`notice.${notice.kind}`, notice.params), notice.cause, language()), notice)
    } catch (thrown) {
      const { code, params } = toAppError(thrown).data
      if (code !== 'WEBHOOK_NONE' && !ended.signal.aborted) deps.onFault?.(`${code} ${String(params['detail'] ?? '')}`)
    }
  }
  function keep(notice: Notice): void {
    kept.set(notice.id, notice)
    projection.apply({ topic: 'notices', key: notice.id, value: notice })
    for (const id of [...kept.keys()].slice(0, -MOST)) {
      kept.delete(id)
      projection.apply({ topic: 'notices', key: id, value: null })
    }
    const value = { version: 1, notices: [...kept.values()] }
    writing = writing.then(() => writeJson(deps.file, value)).catch(() => undefined)
  }
  function look(after: RunView): void {
    const now = new Date()
    const { notify } = settings()
    const minutes = now.getHours() * 60 + now.getMinutes()
    const context = { now: now.getTime(), notify, minutes, disk: disks.get(after.id) ?? null }
    for (const notice of noticesOf(seen.get(after.id), after, context)) {
      if (kept.has(notice.id)) continue
      keep(notice)
      if (!notice.quiet) void announce(notice)
    }
    seen.set(after.id, after)
  }

  async function follow(): Promise<void> {
    for await (const event of projection.watch(ended.signal)) {
      if (event.kind === 'snapshot') Object.values(event.state.runs).forEach(look)
      else
        for (const change of event.changes) {
          if (change.topic !== 'runs') continue
          if (change.value === null) seen.delete(change.key)
          else look(change.value)
        }
    }
  }
  async function lookAtDisks(): Promise<void> {
    for (const run of Object.values(projection.read().runs)) {
      disks.delete(run.id)
      if (isOver(run.status)) continue
      const disk = await diskOf(run, deps.free ?? freeBytes).catch(() => null)
      if (disk === null || ended.signal.aborted) continue
      disks.set(run.id, disk)
      if (seen.has(run.id)) look(projection.read().runs[run.id] ?? run)
    }
  }
  void follow()
  const timer = setInterval(() => void lookAtDisks(), DISK_LOOK_MS)
  void lookAtDisks()

  return {
    async webhook() {
      const address = await secrets.read(SECRET)
      return address === null ? null : { host: hostOf(address) }
    },
    setWebhook: (address) => secrets.write(SECRET, address),
    async tryWebhook() {
      // Somebody waits for the answer: one try.
      return { status: await send(words[language()].noticeTried, null, []) }
    },
    dispose() {
      ended.abort()
      clearInterval(timer)
    },
  }
}

/** What is free where the run writes, and what its next checkpoint may need: as much as the newest one. */
async function diskOf(run: RunView, free: (path: string) => Promise<number>) {
  const step = (await checkpointSteps(run.folder)).at(-1)
  const newest = join(run.folder, 'checkpoints', `global_step_${step ?? 0}`)
  const files = step === undefined ? [] : await filesBelow(newest).catch(() => [])
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0)
  return { freeBytes: await free(dirname(run.folder)), neededBytes: Math.max(LEAST_FREE, bytes) }
}
