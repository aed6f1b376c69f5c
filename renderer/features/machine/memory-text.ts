import type { useFormat } from '../../i18n'

const MIB = 2 ** 20
const GIB = 2 ** 30

/** "0.1 GiB" says little: below one, in MiB. */
export const memoryText = (format: ReturnType<typeof useFormat>, bytes: number): string =>
  bytes < GIB ? `${format.count(Math.round(bytes / MIB))} MiB` : format.memory(bytes)
