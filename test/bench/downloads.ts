import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { bundled, startHubProcess, type HubProcess } from '../support/hub-process'
import { blobOf, type Content, type Fault, type HubRepository } from '../support/hub-server'
import { sha256Of } from '../support/transfer'
import { soakOnce } from '../support/transfer-soak'

const MB = 1024 * 1024
const CONNECTIONS = 8
/** Of one connection: what TCP gives with a window of 1 MiB, as Linux allows by default without tuning of its peer. */
const WINDOW = MB

interface Client {
  name: string
  /** Fetches every file of the model into `folder`. */
  command: (hub: HubProcess, job: Job, folder: string) => { file: string; args: string[]; env: Record<string, string> }
}

interface Job {
  id: string
  commit: string
  files: Record<string, Content>
}

interface Ran {
  seconds: number
  /** Until a `sync` of the disk came back as well: the others leave that to the system. */
  durableSeconds: number
  cpuSeconds: number
  peakBytes: number
  code: number | null
}

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'verl-launchpad', 'bench-hub')

/** A client of Python in an environment of its own, made once. null: it could not be had. */
async function pythonClient(name: string, requirement: string): Promise<string | null> {
  const prefix = join(cache, name)
  const program = join(prefix, 'bin', 'hf')
  if (existsSync(program)) return program
  try {
    await execa('python3', ['-m', 'venv', prefix])
    await execa(join(prefix, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', requirement])
    return existsSync(program) ? program : null
  } catch {
    return null
  }
}

function hfClient(name: string, program: string): Client {
  return {
    name,
    command: (hub, { id }, folder) => ({
      file: program,
      args: ['download', id, '--local-dir', folder, '--max-workers', String(CONNECTIONS)],
      env: {
        HF_ENDPOINT: hub.endpoint,
        HF_HOME: join(folder, '.home'),
        HF_HUB_DISABLE_XET: '1',
        HF_HUB_DISABLE_PROGRESS_BARS: '1',
        HF_HUB_DISABLE_TELEMETRY: '1',
      },
    }),
  }
}

async function clients(program: string): Promise<{ list: Client[]; absent: string[] }> {
  const ours: Client = {
    name: 'ours',
    command: (hub, job, folder) => ({
      file: process.execPath,
      args: [
        program,
        JSON.stringify({ ...job, files: null, endpoint: hub.endpoint, folder, connections: CONNECTIONS }),
      ],
      env: {},
    }),
  }
  const aria: Client = {
    name: 'aria2c',
    command(hub, { id, commit, files }, folder) {
      const list = join(folder, '.list')
      const line = (path: string) => `${hub.endpoint}/${id}/resolve/${commit}/${path}\n  out=${path}\n`
      writeFileSync(list, Object.keys(files).map(line).join(''))
      const split = ['-x', String(CONNECTIONS), '-s', String(CONNECTIONS), '-j', String(CONNECTIONS), '-k', '1M']
      const args = ['-c', '-q', '--file-allocation=none', ...split, '-i', list, '-d', folder]
      return { file: 'aria2c', args, env: {} }
    },
  }
  const [newest, old] = [await pythonClient('newest', 'huggingface_hub'), await pythonClient('0.36', 'huggingface_hub[cli]==0.36.0')] // prettier-ignore
  const hasAria = await execa('aria2c', ['--version'], { reject: false }).then(({ failed }) => !failed)
  const list = [ours]
  const absent: string[] = []
  if (newest === null) absent.push('hf newest')
  else list.push(hfClient('hf newest', newest))
  if (old === null) absent.push('hf 0.36')
  else list.push(hfClient('hf 0.36', old))
  if (hasAria) list.push(aria)
  else absent.push('aria2c (apt-get install aria2)')
  return { list, absent }
}

/** With what it took, as /usr/bin/time counts; killed after `limit` seconds (code null). */
async function run(client: Client, hub: HubProcess, job: Job, folder: string, limit: number): Promise<Ran> {
  const { file, args, env } = client.command(hub, job, folder)
  const report = join(folder, '.time')
  const counted = [
    'import os,resource,subprocess,sys\n',
    'code=None\n',
    'try: code=subprocess.run(sys.argv[3:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL,timeout=float(sys.argv[2])).returncode\n',
    'except subprocess.TimeoutExpired: pass\n',
    'u=resource.getrusage(resource.RUSAGE_CHILDREN)\n',
    'import json;open(sys.argv[1],"w").write(json.dumps([u.ru_utime+u.ru_stime,u.ru_maxrss*1024,code]))\n',
  ].join('')
  const began = performance.now()
  await execa('python3', ['-c', counted, report, String(limit), file, ...args], { env })
  const seconds = (performance.now() - began) / 1000
  await execa('sync', ['-f', folder])
  const durableSeconds = (performance.now() - began) / 1000
  const [cpuSeconds, peakBytes, code] = JSON.parse(readFileSync(report, 'utf8')) as [number, number, number | null]
  return { seconds, durableSeconds, cpuSeconds, peakBytes, code }
}

const modelOf = (id: string, files: Record<string, Content>): HubRepository => ({ kind: 'model', id, files })

async function jobOf(hub: HubProcess, { id, files }: HubRepository): Promise<Job> {
  const { sha } = (await (await fetch(`${hub.endpoint}/api/models/${id}`)).json()) as { sha: string }
  return { id, commit: sha, files }
}

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function verdict(job: Job, folder: string, { code }: { code: number | null }): Promise<string> {
  if (code === null) return 'hangs'
  for (const [path, content] of Object.entries(job.files)) {
    if (!existsSync(join(folder, path))) return code === 0 ? 'missing, says OK' : 'failed'
    if ((await sha256Of(join(folder, path))) !== blobOf(content).sha256) {
      return code === 0 ? '**wrong file, says OK**' : 'failed'
    }
  }
  return code === 0 ? 'OK' : 'whole, says failed'
}

const row = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`
/** Rows are printed as they come: the whole takes an hour. */
const head = (cells: string[]) => console.log(`${row(cells)}\n${row(cells.map(() => '---'))}`)

/** `scale`: of the 2 GB file and of the mix; `repeats`: runs of each cell, the best of which is shown. */
export async function measureDownloads(options: { scale: number; repeats: number; soak: number; latencies: number[] }) {
  const home = mkdtempSync(resolve('node_modules', '.launchpad-bench-'))
  try {
    const program = await bundled('test/support/transfer-process.ts', home)
    const { list, absent } = await clients(program)
    for (const name of absent) console.log(`${name}: not here, not measured`)
    await speeds(list, options)
    await kills(list)
    await faults(list)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  await soak(options.soak)
}

async function speeds(
  list: Client[],
  { scale, repeats, latencies }: { scale: number; repeats: number; latencies: number[] },
) {
  const one = Math.round(2048 * scale) * MB
  const small = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`data/${n}.bin`, { size: 100_000, seed: n }]))
  const mix: Record<string, Content> = { 'config.json': '{"a":1}', 'tokenizer.json': { size: 7 * MB, seed: 900 } }
  for (let n = 0; n < 4; n++) mix[`model-${n}.safetensors`] = { size: Math.round(200 * scale) * MB, seed: 910 + n }
  for (let n = 0; n < 60; n++) mix[`extra/${n}.txt`] = { size: 20_000, seed: 800 + n }
  const repositories = [
    modelOf('bench/one', { 'model.safetensors': { size: one, seed: 1 } }),
    modelOf('bench/small', small),
    modelOf('bench/mix', mix),
  ]
  const hub = await startHubProcess({ repositories })
  try {
    console.log(
      `\nSeconds (to the end of a sync) / CPU seconds per GB / peak MB; ${CONNECTIONS} connections; one connection gives ${WINDOW / MB} MiB per round trip; file of ${one / MB} MiB, mix of ${Math.round(800 * scale)} MiB; a cut: the chance for each MiB\n`,
    )
    head(['line', 'repository', ...list.map(({ name }) => name)])
    for (const latencyMs of latencies) {
      for (const cutPerMiB of [0, 0.01]) {
        await hub.shape({ latencyMs, cutPerMiB, bytesPerSecond: latencyMs === 0 ? null : WINDOW / (latencyMs / 1000) })
        const line = `${latencyMs} ms, ${cutPerMiB * 100} % cuts`
        for (const repository of repositories) await cell(list, hub, repository, repeats, line)
      }
    }
  } finally {
    await hub.close()
  }
}

async function cell(list: Client[], hub: HubProcess, repository: HubRepository, repeats: number, line: string) {
  const job = await jobOf(hub, repository)
  const bytes = Object.values(repository.files).reduce<number>((sum, file) => sum + blobOf(file).size, 0)
  const best = new Map<string, { ran: Ran; says: string }>()
  // In turns, so that a noisy minute hits all of them.
  for (let n = 0; n < repeats; n++) {
    for (const client of list) {
      await inFolder(async (folder) => {
        const ran = await run(client, hub, job, folder, 600)
        const says = await verdict(job, folder, ran)
        const known = best.get(client.name)
        if (known === undefined || (says === 'OK' && (known.says !== 'OK' || ran.durableSeconds < known.ran.durableSeconds))) best.set(client.name, { ran, says }) // prettier-ignore
      })
    }
  }
  const shown = list.map(({ name }) => {
    const found = best.get(name)
    if (found === undefined) return ''
    const { ran, says } = found
    const cpu = ran.cpuSeconds / (bytes / 1e9)
    const time = `${ran.seconds.toFixed(1)} (${ran.durableSeconds.toFixed(1)}) / ${cpu.toFixed(1)} / ${(ran.peakBytes / MB).toFixed(0)}`
    return says === 'OK' ? time : `${says} after ${ran.seconds.toFixed(1)}`
  })
  console.log(row([line, repository.id, ...shown]))
}

/** Bytes that a hub sends beyond the size of the file, when the client is killed at 60 % and started again. */
async function kills(list: Client[]): Promise<void> {
  const size = 64 * MB
  const repository = modelOf('bench/kill', { 'model.safetensors': { size, seed: 4 } })
  console.log('\nKilled (SIGKILL) at 60 % of 64 MB and started again\n')
  head(['client', 'fetched twice', 'in the end'])
  for (const client of list) {
    const hub = await startHubProcess({ repositories: [repository], shape: { bytesPerSecond: 8 * MB } })
    const job = await jobOf(hub, repository)
    await inFolder(async (folder) => {
      const { file, args, env } = client.command(hub, job, folder)
      const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
      while ((await hub.sent()) < 0.6 * size && child.exitCode === null) await setTimeout(20)
      child.kill('SIGKILL')
      await setTimeout(300)
      const ran = await run(client, hub, job, folder, 120)
      const says = await verdict(job, folder, ran)
      console.log(row([client.name, `${(((await hub.sent()) - size) / MB).toFixed(1)} MB`, says]))
    })
    await hub.close()
  }
}

const file = 'model.safetensors'
const PATIENCE = 60
/** Less than 4 MB: our ranges of this file are no longer, and a fault must hit every client. */
const faultRows: [string, Fault[]][] = [
  ['cut every 3 MB', [{ do: 'cut', after: 3 * MB, file }]],
  ['one byte flipped once', [{ do: 'flip', at: 9 * MB, times: 1, file }]],
  ['the connection stalls once', [{ do: 'stall', after: 2 * MB, times: 1, file }]],
  ['trickle (10 B/s) once', [{ do: 'trickle', after: 2 * MB, bytesPerSecond: 10, times: 1, file }]],
  ['503 once from the storage', [{ do: 'status', status: 503, times: 1, file }]],
  ['429 with RateLimit t=2', [{ do: 'rateLimit', seconds: 2, times: 1, place: 'resolve', file }]],
  ['cut, then no ranges', [{ do: 'cut', after: 3 * MB, times: 1, file }, { do: 'ignoreRange', file }]], // prettier-ignore
  ['cut, then the signed address is refused', [{ do: 'cut', after: 3 * MB, times: 1, file }, { do: 'expired', skip: 1, times: 2, file }]], // prettier-ignore
  ['206 without Content-Range', [{ do: 'cut', after: 3 * MB, times: 1, file }, { do: 'noContentRange', file }]], // prettier-ignore
  ['a page with 200 once', [{ do: 'html', times: 1, file }]],
  ['HEAD broken', [{ do: 'headBroken' }]],
]

async function faults(list: Client[]): Promise<void> {
  const repository = modelOf('bench/faults', { 'config.json': '{}', [file]: { size: 32 * MB, seed: 8 } })
  console.log(`\nFaults over 32 MB; hangs: not done after ${PATIENCE} s\n`)
  head(['fault', ...list.map(({ name }) => name)])
  for (const [name, given] of faultRows) {
    const cells: string[] = []
    for (const client of list) {
      const hub = await startHubProcess({ repositories: [repository] })
      const job = await jobOf(hub, repository)
      for (const fault of given) await hub.fault(fault)
      cells.push(
        await inFolder(async (folder) => {
          const ran = await run(client, hub, job, folder, PATIENCE)
          return `${await verdict(job, folder, ran)}, ${ran.seconds.toFixed(0)} s`
        }),
      )
      await hub.close()
    }
    console.log(row([name, ...cells]))
  }
}

async function soak(sequences: number): Promise<void> {
  const counts = { right: 0, refused: 0, wrong: 0 }
  const codes = new Map<string, number>()
  for (let seed = 1; seed <= sequences; seed++) {
    const { right, refused, wrong } = await soakOnce(seed)
    counts.right += right
    counts.refused += refused.length
    counts.wrong += wrong.length
    for (const code of refused) codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  console.log(`\n${sequences} random sequences of faults, 4 files each: ${counts.right} files right, ${counts.refused} refused with a code (${[...codes].map(([code, n]) => `${code} ${n}`).join(', ')}), ${counts.wrong} wrong`) // prettier-ignore
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith('launchpad 浸泡'))
  if (left.length > 0) console.log(`folders left behind: ${left.length}`)
}
