import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive } from '../../main/core/proc/identity'
import { createProjection } from '../../main/core/state/projection'
import { openRuns } from '../../main/core/train/runs'
import { RunState } from '../../main/core/train/spec'
import { emptyProjection } from '../support/empty-projection'

/** Real runs under the real supervisor; the "trainer" is a few lines of Python. */
async function place() {
  const folder = join(await mkdtemp(join(tmpdir(), 'launchpad 运行 ')), 'runs')
  await mkdir(folder)
  const projection = createProjection(emptyProjection())
  return { folder, projection, open: () => openRuns({ folder, resources: resolve('resources'), projection }) }
}

const command = (code: string) => ({
  python: 'python3',
  argv: () => ['python3', '-u', '-c', code],
  name: 'test',
  trainer: 'command' as const,
  plannedSteps: 3,
  env: () => ({}),
  options: {},
  digests: {},
})

const trainer = `
import json, time
for step in range(1, 4):
    with open("metrics.jsonl", "a") as out: out.write(json.dumps({"step": step, "data": {"critic/rewards/mean": step / 4}}) + "\\n")
    print("step:%d 奖励" % step, flush=True)
    time.sleep(0.2)
`
/** Megabytes of log and metrics; what counts lies in the middle of them. */
const longTrainer = `
import json, time
names = [f"other/metric_{n}" for n in range(120)]
with open("metrics.jsonl", "w") as out:
    for step in range(1, 3001):
        data = {"critic/rewards/mean": 0.25, **{name: step * 1.5 for name in names}}
        if step % 1200 == 0: data["val-core/gsm8k/acc/mean@1"] = 0.9 if step == 1200 else 0.1
        out.write(json.dumps({"step": step, "data": data}) + "\\n")
        print(f"(TaskRunner pid=3) step:{step} - critic/rewards/mean:0.25")
        if step in (1000, 2000): print("(WorkerDict pid=8) WARN: rank 0 grad_norm is not finite: nan")
        for n in range(20): print(f"(WorkerDict pid=8) 奖励 {'-' * 60} {n}")
for n in range(5000): print("(WorkerDict pid=8) words that say nothing")
print("enough", flush=True)
time.sleep(600)
`
const later = (ms: number) => new Promise((done) => setTimeout(done, ms))
const untilEnded = (runs: Awaited<ReturnType<typeof openRuns>>, id: string) =>
  runs.ended(id, new AbortController().signal, () => {})

describe('a run', () => {
  it('is followed to its end, with its log, steps and rewards', async () => {
    const { open, folder } = await place()
    const runs = await open()
    const id = await runs.start(command(trainer))
    const end = await untilEnded(runs, id)
    expect(end).toMatchObject({ status: 'finished', lastStep: 3, lastReward: 0.75, exit: { code: 0, signal: null } })
    expect(await readFile(join(folder, id, 'raw.log'), 'utf8')).toBe('step:1 奖励\nstep:2 奖励\nstep:3 奖励\n')
    runs.dispose()
  })

  it('goes on when the core goes, and the next core attaches to it', async () => {
    const { open, folder } = await place()
    const first = await open()
    const id = await first.start(command(`import time\nfor n in range(40): print(n, flush=True); time.sleep(0.1)`))
    first.dispose()
    const second = await open()
    // Which of the two depends on how far the trainer came; over it is not, and it is this very run.
    expect(second.view(id)?.status).toMatch(/^(starting|running)$/)
    const end = await untilEnded(second, id)
    expect(end.status).toBe('finished')
    expect((await readFile(join(folder, id, 'raw.log'), 'utf8')).split('\n')).toHaveLength(41)
    second.dispose()
  })

  it('of days is known at once to a core that has read nothing of it', async () => {
    const { open, folder } = await place()
    const first = await open()
    const id = await first.start(command(longTrainer))
    first.dispose()
    while (!(await readFile(join(folder, id, 'raw.log'), 'utf8')).includes('enough')) await later(100)
    await rm(join(folder, id, 'watch.json'), { force: true })
    const second = await open()
    expect(second.view(id)).toMatchObject({
      ...{ status: 'running', lastStep: 3000, lastReward: 0.25, plannedSteps: 3, phase: { id: 'steps' } },
      ...{ best: { step: 1200, value: 0.9 }, validation: { step: 2400, value: 0.1 } },
      findings: [{ code: 'RUN_GRADIENT_NOT_FINITE', params: { times: 2 } }],
    })
    await second.stop(id, 'now')
    await untilEnded(second, id)
    second.dispose()
  })

  it('that fails says with what code', async () => {
    const { open } = await place()
    const runs = await open()
    const id = await runs.start(command('raise SystemExit(3)'))
    expect(await untilEnded(runs, id)).toMatchObject({ status: 'failed', exit: { code: 3 } })
    runs.dispose()
  })

  it('is stopped when asked, children of other sessions too', async () => {
    const { open, folder } = await place()
    const runs = await open()
    const id = await runs.start(
      command(
        `import subprocess, sys, time\nchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)\nopen("child", "w").write(str(child.pid))\nprint("ready", flush=True)\ntime.sleep(600)`,
      ),
    )
    while ((runs.view(id)?.logBytes ?? 0) === 0) await new Promise((done) => setTimeout(done, 50))
    await runs.stop(id, 'staged')
    expect((await untilEnded(runs, id)).status).toBe('stopped')
    const child = Number(await readFile(join(folder, id, 'child'), 'utf8'))
    expect(() => process.kill(child, 0)).toThrow()
    runs.dispose()
  })

  it('whose supervisor was killed is lost, not running for ever', async () => {
    const { open, folder } = await place()
    const runs = await open()
    const id = await runs.start(command('import time; time.sleep(600)'))
    const state = RunState.parse(JSON.parse(await readFile(join(folder, id, 'state.json'), 'utf8')))
    expect(isAlive(state.supervisor)).toBe(true)
    expect(isAlive({ ...state.supervisor, startTicks: state.supervisor.startTicks + 1 })).toBe(false)
    process.kill(state.supervisor.pid, 'SIGKILL')
    expect((await untilEnded(runs, id)).status).toBe('lost')
    await runs.remove(id)
    expect(await readdir(folder)).toEqual([])
    runs.dispose()
  })

  it('is not removed while it runs', async () => {
    const { open } = await place()
    const runs = await open()
    const id = await runs.start(command('import time; time.sleep(600)'))
    await expect(runs.remove(id)).rejects.toMatchObject({ data: { code: 'BUSY' } })
    await runs.stop(id, 'now')
    expect((await untilEnded(runs, id)).status).toBe('stopped')
    runs.dispose()
  })

  it('with a program that is not there fails with the reason in its log', async () => {
    const { open, folder } = await place()
    const runs = await open()
    const id = await runs.start({ ...command(''), argv: () => ['/nowhere/python', 'x.py'] })
    expect((await untilEnded(runs, id)).status).toBe('failed')
    expect(await readFile(join(folder, id, 'raw.log'), 'utf8')).toContain('/nowhere/python')
    runs.dispose()
  })

  it('folders that are no runs are left alone', async () => {
    const { open, folder } = await place()
    await mkdir(join(folder, 'notes'))
    await writeFile(join(folder, 'notes', 'spec.json'), '{"half":')
    const runs = await open()
    expect(runs.view('notes')).toBeNull()
    expect(await readdir(join(folder, 'notes'))).toEqual(['spec.json'])
    runs.dispose()
  })
})
