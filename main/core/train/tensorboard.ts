import { later } from '../later'

/** TensorBoard on the metrics of runs; each ends with the core. */
export interface TensorBoards {
  open(id: string): Promise<{ address: string }>
  dispose(): Promise<void>
}

export function createTensorBoards(): TensorBoards {
  return { open: () => later(), dispose: () => Promise.resolve() }
}
