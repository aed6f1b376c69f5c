import type { Digest } from '#contract'
import { AppError } from '../../errors'
import { feed, startDigest } from './digest'
import { Ended } from './exchange'
import type { Failure } from './fetch'
import type { Run } from './run'
import { lengthOf } from './segments'
import { isWhole, noteFailure, type Claim, type Task } from './task'

/** A connection that a server refused is tried again so much later. */
const REGROW_MS = 30_000
/** How often the whole of a file is looked at while it is fetched again. */
const LOOKS = 3

/** Once nobody writes to a file any more: it is whole, or it is given up. */
export function conclude(run: Run, task: Task): void {
  if (task.claims.length > 0) return
  if (task.state === 'failed') run.beside(keep(task).then(() => run.settle(task, 'failed')))
  else if (task.state === 'running' && isWhole(task)) {
    task.state = 'verifying'
    run.beside(finish(run, task))
  }
}

/** What came of it stays for the next run. */
export async function keep(task: Task): Promise<void> {
  try {
    await task.digest.idle()
    await task.part.sync()
  } finally {
    await task.part.close()
  }
}

async function finish(run: Run, task: Task): Promise<void> {
  const { file, part } = task
  run.tell(task, false)
  const digest = await task.digest.finish(await part.handle(), run.signal)
  const isWrong = file.digest !== null && digest.hex !== file.digest.hex
  if (isWrong && task.repair === null && file.size > 0) return fetchAgain(run, task)
  if (isWrong || (file.digest === null && task.tooLong !== null)) return refuse(run, task, task.tooLong)
  return land(run, task, digest)
}

function land(run: Run, task: Task, digest: Digest): Promise<void> {
  const { file, part } = task
  task.result = { digest, error: null }
  task.problem = null
  return run.lander.add({ part, target: file.target, size: file.size, landed: () => run.settle(task, 'done') })
}

/** Block by block over the old bytes, until the whole is right. */
async function fetchAgain(run: Run, task: Task): Promise<void> {
  run.asked.onLanded(-lengthOf(task.part.done), false)
  await task.part.distrust()
  task.repair = { looks: 0 }
  task.way = null
  task.problem = new AppError('DIGEST_MISMATCH', { file: task.file.path })
  task.state = 'running'
  run.wake()
}

/** What came is wrong, and came again: it is not kept. */
async function refuse(run: Run, task: Task, gotBytes: number | null): Promise<void> {
  const { path, size } = task.file
  const error =
    gotBytes === null
      ? new AppError('DIGEST_MISMATCH', { file: path })
      : new AppError('FILE_SIZE_WRONG', { file: path, promisedBytes: size, gotBytes })
  task.result = { digest: null, error }
  run.asked.onLanded(-lengthOf(task.part.done), false)
  await task.part.remove()
  run.settle(task, 'failed')
}

/** In a file that is fetched again: once a block differed, the whole may be right. */
export async function lookAtWhole(run: Run, task: Task, claim: Claim): Promise<void> {
  const { repair, file, part } = task
  if (repair === null || !claim.differs || file.digest === null || repair.looks >= LOOKS) return
  repair.looks += 1
  const hash = startDigest(file.digest.algorithm, file.size)
  await feed(hash, await part.handle(), [0, file.size], run.signal)
  if (hash.digest('hex') !== file.digest.hex || task.state !== 'running') return
  for (const other of task.claims) if (other !== claim) other.exchange?.abort(new Ended('it is right now'))
  run.asked.onLanded(file.size - lengthOf(part.done), false)
  part.trust()
}

/** What a range that did not come means for its file: asked for elsewhere, later, by fewer, or given up. */
export function handleFailure(run: Run, task: Task, claim: Claim, failure: Failure): void {
  const { kind, error, more } = failure
  run.asked.counters.retries += 1
  if (kind === 'final') return fail(task, error)
  if (kind === 'stale') {
    // The address was good before: asked for anew at once. Refused again, that answer is explained.
    task.way = null
    return
  }
  if (kind === 'wait') {
    task.problem = error
    task.notBefore = run.pauses.add(more.host ?? '', more.seconds ?? null, error)
    return run.tell(task, true)
  }
  const served = task.claims.filter((other) => other !== claim && (other.exchange?.bytes ?? 0) > 0).length
  if (kind === 'crowded' && served > 0) {
    // Others are served: this server gives so many connections and no more.
    task.most = served
    task.notBefore = Date.now() + run.timing.firstMs
    setTimeout(() => (task.most += 1), REGROW_MS).unref()
    return
  }
  // A storage host that fails may have been left behind by the hub in the meantime.
  task.way = null
  const noted = { error, startedAt: claim.startedAt, weight: more.weight ?? 1 }
  if (noteFailure(task, noted, run.timing)) run.tell(task, true)
  else fail(task, error)
}

function fail(task: Task, error: AppError): void {
  if (task.result !== null) return
  task.result = { digest: null, error }
  task.state = 'failed'
  for (const { exchange } of task.claims) exchange?.abort(new Ended('the file failed'))
}
