import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { load } from 'js-yaml'
import { request, type Dispatcher } from 'undici'
import * as z from 'zod'
import type { Notice } from '#contract'
import { AppError, errnoOf } from '../errors'

/** resources/network/webhooks.yaml */
const Services = z.object({
  services: z.array(
    z.object({
      hosts: z.array(z.string()),
      body: z.record(z.string(), z.json()),
      failed: z.array(z.string()),
    }),
  ),
})
export type Services = z.infer<typeof Services>['services']

export async function loadServices(resources: string): Promise<Services> {
  return Services.parse(load(await readFile(join(resources, 'network', 'webhooks.yaml'), 'utf8'))).services
}

/** Waits between tries, ms; one try more than there are waits. */
const WAITS = [2_000, 10_000]
const TIMEOUT_MS = 10_000
/** The answer is looked at for a code; a page of any length is not. */
const MOST_ANSWER = 64 * 1024

export interface Post {
  /** A secret as a whole: whoever knows it can post there. */
  address: string
  text: string
  notice: Notice | null
  services: Services
  dispatcher: Dispatcher
  signal: AbortSignal
  waits?: readonly number[]
}

/** Sends one message; the answer's status. WEBHOOK_FAILED names the host and never the address. */
export async function post({ waits = WAITS, ...message }: Post): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await postOnce(message)
    } catch (thrown) {
      const wait = waits[tries]
      const final = thrown instanceof Refused && !thrown.passing
      if (wait === undefined || final || message.signal.aborted)
        throw new AppError('WEBHOOK_FAILED', { host: hostOf(message.address), detail: reason(thrown) })
      await setTimeout(wait, undefined, { signal: message.signal }).catch(() => undefined)
    }
  }
}

export const hostOf = (address: string): string => new URL(address).host

/** It answered, and not as it should. */
class Refused extends Error {
  constructor(
    message: string,
    readonly passing: boolean,
  ) {
    super(message)
  }
}

async function postOnce({ address, text, notice, services, dispatcher, signal }: Omit<Post, 'waits'>): Promise<number> {
  const service = services.find(({ hosts }) => hosts.includes(new URL(address).hostname))
  const body = service === undefined ? plain(text, notice) : filled(service.body, text)
  const answer = await request(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    dispatcher,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  })
  const { statusCode } = answer
  const said = await beginning(answer.body)
  if (statusCode < 200 || statusCode > 299)
    throw new Refused(`HTTP ${statusCode}`, statusCode >= 500 || statusCode === 429)
  const code = codeIn(said, service?.failed ?? [])
  if (code !== null) throw new Refused(code, false)
  return statusCode
}

const plain = (text: string, notice: Notice | null) =>
  notice === null
    ? { text, kind: 'test' }
    : { text, kind: notice.kind, run: notice.run, at: new Date(notice.at).toISOString(), params: notice.params }

/** The service's body with the message in it. */
function filled(body: z.core.util.JSONType, text: string): z.core.util.JSONType {
  if (typeof body === 'string') return body.replace('{{text}}', () => text)
  if (Array.isArray(body)) return body.map((part) => filled(part, text))
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).map(([key, part]) => [key, filled(part, text)]))
}

async function beginning(body: Dispatcher.ResponseData['body']): Promise<string> {
  let text = ''
  for await (const chunk of body.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > MOST_ANSWER) break
  }
  return text
}

/** "errcode 300005 token is not exist" of an answer of status 200, null where all went well. */
function codeIn(said: string, fields: string[]): string | null {
  try {
    const answer = z.record(z.string(), z.unknown()).parse(JSON.parse(said))
    const field = fields.find((name) => typeof answer[name] === 'number' && answer[name] !== 0)
    if (field === undefined) return null
    const words = answer['errmsg'] ?? answer['msg'] ?? ''
    return `${field} ${String(answer[field])} ${typeof words === 'string' ? words.slice(0, 200) : ''}`.trim()
  } catch {
    return null
  }
}

/** The system's code where there is one: a message of undici could name what is secret. */
function reason(thrown: unknown): string {
  if (thrown instanceof Refused) return thrown.message
  if (thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError')) return 'timeout'
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return errnoOf(cause) ?? errnoOf(thrown) ?? (thrown instanceof Error ? thrown.name : 'unknown')
}
