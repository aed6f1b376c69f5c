import type { RunView } from '#contract'

export const isLive = (status: RunView['status']): boolean =>
  status === 'starting' || status === 'running' || status === 'stopping'
