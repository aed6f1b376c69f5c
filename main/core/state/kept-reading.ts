import { stat } from 'node:fs/promises'

/** A small file that is looked at often and changes seldom: read again only when it is another one or was written to. */
export function keptReading<T>(path: string, read: () => Promise<T>): () => Promise<T> {
  let kept: { mark: string; value: T } | null = null
  return async () => {
    // Before the reading: what changes in between is then read once more the next time.
    const mark = await stat(path).then(
      ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
      () => 'none',
    )
    if (kept?.mark !== mark) kept = { mark, value: await read() }
    return kept.value
  }
}
