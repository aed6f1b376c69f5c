import { parentPort, workerData } from 'node:worker_threads'
import { createWork } from '../work'
import type { WorkerSettings } from './messages'
import { serveWork } from './serve'

if (parentPort !== null) {
  const { work, dispose } = createWork(workerData as WorkerSettings)
  serveWork(parentPort, work, dispose)
}
