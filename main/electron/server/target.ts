import * as z from 'zod'
import type { AppErrorData } from '#contract'

/** What a person gave: a host for ssh, or the address that `launchpad serve` printed. */
export const ServerRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ssh'), host: z.string().max(300), program: z.string().max(300) }),
  /** `token` "": the one that is kept. */
  z.object({ kind: z.literal('address'), address: z.string().max(2000), token: z.string().max(500) }),
])
export type ServerRequest = z.infer<typeof ServerRequest>

/** A server as it is remembered: nothing secret is in it. `name` is what is shown. */
export const KnownServer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ssh'), name: z.string(), program: z.string() }),
  z.object({ kind: z.literal('address'), name: z.string() }),
])
export type KnownServer = z.infer<typeof KnownServer>

export interface SshTarget {
  /** user@host */
  destination: string
  port: number | null
  program: string
}

const badHost = (host: string): AppErrorData => ({ code: 'SSH_HOST_BAD', params: { host } })

/**
 * user@host:port as ssh takes it. Nothing that begins with "-" or holds a space gets through: it would be an option
 * of ssh, and `-oProxyCommand=` runs programs (CVE-2017-1000117 and its kin).
 */
export function parseSsh(host: string, program: string): SshTarget | AppErrorData {
  const found = /^((?:[A-Za-z_][\w.-]*@)?(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9a-fA-F:]+\]))(?::(\d{1,5}))?$/.exec(
    host.trim(),
  )
  const destination = found?.[1]?.replace(/[[\]]/g, '')
  if (destination === undefined) return badHost(host)
  const port = found?.[2] === undefined ? null : Number(found[2])
  if (port !== null && (port < 1 || port > 65_535)) return badHost(host)
  // The other side's shell reads it: nothing that a shell would take for more than letters.
  const wanted = program.trim() === '' ? 'launchpad' : program.trim()
  if (!/^[\p{L}\p{N}_~./][\p{L}\p{N}_~./+@-]*$/u.test(wanted))
    return { code: 'SSH_NO_LAUNCHPAD', params: { host, program } }
  return { destination, port, program: wanted }
}

/**
 * One ssh does both: it starts the server there and carries its port here. It never asks (BatchMode) and never takes
 * an unknown host's key; the token comes back through its output, so it is in nobody's list of processes.
 * Who can log in has a shell there anyway, so the page gets everything a window on that machine would.
 */
export function sshArguments({ destination, port, program }: SshTarget, near: number, far: number): string[] {
  return [
    ...['-T', '-o', 'BatchMode=yes', '-o', 'ExitOnForwardFailure=yes', '-o', 'ConnectTimeout=15'],
    ...['-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=3'],
    // A shared connection would outlive this process, and the port with it.
    ...['-o', 'ControlMaster=no', '-o', 'ControlPath=none'],
    ...['-L', `127.0.0.1:${near}:127.0.0.1:${far}`],
    ...(port === null ? [] : ['-p', String(port)]),
    ...['--', destination],
    ...[program, 'serve', '--json', '--until-input-ends', '--shell', '--allow', '/', '--port', String(far)],
  ]
}

/** Why ssh ended before there was a server. `exit` null: a signal, or it never started. */
export function sshFailure(target: SshTarget, exit: number | null, said: string): AppErrorData {
  const host = target.destination
  if (exit === 127) return { code: 'SSH_NO_LAUNCHPAD', params: { host, program: target.program } }
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '')
  const detail = lines.slice(-4).join('\n') || (exit === null ? 'ended by a signal' : `exit code ${exit}`)
  return { code: 'SSH_FAILED', params: { host, detail } }
}

/** The origin of a server, and the token if the text has it. Plain HTTP only where it does not leave this machine. */
export function parseAddress(address: string): { origin: string; token: string } | AppErrorData {
  const bad: AppErrorData = { code: 'SERVER_ADDRESS_BAD', params: { address: address.replace(/#.*/s, '') } }
  let url: URL
  try {
    url = new URL(address.trim())
  } catch {
    return bad
  }
  const near = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && near)) return bad
  if (url.username !== '' || url.password !== '') return bad
  return { origin: url.origin, token: new URLSearchParams(url.hash.slice(1)).get('token') ?? '' }
}
