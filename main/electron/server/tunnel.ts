import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import type { AppErrorData } from '#contract'
import { sshArguments, sshFailure, type SshTarget } from './target'

export interface Tunnel {
  token: string
  /** Settles when ssh is gone, whoever ended it. */
  ended: Promise<void>
  close(): void
}

/** The first start there unpacks nothing, but disks of servers can be slow. */
const PATIENCE_MS = 60_000

const Told = z.object({ address: z.url(), port: z.number() })

/** A port of this machine that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** Starts `launchpad serve` on the other side; its page is then at http://127.0.0.1:<near>. */
export function openTunnel(target: SshTarget, near: number): Promise<Tunnel | AppErrorData> {
  // Below the range that systems give to outgoing connections.
  const child = spawn('ssh', sshArguments(target, near, randomInt(20_000, 32_000)), { windowsHide: true })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)))
  child.stdin.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()))
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      said += '\nno answer'
      child.kill()
    }, PATIENCE_MS)
    const settle = (result: Tunnel | AppErrorData) => {
      clearTimeout(late)
      resolve(result)
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? { code: 'SSH_MISSING', params: {} } : sshFailure(target, null, error.message)),
    )
    child.once('close', (exit) => settle(sshFailure(target, exit, said)))
    // What a login script prints comes first; ours is the line that is JSON.
    createInterface(child.stdout).on('line', (line) => {
      const token = tokenIn(line)
      if (token !== null) settle({ token, ended, close: () => void (child.stdin.end(), child.kill()) })
    })
  })
}

function tokenIn(line: string): string | null {
  try {
    const told = Told.safeParse(JSON.parse(line))
    return told.success ? new URLSearchParams(new URL(told.data.address).hash.slice(1)).get('token') : null
  } catch {
    return null
  }
}
