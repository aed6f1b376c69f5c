import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FaultAction, FaultPlace } from './faults'
import type { Access, Stored, StoredFile } from './repositories'

export interface HubSettings {
  /** Items of one page of a tree. */
  pageSize: number
  /** What the addresses of next pages begin with; null: this hub. A mirror may leave another one in. */
  linkBase: string | null
  /** How long a signed address is good for. */
  signedSeconds: number
}

/** What the protocols need of the server. */
export interface Hub {
  prefix: string
  tokens: readonly string[]
  settings: HubSettings
  endpoint(): string
  all(): Stored[]
  /** By its id or one that it once had. */
  find(kind: 'model' | 'dataset', id: string): Stored | null
  signed(stored: Stored, file: StoredFile): string
  faultsOf(
    place: Exclude<FaultPlace, 'any'>,
    file: string | null,
    happens: (action: FaultAction) => boolean,
  ): FaultAction[]
  bytes(
    request: IncomingMessage,
    response: ServerResponse,
    file: StoredFile,
    headers: Record<string, string>,
  ): Promise<void>
}

export const tokenOf = (request: IncomingMessage): string | null =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null

export const addressOf = (path: string) => path.split('/').map(encodeURIComponent).join('/')

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const text = Buffer.from(JSON.stringify(value))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length, ...headers })
  response.end(text)
}

export function sendRefusal(
  response: ServerResponse,
  { status, code, message }: Access,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify({ error: message })
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(code === null ? {} : { 'x-error-code': code }),
    'x-error-message': message,
    ...headers,
  })
  response.end(text)
}
