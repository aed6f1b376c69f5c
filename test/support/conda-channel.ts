import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Tools } from '../../main/core/env/conda/tools'

/** Kept between runs: the packages take a while to build, and py-rattler to fetch. */
const kept = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad')
const script = resolve('test/fixtures/conda-channel/build_channel.py')
const micromamba = resolve('test/fixtures/fake-micromamba/micromamba.py')

export interface Channel {
  /** Served as the base address of the channels. */
  folder: string
  /** Minor version of the `python` package. */
  python: string
  /** resources/tools/tools.yaml, with the digests of the fake. */
  tools: Tools
}

/** A real channel with real packages, built once for each version of the scripts that build it. */
export function buildChannel(): Channel {
  const python = toolsPython()
  const hash = createHash('sha256').update(readFileSync(script)).update(readFileSync(micromamba))
  const folder = join(kept, `conda-channel-${hash.digest('hex').slice(0, 12)}`)
  if (!existsSync(join(folder, 'digests.json'))) {
    const scratch = mkdtempSync(join(kept, 'conda-channel-new-'))
    must(python, [script, scratch, micromamba])
    rmSync(folder, { recursive: true, force: true })
    renameSync(scratch, folder)
  }
  const digests = JSON.parse(readFileSync(join(folder, 'digests.json'), 'utf8')) as Record<string, string>
  const { file = '', sha256 = '', programSha256 = '', platform = '' } = digests
  const builds = { [platform]: { file, sha256, program: 'bin/micromamba', programSha256 } }
  const tools = {
    // The default address must not be used by a test.
    defaultChannels: 'http://127.0.0.1:9',
    channel: 'conda-forge',
    micromamba: { version: '2.9.0', builds },
  }
  return { folder, python: digests['python'] ?? '', tools }
}

/** A venv with what the fake and the builder import. */
function toolsPython(): string {
  const venv = join(kept, 'conda-channel-tools-1')
  const python = join(venv, 'bin', 'python')
  const works = () => spawnSync(python, ['-c', 'import rattler, yaml, zstandard']).status === 0
  if (works()) return python
  must('python3', ['-m', 'venv', '--clear', venv])
  must(python, ['-m', 'pip', 'install', '--quiet', 'py-rattler==0.28.0', 'zstandard==0.25.0', 'pyyaml==6.0.3'])
  return python
}

function must(file: string, argv: string[]): void {
  const end = spawnSync(file, argv, { encoding: 'utf8' })
  if (end.status !== 0) throw new Error(`${file} ${argv.join(' ')}: ${end.stderr}`)
}

export interface ChannelServer {
  /** Base address of the channels. */
  address: string
  /** Paths that were asked for, in order. */
  asked: string[]
  close(): void
}

/** How one file is answered; null: as it is. */
export type Fault = 'missing' | 'damaged' | 'unavailable' | 'stalls' | null

/** Serves the channel on loopback; `fault` may change its mind between requests. */
export async function serveChannel(
  folder: string,
  fault: (path: string) => Fault = () => null,
): Promise<ChannelServer> {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    asked.push(path)
    const file = join(folder, path)
    const wrong = fault(path)
    if (wrong === 'missing' || !existsSync(file) || !/\.\w+$/.test(file))
      return response.writeHead(404).end('no such file')
    if (wrong === 'unavailable') return response.writeHead(503).end('busy')
    const body = Buffer.from(readFileSync(file))
    const half = Math.floor(body.length / 2)
    if (wrong === 'damaged') body.fill(0x58, half, half + 64)
    response.writeHead(200, { 'content-length': body.length })
    // The first half, and then nothing: a mirror that has gone to sleep.
    return wrong === 'stalls' ? response.write(body.subarray(0, half)) : response.end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
