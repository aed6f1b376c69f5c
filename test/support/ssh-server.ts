import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** OpenSSH's own server, found or (as root on Debian) installed; else why not. */
export function findSshd(): { program: string } | { missing: string } {
  const places = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd']
  const found = () => places.find((file) => isProgram(file))
  const there = found()
  if (there !== undefined) return { program: there }
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !isProgram('/usr/bin/apt-get'))
    return { missing: 'no sshd here, and it cannot be installed' }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'openssh-server'], { env, timeout: 120_000 })
  const installed = found()
  return installed === undefined ? { missing: 'openssh-server could not be installed' } : { program: installed }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface SshServer {
  /** As a user of the app types it. */
  host: string
  /** A folder whose `ssh` is the system's, with a key and a known host of the test's; put it first in the PATH. */
  bin: string
  folder: string
  stop(): void
}

const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })

const keyPair = (file: string) => {
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
}

/** A real sshd on a port of its own, for one user with one key. */
export async function startSshServer(program: string): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'launchpad-ssh-'))
  const at = (name: string) => join(folder, name)
  const port = await freePort()
  for (const name of ['host', 'user']) keyPair(at(name))
  const read = (name: string) => spawnSync('cat', [at(name)], { encoding: 'utf8' }).stdout
  writeFileSync(at('authorized'), read('user.pub'), { mode: 0o600 })
  writeFileSync(at('known'), `[127.0.0.1]:${port} ${read('host.pub')}`)
  // Where it gives its rights away; the package's service makes it, and no service runs here.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const server = ['ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${at('host')}`, `PidFile ${at('pid')}`]
  server.push(`AuthorizedKeysFile ${at('authorized')}`, 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no')
  writeFileSync(at('sshd_config'), [...server, 'PermitRootLogin prohibit-password', ''].join('\n'))
  const client = [`IdentityFile ${at('user')}`, 'IdentitiesOnly yes', `UserKnownHostsFile ${at('known')}`]
  writeFileSync(at('ssh_config'), ['Host *', ...client, 'GlobalKnownHostsFile /dev/null', ''].join('\n'))
  const bin = at('bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('ssh_config')} "$@"\n`)
  chmodSync(join(bin, 'ssh'), 0o755)
  const child: ChildProcess = spawn(program, ['-D', '-e', '-f', at('sshd_config')], { stdio: 'ignore' })
  for (let tries = 0; spawnSync('ssh-keyscan', ['-p', String(port), '127.0.0.1']).stdout.length === 0; tries++)
    if (tries > 20) throw new Error('sshd does not answer')
  return {
    host: `${userInfo().username}@127.0.0.1:${port}`,
    bin,
    folder,
    stop() {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
