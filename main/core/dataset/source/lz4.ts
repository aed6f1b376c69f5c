/**
 * An LZ4 frame, unpacked: what Arrow's "lz4" is (pyarrow's Feather files are so by default). No kept library of plain
 * JavaScript reads frames whose blocks refer to earlier ones, as Arrow's are.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md. Checksums are passed over.
 * Throws an Error that says what is wrong.
 */
export function decodeLz4(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 7 || view.getUint32(0, true) !== 0x184d2204) throw new Error('no LZ4 frame')
  const flags = view.getUint8(4)
  const [blockChecksum, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01]
  if (flags >> 6 !== 1 || hasDictionary !== 0) throw new Error('an LZ4 frame of an unknown form')
  const promised = hasSize === 0 ? 0 : Number(view.getBigUint64(6, true))
  const out = new Output(promised)
  let at = hasSize === 0 ? 7 : 15
  for (;;) {
    if (at + 4 > frame.length) throw new Error('the LZ4 frame has no end')
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) break
    const length = size & 0x7fffffff
    if (at + length > frame.length) throw new Error('an LZ4 block is cut off')
    const block = frame.subarray(at, at + length)
    if (size >>> 31 === 1) out.literals(block, 0, length)
    else decodeBlock(block, out)
    at += length + (blockChecksum === 0 ? 0 : 4)
  }
  return out.bytes()
}

function decodeBlock(block: Uint8Array, out: Output): void {
  let at = 0
  const byte = () => {
    const value = block[at]
    if (value === undefined) throw new Error('an LZ4 block is cut off')
    at += 1
    return value
  }
  /** 15 in the token says that more follows, 255 that still more does. */
  const long = (start: number) => {
    let length = start
    if (start === 15) {
      let more: number
      do length += more = byte()
      while (more === 255)
    }
    return length
  }
  while (at < block.length) {
    const token = byte()
    const literals = long(token >> 4)
    if (at + literals > block.length) throw new Error('an LZ4 block is cut off')
    out.literals(block, at, literals)
    at += literals
    if (at >= block.length) return
    const distance = byte() + byte() * 256
    out.repeat(distance, long(token & 15) + 4)
  }
}

/** A small damaged frame can ask for anything. */
const LARGEST = 1024 ** 3

class Output {
  private buffer: Uint8Array
  private length = 0

  constructor(promised: number) {
    this.buffer = new Uint8Array(Math.min(Math.max(promised, 1024), 64 * 1024 * 1024))
  }

  literals(from: Uint8Array, at: number, length: number): void {
    this.room(length)
    this.buffer.set(from.subarray(at, at + length), this.length)
    this.length += length
  }

  /** Bytes that were written before; they may run into those that are written now. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.length) throw new Error('an LZ4 block refers to what is not there')
    this.room(length)
    const from = this.length - distance
    if (distance >= length) this.buffer.copyWithin(this.length, from, from + length)
    else for (let at = 0; at < length; at += 1) this.buffer[this.length + at] = this.buffer[from + at] ?? 0
    this.length += length
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }

  private room(more: number): void {
    const needed = this.length + more
    if (needed > LARGEST) throw new Error('an LZ4 frame of more than 1 GB')
    if (needed <= this.buffer.length) return
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2))
    larger.set(this.buffer.subarray(0, this.length))
    this.buffer = larger
  }
}
