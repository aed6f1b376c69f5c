import { environmentSteps } from '../env/steps'
import type { JobHandle } from '../jobs/jobs'
import type { Step } from '../jobs/step'
import { dataStep, modelStep, preflightStep } from './make'
import { openPlace, type PracticeAsk, type PracticeDeps } from './place'
import { reportStep, trainStep } from './train'

/** The whole job in steps: machine, environment, data, model, preflight, training, report. */
export function practiceSteps(deps: PracticeDeps, job: JobHandle, asked: PracticeAsk): Step[] {
  const place = openPlace(deps, job, asked)
  const machine: Step = {
    id: 'machine',
    subject: job.id,
    inputs: () => Promise.resolve(Date.now()), // never kept: disks fill and cards come and go
    verify: () => Promise.resolve(true),
    run: async () => void (await deps.measure()),
  }
  return [
    machine,
    ...environmentSteps(deps, deps.recipe),
    dataStep(place),
    modelStep(place),
    preflightStep(place),
    trainStep(place),
    reportStep(place),
  ]
}
