import { Decompress } from 'fzstd'
import { createGunzip } from 'node:zlib'

/** Text beyond this is not looked at: a megabyte can hold a gigabyte of zeros. */
const MOST = 4 * 1024 * 1024

/**
 * The beginning of a file, unpacked as far as its name says (".gz", ".zst") and its bytes go. `whole`: nothing is
 * left out. Throws when the first bytes are not what the name says.
 */
export async function decompressed(
  raw: Buffer,
  path: string,
  all: boolean,
): Promise<{ bytes: Buffer; whole: boolean }> {
  if (/\.gz$/i.test(path)) return gunzip(raw, all)
  if (/\.zst$/i.test(path)) return unzstd(raw, all)
  return { bytes: raw, whole: all }
}

function gunzip(raw: Buffer, all: boolean): Promise<{ bytes: Buffer; whole: boolean }> {
  return new Promise((done, failed) => {
    const pieces: Buffer[] = []
    let length = 0
    const unzip = createGunzip()
    const finish = (whole: boolean) => {
      unzip.destroy()
      done({ bytes: Buffer.concat(pieces).subarray(0, MOST), whole })
    }
    unzip.on('data', (piece: Buffer) => {
      pieces.push(piece)
      length += piece.length
      if (length >= MOST) finish(false)
    })
    unzip.on('end', () => finish(all))
    // The end is missing when only a beginning was fetched: what came out before it is right.
    unzip.on('error', (error) => (length > 0 && !all ? finish(false) : failed(error)))
    unzip.end(raw)
  })
}

function unzstd(raw: Buffer, all: boolean): { bytes: Buffer; whole: boolean } {
  const pieces: Uint8Array[] = []
  let length = 0
  const unpack = new Decompress((piece) => {
    pieces.push(piece.slice())
    length += piece.length
  })
  const STEP = 16 * 1024
  let at = 0
  try {
    for (; at < raw.length && length < MOST; at += STEP)
      unpack.push(raw.subarray(at, at + STEP), all && at + STEP >= raw.length)
  } catch (thrown) {
    if (all || length === 0) throw thrown
  }
  return { bytes: Buffer.concat(pieces).subarray(0, MOST), whole: all && at >= raw.length && length <= MOST }
}
