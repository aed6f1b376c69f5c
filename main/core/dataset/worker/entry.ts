import { parentPort, workerData } from 'node:worker_threads'
import { createWork } from '../work'
import type { WorkerSettings } from './messages'
import { serveWork } from './serve'

if (parentPort !== null) serveWork(parentPort, createWork(workerData as WorkerSettings))
