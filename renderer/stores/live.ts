import type { RunView } from '#contract'

export const isLive = (status: RunView['status']): boolean =>
  status === 'starting' || status === 'running' || status === 'stopping'

/** Neither trains nor waits for its turn. */
export const isOver = (status: RunView['status']): boolean => !isLive(status) && status !== 'queued'
