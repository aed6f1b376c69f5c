import { resolve } from 'node:path'
import { AppError, toAppError } from '#core'
import type { ServeOptions } from '#headless'
import { unitName, writeUnit } from './systemd'
import { createSay, sayError } from './words'

export interface ServeCommand {
  root?: string
  port: number
  shell?: boolean
  allow: string[]
  host?: string
  tlsCert?: string
  tlsKey?: string
  untilInputEnds?: boolean
  writeSystemd?: boolean
}

/** A service has one address, so that a bookmark and a tunnel hold. */
const SERVICE_PORT = 8118

/** The switches as the door takes them. BAD_INPUT: half of a certificate. */
export function serveOptions({ shell, allow, host, tlsCert, tlsKey }: ServeCommand): Partial<ServeOptions> {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new AppError('BAD_INPUT', { detail: '--tls-cert and --tls-key belong together' })
  return {
    shell: shell ?? false,
    allow: allow.map((folder) => resolve(folder)),
    ...(host !== undefined && { host }),
    tls: tlsCert === undefined || tlsKey === undefined ? null : { cert: resolve(tlsCert), key: resolve(tlsKey) },
  }
}

/** The same command with every path absolute; never a secret, so a unit may hold it. */
function serveArguments(options: ServeCommand): string[] {
  const { allow = [], tls, shell, host } = serveOptions(options)
  return [
    'serve',
    ...['--port', String(options.port === 0 ? SERVICE_PORT : options.port)],
    ...(options.root === undefined ? [] : ['--root', resolve(options.root)]),
    ...(shell === true ? ['--shell'] : []),
    ...allow.flatMap((folder) => ['--allow', folder]),
    ...(host === undefined ? [] : ['--host', host]),
    ...(tls == null ? [] : ['--tls-cert', tls.cert, '--tls-key', tls.key]),
  ]
}

/** Says where it is, and what starts it. */
export async function writeServeUnit(options: ServeCommand): Promise<void> {
  const say = await createSay(null)
  try {
    const program = resolve(process.argv[1] ?? '')
    const file = await writeUnit([process.execPath, program, ...serveArguments(options)])
    process.stdout.write(`${say('terminal.unitWritten', { file, unit: unitName })}\n`)
  } catch (thrown) {
    process.stdout.write(`${sayError(say, toAppError(thrown).data)}\n`)
    process.exitCode = 1
  }
}

/** An ssh that was cut off ends nothing on the other side but the input of what it started. */
export const untilInputEnds = () =>
  new Promise<void>((done) =>
    process.stdin
      .resume()
      .once('end', done)
      .once('error', () => done()),
  )
