import { closeSync, readdirSync, readFileSync } from 'node:fs'

const CLOSE_ON_EXEC = 0o2000000

/** From a line of /proc/<pid>/fdinfo: will this file stay behind when another program is started? */
export const staysBehind = (info: string): boolean =>
  (parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '', 8) & CLOSE_ON_EXEC) !== 0

/**
 * Closes what Electron's main process had open when it started us: Chromium's own files and sockets. They
 * would go on to every training, and an app whose sockets a training holds cannot end before it does. Node
 * itself opens nothing that is handed down, so that whatever would be is not ours.
 */
export function closeInheritedFiles(): void {
  if (process.platform !== 'linux') return
  for (const name of readdirSync('/proc/self/fd')) {
    const file = Number(name)
    if (file <= 2) continue
    try {
      if (!staysBehind(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))) closeSync(file)
    } catch {
      // It was the listing itself.
    }
  }
}
