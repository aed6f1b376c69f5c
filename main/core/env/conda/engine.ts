import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dispatcher } from 'undici'
import writeFileAtomic from 'write-file-atomic'
import type { Finding, MachineReport, Progress } from '#contract'
import { AppError } from '../../errors'
import { childEnvironment } from '../../proc/environment'
import { runProgram } from '../../proc/program'
import { removeIfThere } from '../../state/atomic-file'
import { condaPlaces, condaVariables, createCommand, rcText } from './commands'
import { condaProgress, explainConda } from './explain'
import { condaCanUse } from './prefix-rule'
import { channelAddress, fetchMicromamba, foundProgram, type CondaProgram } from './program'
import { condaPlatform, type Tools } from './tools'

export interface CondaEngineDeps {
  /** The root's cache folder: programs, packages, rc file and home of conda lie below it. */
  cache: string
  tools: Tools
  /** What the machine report found. */
  engines: () => MachineReport['engines']
  network: {
    /** Variables that tell a child of the proxy and the CA file. */
    environment(): Record<string, string>
    dispatcher(): Dispatcher
    /** Base address of the channels the user chose, or null for the usual one. */
    channels(): string | null
    caFile(): string | null
    /** The proxy without its password, for a message; null for none. */
    proxy(): string | null
  }
}

export interface MakeOptions {
  prefix: string
  /** Minor version, e.g. "3.11". */
  python: string
  signal: AbortSignal
  onLine: (line: string) => void
  onStart: (pid: number) => void
  progress: (progress: Omit<Progress, 'rate'>) => void
}

/** Lines kept for the reason of a failure: mamba explains an unsolvable request in a long tree. */
const KEPT_LINES = 400

/** Makes prefixes with micromamba, mamba or conda, none of which sees or changes the user's own set-up. */
export function condaEngine(deps: CondaEngineDeps) {
  const places = condaPlaces(deps.cache)
  const channels = () => deps.network.channels() ?? deps.tools.defaultChannels

  const own = ({ signal, progress }: MakeOptions) => {
    const what = `micromamba ${deps.tools.micromamba.version} (${new URL(channels()).host})`
    return fetchMicromamba({
      tools: deps.tools,
      platform: condaPlatform(),
      channels: channels(),
      cache: deps.cache,
      dispatcher: deps.network.dispatcher(),
      signal,
      onBytes: (done) => progress({ done, total: null, unit: 'bytes', what }),
    })
  }

  /** Throws what the program said, as a code. */
  async function create(program: CondaProgram, options: MakeOptions): Promise<void> {
    const { prefix, python, signal, onStart } = options
    // mamba itself does not look at these two once `ssl_verify` is set, and it always is (ssl_verify_hook).
    const inherited = process.env['REQUESTS_CA_BUNDLE'] ?? process.env['SSL_CERT_FILE']
    const caFile = deps.network.caFile() ?? inherited ?? null
    const channel = channelAddress(channels(), deps.tools.channel)
    const rc = rcText({ channels: channels(), channel, caFile, places })
    for (const folder of [places.home, places.packages, places.environments]) await mkdir(folder, { recursive: true })
    await writeFileAtomic(places.rcFile, rc)
    // What an interrupted try left: conda would ask, or mend only half of it.
    await removeIfThere(prefix)
    const lines: string[] = []
    const read = condaProgress()
    const end = await runProgram({
      argv: createCommand(program, { prefix, python, channel, rcFile: places.rcFile }),
      environment: childEnvironment({
        ...deps.network.environment(),
        ...condaVariables(program, places, process.env, caFile),
      }),
      cwd: places.home,
      signal,
      onStart,
      onLine: (line) => {
        lines.push(line)
        if (lines.length > KEPT_LINES) lines.shift()
        options.onLine(line)
        const seen = read(line)
        if (seen !== null) options.progress({ ...seen, unit: 'items' })
      },
    })
    // mamba ends with 0 when it was interrupted, and when a download did not finish: only the prefix tells.
    if (end.code === 0 && (await isMade(prefix))) return
    if (end.signal !== null) throw new AppError('ENVIRONMENT_UNAVAILABLE', { detail: `${program.name}: ${end.signal}` })
    const output = lines.length > 0 ? lines.join('\n') : end.tail
    const { code, params } = explainConda(output, { prefix, proxy: deps.network.proxy() })
    throw new AppError(code, params)
  }

  return {
    /** null, or why this engine cannot be used for such a prefix. */
    usable: (prefix: string): Finding | null => condaCanUse(prefix),

    /**
     * Creates `prefix` with Python and pip, replacing what is there, and says with which program.
     * A program of the machine that fails for a reason of its own gives way to our micromamba.
     * Throws NETWORK_UNREACHABLE, TLS_INTERCEPTED, PROXY_REFUSED, FILE_NOT_OFFERED, DIGEST_MISMATCH,
     * PACKAGES_UNRESOLVED, DISK_FULL, BUSY, or ENVIRONMENT_UNAVAILABLE; an abort when `signal` is aborted.
     */
    async make(options: MakeOptions): Promise<CondaProgram> {
      const found = foundProgram(deps.engines())
      if (found !== null) {
        try {
          await create(found, options)
          return found
        } catch (thrown) {
          options.signal.throwIfAborted()
          if (!(thrown instanceof AppError) || thrown.data.code !== 'ENVIRONMENT_UNAVAILABLE') throw thrown
          options.onLine(`${found.path}: ${String(thrown.data.params['detail'])}`)
        }
      }
      const program = await own(options)
      await create(program, options)
      return program
    },
  }
}

async function isMade(prefix: string): Promise<boolean> {
  return access(join(prefix, 'bin', 'python')).then(
    () => true,
    () => false,
  )
}
