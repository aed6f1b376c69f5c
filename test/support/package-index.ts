import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

type Answer = (request: IncomingMessage, response: ServerResponse, content: Buffer, count: number) => void

/** A real package index on loopback (PEP 503, 658), whose files can be made to misbehave. */
export interface PackageIndex {
  address: string
  /** Bytes of file bodies sent, by file name. */
  sent: Map<string, number>
  sizes: Map<string, number>
  /** From now on files whose name begins so are answered by this. */
  answer(name: string, answer: Answer | null): void
  close(): Promise<void>
}

export async function openIndex(): Promise<PackageIndex> {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-index-'))
  const built = spawnSync('python3', [resolve('test/support/build_packages.py'), folder], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))
  const [answers, counts] = [new Map<string, Answer>(), new Map<string, number>()]
  const sent = new Map<string, number>()

  function page(project: string): string {
    const names = [...files.keys()].filter((name) => projectOf(name) === project && !name.endsWith('.metadata'))
    // With its metadata beside it, as large indexes have it: resolving then reads no wheel.
    const link = (name: string) =>
      `<a href="../../files/${name}#sha256=${digest(files.get(name))}"${files.has(`${name}.metadata`) ? ' data-core-metadata="true"' : ''}>${name}</a>`
    return `<!doctype html><body>${names.map(link).join('\n')}</body>`
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1]
    if (project !== undefined) {
      const known = [...files.keys()].some((name) => projectOf(name) === project)
      return void response.writeHead(known ? 200 : 404, { 'content-type': 'text/html' }).end(page(project))
    }
    const name = basename(path)
    const content = files.get(name)
    if (content === undefined) return void response.writeHead(404).end()
    const count = (counts.get(name) ?? 0) + (request.method === 'GET' ? 1 : 0)
    counts.set(name, count)
    response.on('close', () => {
      const size = request.method === 'GET' ? Number(response.getHeader('content-length') ?? 0) : 0
      if (response.writableFinished && response.statusCode < 300) sent.set(name, (sent.get(name) ?? 0) + size)
    })
    const own = name.endsWith('.whl') ? [...answers].find(([prefix]) => name.startsWith(prefix))?.[1] : undefined
    return (own ?? plain)(request, response, content, count)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
    sent,
    sizes: new Map([...files].map(([name, { length }]) => [name, length])),
    answer: (name, answer) => void (answer === null ? answers.delete(name) : answers.set(name, answer)),
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(() => done()))),
  }
}

/** As a plain file server answers, with ranges. */
export const plain: Answer = (request, response, content) => {
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  const from = Number(range?.[1] ?? 0)
  const to = range?.[2] ? Number(range[2]) + 1 : content.length
  const part = content.subarray(from, to)
  const headers = { 'content-length': part.length, 'accept-ranges': 'bytes' }
  if (range !== null) {
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${to - 1}/${content.length}` })
  } else response.writeHead(200, headers)
  response.end(request.method === 'HEAD' ? undefined : part)
}

const digest = (content: Buffer | undefined) =>
  createHash('sha256')
    .update(content ?? '')
    .digest('hex')
const projectOf = (file: string) => file.split('-')[0]?.replaceAll('_', '-')
