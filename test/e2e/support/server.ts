import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { home } from './roots'
import { until } from './processes'

export interface Server {
  process: ChildProcess
  /** With the token. */
  address: string
  port: number
  /** As Ctrl-C does. */
  stop(): Promise<void>
}

const built = [process.execPath, join(home, 'dist', 'node', 'launchpad.mjs')]

/** `launchpad serve`, as a user starts it; `launchpad`: the words that start another one than the built one. */
export async function startServer(root: string, more: string[] = [], launchpad = built): Promise<Server> {
  const [program = '', ...words] = launchpad
  const child = spawn(program, [...words, 'serve', '--json', '--root', root, '--allow', tmpdir(), ...more], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
    createInterface(child.stdout).once('line', resolve)
  })
  const { address, port } = JSON.parse(line) as { address: string; port: number }
  return {
    process: child,
    address,
    port,
    async stop() {
      child.kill('SIGINT')
      await until(() => child.exitCode !== null || child.signalCode !== null, 'the server to end')
    },
  }
}
