import { open } from 'node:fs/promises'
import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Projection, RunView } from '#contract'
import { freeBytes, type RootLayout } from '../state/root'
import type { Private } from './redact'
import { supportText } from './support'

const LOG_BYTES = 20_000

/** Who and where this is, so that a report does not say it. */
export const whoWeAre = (): Private => ({ home: homedir(), user: userName(), host: hostname() })

/** '' where the system has no name for its user: a container may run as a bare number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return process.env['USER'] ?? ''
  }
}

/** What only other rooms can tell. */
interface Askable {
  /** The report of a run that died. */
  ofRun(run: string): Promise<string>
  /** What the native libraries do when they are tried. */
  native(): Promise<string[]>
}

/** The support report as of now. */
export async function collectSupport(
  layout: Pick<RootLayout, 'logs'>,
  state: Projection,
  ask: Askable,
): Promise<string> {
  const died = Object.values(state.runs).filter(({ status }) => status === 'failed' || status === 'lost')
  const last = died.sort((a: RunView, b: RunView) => b.createdAt - a.createdAt)[0]
  const facts = {
    state,
    node: process.versions.node,
    uptimeSeconds: process.uptime(),
    freeBytes: await freeBytes(state.info.root).catch(() => null),
    native: await ask.native().catch((thrown: unknown) => [String(thrown)]),
    diagnosis: last === undefined ? null : await ask.ofRun(last.id).catch((thrown: unknown) => String(thrown)),
    log: await endOf(join(layout.logs, 'core.log')).catch(() => ''),
  }
  return supportText(facts, whoWeAre())
}

/** Whole lines from the end of a file. */
async function endOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - LOG_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.toString('utf8', 0, bytesRead)
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await file.close()
  }
}
