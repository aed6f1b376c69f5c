import { stat } from 'node:fs/promises'
import { errnoOf } from '../errors'

/** Bytes of a file, 0 while it does not exist. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return 0
    throw thrown
  }
}
