import { filled, type Cause, type Diagnosis, type ManualEntry, type RunVerdict, type RunView } from '#contract'
import type { ProjectionStore } from '../state/projection'
import type { Runs } from '../train/runs'
import type { Diagnoses } from './diagnoses'

interface VerdictsDeps {
  projection: ProjectionStore
  runs: Pick<Runs, 'judged'>
  diagnoses: Pick<Diagnoses, 'ofRun' | 'manual'>
  onFault: (thrown: unknown) => void
}

/** Looks why a training died as soon as it has, so that lists and notices can say it. One after the other. */
export function followVerdicts({ projection, runs, diagnoses, onFault }: VerdictsDeps): { dispose(): void } {
  const ended = new AbortController()
  const looked = new Set<string>()
  let queue: Promise<void> = Promise.resolve()

  async function judge({ id, attempts }: RunView): Promise<void> {
    if (ended.signal.aborted) return
    const [found, manual] = [await diagnoses.ofRun(id), await diagnoses.manual()]
    await runs.judged(id, verdictOf(found, manual, attempts.length))
  }
  function look(view: RunView): void {
    const key = `${view.id} ${view.attempts.length}`
    if ((view.status !== 'failed' && view.status !== 'lost') || view.verdict !== null || looked.has(key)) return
    looked.add(key)
    // A run that was removed meanwhile needs none.
    queue = queue.then(() => judge(view)).catch((thrown: unknown) => projection.read().runs[view.id] && onFault(thrown))
  }
  async function follow(): Promise<void> {
    for await (const event of projection.watch(ended.signal)) {
      if (event.kind === 'snapshot') Object.values(event.state.runs).forEach(look)
      else for (const change of event.changes) if (change.topic === 'runs' && change.value !== null) look(change.value)
    }
  }
  void follow()
  return { dispose: () => ended.abort() }
}

/** In a line. An error that nobody has described speaks for itself. */
function verdictOf({ root }: Diagnosis, manual: readonly ManualEntry[], attempt: number): RunVerdict {
  return { attempt, signature: root?.signature ?? null, title: root === null ? null : titleOf(root, manual) }
}

function titleOf({ signature, params, error }: Cause, manual: readonly ManualEntry[]): RunVerdict['title'] {
  const text = manual.find(({ id }) => id === signature)?.text
  if (text !== undefined) return { en: filled(text.en.title, params), 'zh-CN': filled(text['zh-CN'].title, params) }
  if (error === null) return null
  const line = `${error.type}: ${error.message}`.slice(0, 160)
  return { en: line, 'zh-CN': line }
}
