/*
 * A look at the flatbuffers of Arrow before apache-arrow decodes them: it believes every length in them, and one
 * changed byte makes it create objects until the memory is full (found by fuzzing). Tables by
 * https://flatbuffers.dev/internals, fields by Schema.fbs, Message.fbs and File.fbs of Arrow.
 */

const MOST_FIELDS = 100_000
const DEEPEST = 64
/** Bytes of a FieldNode and of a Buffer; of a Block in a footer. */
const PAIR = 16
const BLOCK = 24
const [SCHEMA, DICTIONARY, BATCH] = [1, 2, 3]

class Flat {
  fields = 0

  constructor(readonly bytes: Buffer) {}

  root(): number {
    return this.table(0)
  }

  private checked(at: number, length: number): number {
    if (!(at >= 0) || at + length > this.bytes.length) throw new Error('a message that refers to what is not there')
    return at
  }

  /** The table that an offset at `at` leads to. */
  private table(at: number): number {
    return this.checked(at + this.bytes.readUInt32LE(this.checked(at, 4)), 4)
  }

  /** Where a field is in its vtable; and where its value is, 0 when it has none. */
  slot(table: number, field: number): { slot: number; value: number } {
    const vtable = this.checked(table - this.bytes.readInt32LE(table), 4)
    const size = this.bytes.readUInt16LE(vtable)
    const slot = vtable + 4 + field * 2
    if (4 + field * 2 + 2 > size) return { slot: 0, value: 0 }
    const offset = this.bytes.readUInt16LE(this.checked(slot, 2))
    return { slot, value: offset === 0 ? 0 : this.checked(table + offset, 1) }
  }

  inner(table: number, field: number): number | null {
    const { value } = this.slot(table, field)
    return value === 0 ? null : this.table(value)
  }

  /** Items of a vector whose bytes are all there; `size`: of one. */
  vector(table: number, field: number, size: number): { at: number; count: number } {
    const { value } = this.slot(table, field)
    if (value === 0) return { at: 0, count: 0 }
    const at = this.table(value)
    const count = this.bytes.readUInt32LE(at)
    this.checked(at + 4, count * size)
    return { at: at + 4, count }
  }

  /** `fields`: the place of its vector of fields or of children. */
  fieldsOf(table: number, place: number, depth: number): void {
    if (depth > DEEPEST) throw new Error('a schema that is nested too deep')
    const { at, count } = this.vector(table, place, 4)
    this.fields += count
    if (this.fields > MOST_FIELDS) throw new Error('a schema of more than 100,000 fields')
    for (let item = 0; item < count; item += 1) {
      const field = this.table(at + item * 4)
      this.vector(field, 0, 1)
      this.vector(field, 6, 4)
      this.fieldsOf(field, 5, depth + 1)
    }
  }

  schema(table: number): void {
    this.fieldsOf(table, 1, 0)
    this.vector(table, 2, 4)
  }

  batch(table: number): void {
    this.vector(table, 1, PAIR)
    this.vector(table, 2, PAIR)
    this.vector(table, 4, 8)
  }
}

/** Throws an Error when a message claims more than it holds. */
export function checkMessage(bytes: Buffer): void {
  const flat = new Flat(bytes)
  const message = flat.root()
  const { value } = flat.slot(message, 1)
  const type = value === 0 ? 0 : bytes.readUInt8(value)
  const header = flat.inner(message, 2)
  if (header === null) throw new Error('a message that says nothing')
  flat.vector(message, 4, 4)
  if (type === SCHEMA) flat.schema(header)
  else if (type === BATCH) flat.batch(header)
  else if (type === DICTIONARY) {
    const inner = flat.inner(header, 1)
    if (inner === null) throw new Error('a dictionary without values')
    flat.batch(inner)
  }
}

/** A footer of a file, checked; without its list of dictionaries, which a reader would go and read. */
export function checkedFooter(footer: Buffer): Buffer {
  const bytes = Buffer.from(footer)
  const flat = new Flat(bytes)
  const root = flat.root()
  const schema = flat.inner(root, 1)
  if (schema === null) throw new Error('a file without a schema')
  flat.schema(schema)
  flat.vector(root, 2, BLOCK)
  flat.vector(root, 3, BLOCK)
  const { slot } = flat.slot(root, 2)
  if (slot !== 0) bytes.writeUInt16LE(0, slot)
  return bytes
}
