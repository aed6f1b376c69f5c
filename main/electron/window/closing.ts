export interface ClosingFacts {
  /** The app itself is ending. */
  quitting: boolean
  platform: NodeJS.Platform
  /** Jobs and trainings under way. */
  working: boolean
  hasTray: boolean
  told: boolean
}

export interface Closing {
  what: 'close' | 'hide' | 'minimise'
  /** Say once what just happened. */
  say: 'hidden' | 'minimised' | null
}

/**
 * What the window's close button does. With nothing under way the app simply ends. While something is, it
 * stays, because a job would have to pause without it; where no tray can bring it back, it only gets small.
 */
export function decideClosing({ quitting, platform, working, hasTray, told }: ClosingFacts): Closing {
  if (quitting) return { what: 'close', say: null }
  if (platform === 'darwin') return { what: 'hide', say: null }
  if (!working) return { what: 'close', say: null }
  const what = hasTray ? 'hide' : 'minimise'
  return { what, say: told ? null : what === 'hide' ? 'hidden' : 'minimised' }
}
