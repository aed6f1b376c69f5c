import { randomBytes } from 'node:crypto'

/** A name that sorts by time and is not used twice: 20260102-030405-9f3a (UTC). */
export function stampedId(now = new Date()): string {
  const [date, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  return `${date}-${time}-${randomBytes(2).toString('hex')}`
}
