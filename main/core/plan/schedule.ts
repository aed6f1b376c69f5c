import type { DataFacts, ModelFacts } from '#contract'
import type { Choice } from './choice'
import { loraParameters, masterBytes } from './memory'
import type { Schedule } from './option'

/** Bytes of one checkpoint: the weights as trained and Adam's two moments of what is trained, for each role (verl 5.5: 12 bytes a parameter). */
function checkpointBytes(model: ModelFacts, choice: Choice): number {
  const trained = choice.loraRank > 0 ? loraParameters(model, choice.loraRank) : model.parameters
  const actor = model.parameters * masterBytes(choice) + trained * 8
  return choice.algorithm === 'ppo' ? actor + model.parameters * 12 : actor
}

/**
 * When to save: about ten times a run, at least every hundred steps, and only with room for three checkpoints: the
 * best, the newest, and the one being written (resources/python/run_checkpoints.py). `freeBytes`: what is
 * left of the disk after the environment and the model.
 */
export function scheduleFor(model: ModelFacts, data: DataFacts | null, choice: Choice, freeBytes: number): Schedule {
  const epochs = 1
  const steps = data === null ? null : Math.max(1, Math.floor(data.rows / choice.batch)) * epochs
  const size = checkpointBytes(model, choice)
  const every = steps === null ? 50 : Math.min(100, Math.max(10, Math.ceil(steps / 10)))
  return { epochs, steps, saveEvery: freeBytes >= 3 * size ? every : -1, checkpointBytes: size }
}
