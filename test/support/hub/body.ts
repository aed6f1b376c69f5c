import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Blob } from './content'
import { actionOf, type FaultAction, type Faults } from './faults'

/** How slow the line is. */
export interface Shape {
  /** One round trip: waited once before each answer, and once more for a new connection. */
  latencyMs: number
  /** Of one connection: what a window of so many bytes gives at this latency. null: as fast as it goes. */
  bytesPerSecond: number | null
  /** Chance that the connection is cut within a piece of up to 1 MiB of a body. */
  cutPerMiB: number
}

export interface Served {
  blob: Blob
  headers: Record<string, string>
  actions: FaultAction[]
  shape: Shape
  faults: Faults
  onSent: (bytes: number) => void
}

const PIECE = 256 * 1024
const MIB = 1024 * 1024

/** [from, to) of a Range header; null: none, or several ranges, which no storage host serves. "bad": 416. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | null | 'bad' {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (found === null || (found[1] === '' && found[2] === '')) return null
  if (found[1] === '') return { from: Math.max(0, size - Number(found[2])), to: size }
  const from = Number(found[1])
  const to = found[2] === '' ? size : Math.min(size, Number(found[2]) + 1)
  return from >= size || to <= from ? 'bad' : { from, to }
}

/** Bytes of a file, whole or a range, with whatever goes wrong. */
export async function serveBytes(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { blob, actions } = served
  const head: Record<string, string> = { 'content-type': 'application/octet-stream', ...served.headers }
  const asked = actionOf(actions, 'ignoreRange') ? null : rangeOf(request.headers.range, blob.size)
  if (asked === 'bad') {
    response.writeHead(416, { 'content-range': `bytes */${blob.size}`, 'content-length': '0' }).end()
    return
  }
  const shift = actionOf(actions, 'wrongContentRange')?.by ?? 0
  const from = Math.max(0, (asked?.from ?? 0) + shift)
  const to = Math.min(blob.size, (asked?.to ?? blob.size) + shift)
  const endless = actionOf(actions, 'endless') !== undefined
  if (!endless) head['content-length'] = String(to - from)
  if (!actionOf(actions, 'ignoreRange')) head['accept-ranges'] = 'bytes'
  if (asked !== null && !actionOf(actions, 'noContentRange')) {
    head['content-range'] = `bytes ${from}-${to - 1}/${blob.size}`
  }
  response.writeHead(asked === null ? 200 : 206, head)
  if (request.method === 'HEAD') return void response.end()
  if (await sendPieces(response, served, from, to)) return
  if (endless) await sendForEver(response, served)
  response.end()
}

/** false: all of it went out. true: it ended early, in one way or another. */
async function sendPieces(response: ServerResponse, served: Served, from: number, to: number): Promise<boolean> {
  const { blob, actions, shape, faults, onSent } = served
  const cut = actionOf(actions, 'cut')
  const cutAt = cut === undefined ? Infinity : cut.after === 'anywhere' ? faults.random() * (to - from) : cut.after
  const stallAt = actionOf(actions, 'stall')?.after ?? Infinity
  const trickle = actionOf(actions, 'trickle')
  const flips = actions.filter((action) => action.do === 'flip').map(({ at }) => at)
  const began = Date.now()
  for (let at = from; at < to;) {
    if (response.destroyed) return true
    const sent = at - from
    if (sent >= cutAt) return (await flushed(response), response.destroy(), true)
    if (sent >= stallAt) return true
    const slow = trickle !== undefined && sent >= trickle.after ? trickle.bytesPerSecond : null
    const most = slow === null ? PIECE : Math.max(1, Math.floor(slow / 10))
    const end = Math.min(to, at + most, ...[cutAt, stallAt, trickle?.after ?? Infinity].map((x) => upTo(x, sent, from)))
    const piece = flipped(blob.read(at, end), at, flips)
    if (sent % MIB < piece.length && faults.random() < shape.cutPerMiB) {
      const half = piece.subarray(0, Math.floor(piece.length / 2))
      response.write(half)
      onSent(half.length)
      return (await flushed(response), response.destroy(), true)
    }
    if (!response.write(piece)) await drained(response)
    onSent(piece.length)
    at = end
    const due =
      slow === null ? (shape.bytesPerSecond === null ? 0 : ((at - from) / shape.bytesPerSecond) * 1000) : undefined
    const wait = due === undefined ? (piece.length / (slow ?? 1)) * 1000 : began + due - Date.now()
    if (wait > 1) await setTimeout(wait)
  }
  return false
}

/** The place in the file where something is to happen, if that is still ahead. */
const upTo = (after: number, sent: number, from: number) => (after > sent ? from + Math.ceil(after) : Infinity)

function flipped(piece: Buffer, at: number, flips: number[]): Buffer {
  const inside = flips.filter((flip) => flip >= at && flip < at + piece.length)
  if (inside.length === 0) return piece
  const copy = Buffer.from(piece)
  for (const flip of inside) copy[flip - at] = (copy[flip - at] ?? 0) ^ 0x40
  return copy
}

async function sendForEver(response: ServerResponse, { onSent }: Served): Promise<void> {
  const zeros = Buffer.alloc(64 * 1024)
  while (!response.destroyed) {
    if (!response.write(zeros)) await drained(response)
    onSent(zeros.length)
    await setTimeout(1)
  }
}

const drained = (response: ServerResponse) =>
  new Promise<void>((go) => {
    const done = () => (response.off('drain', done), response.off('close', done), go())
    response.on('drain', done).on('close', done)
  })

/** What was written before must arrive: destroying a socket throws away what it still holds. */
const flushed = (response: ServerResponse) =>
  new Promise<void>((go) => {
    if (response.destroyed) return go()
    response.once('close', go)
    response.write('', () => setImmediate(go))
  })
