import type { MachineReport } from '#contract'

export const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`)

/** A report stays readable, and fits into an issue of a public tracker. */
export const shortened = (text: string, most: number): string =>
  `${text.length > most ? `${text.slice(0, most)}\n(cut)` : text}\n`

export function machineLines(machine: MachineReport | null): string[] {
  if (machine === null) return []
  const { host, memory, gpus } = machine
  const cards = gpus.state === 'found' ? gpus.value : []
  return [
    'Machine:',
    ...indented([
      `${host.os}, kernel ${host.kernel}, ${(memory.totalBytes / 2 ** 30).toFixed(0)} GiB of memory`,
      ...cards.map(
        ({ name, computeCapability, memoryTotalBytes, driver }) =>
          `${name}, capability ${computeCapability ?? '?'}, ${(memoryTotalBytes / 2 ** 30).toFixed(1)} GiB, driver ${driver}`,
      ),
    ]),
  ]
}
