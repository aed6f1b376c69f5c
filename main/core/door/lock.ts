import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath, rename, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, errnoOf } from '../errors'

/** Not of userInfo(), which fails where the system has no name for its user, as in many a container. */
const userId = process.getuid?.() ?? -1

/**
 * One process owns a data root: the one that listens on the root's socket. The system closes the
 * socket with its process, so that a crash never leaves a lock behind, and whoever comes second finds
 * the owner by connecting instead of guessing from a pid in a file.
 */
export async function lockAddress(root: string): Promise<string> {
  const name = createHash('sha256')
    .update(await realpath(root))
    .digest('hex')
    .slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\verl-launchpad-${name}`
  // Not in the root: a socket's path may have 107 bytes, and not every file system can hold one.
  // Not in $XDG_RUNTIME_DIR: a session by ssh may have none, and must still find the desktop's core.
  const folder = join(process.platform === 'darwin' ? tmpdir() : '/tmp', `verl-launchpad-${userId}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const made = await lstat(folder)
  if (!made.isDirectory() || made.uid !== userId || (made.mode & 0o077) !== 0) {
    throw new AppError('ROOT_UNUSABLE', {
      path: folder,
      detail: 'this folder belongs to somebody else or is open to others',
    })
  }
  return join(folder, `${name}.sock`)
}

/** Starts `server` on the address. true: we own the root. false: a living owner is there already. */
export async function tryOwn(server: Server, address: string): Promise<boolean> {
  for (;;) {
    const trouble = await listen(server, address)
    if (trouble === null) return true
    if (errnoOf(trouble) !== 'EADDRINUSE') throw trouble
    if (await answers(address)) return false
    await clearStale(address)
  }
}

function listen(server: Server, address: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const onError = (error: Error) => resolve(error)
    server.once('error', onError)
    server.listen(address, () => {
      server.removeListener('error', onError)
      resolve(null)
    })
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

/**
 * Removes the file of an owner that is gone. Moved away first and asked again there: if another
 * starter was quicker and this is its fresh socket, it still answers, and is put back.
 */
async function clearStale(address: string): Promise<void> {
  const aside = `${address}.${process.pid}`
  try {
    await rename(address, aside)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return
    throw thrown
  }
  if (await answers(aside)) await rename(aside, address)
  else await rm(aside, { force: true })
}
