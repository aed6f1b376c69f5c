import { execa } from 'execa'

const TIMEOUT_MS = 3000
/** The driver's reports of a card, and processes that were killed for memory. */
const TELLING = /NVRM: Xid|Out of memory: Killed process|oom-kill:/

/**
 * What the kernel said between two times (milliseconds) that may have ended a training; "" where its log cannot be read
 * (containers, kernel.dmesg_restrict) or is not there.
 */
export async function kernelLog(from: number, to: number): Promise<string> {
  if (process.platform !== 'linux') return ''
  const args = ['--time-format', 'iso', '--color=never']
  const { stdout } = await execa('dmesg', args, { timeout: TIMEOUT_MS, reject: false, maxBuffer: 16 * 1024 * 1024 })
  return tellingLines(stdout ?? '', from, to)
}

/** Lines of `dmesg --time-format iso`: "2026-11-23T17:15:58,911744+00:00 NVRM: Xid ...". */
export function tellingLines(text: string, from: number, to: number): string {
  const lines = text.split('\n').filter((line) => TELLING.test(line))
  const within = lines.flatMap((line) => {
    const [stamp = '', ...words] = line.split(' ')
    const at = Date.parse(stamp.replace(',', '.'))
    return at >= from && at <= to ? [`kernel: ${words.join(' ')}\n`] : []
  })
  return within.join('')
}
