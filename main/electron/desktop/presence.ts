import { Notification, powerSaveBlocker } from 'electron'
import type { Notice } from '#contract'
import type { News } from '../core/messages'
import { keepsAwake, unannounced } from './decide'

export interface Presence {
  update(news: News): void
  dispose(): void
}

interface PresenceDeps {
  icon: string
  sentence: (notice: Notice) => string
  /** Somebody clicked on what was said of a run. */
  open: (run: string) => void
}

/** What the app does beside its window: it says what happened, and keeps the machine awake while it trains. */
export function createPresence({ icon, sentence, open }: PresenceDeps): Presence {
  const since = Date.now()
  const announced = new Set<string>()
  // One that nothing refers to is collected, and its click with it (electron/electron#12690).
  const shown = new Set<Notification>()
  let blocker: number | null = null

  function stayAwake(wanted: boolean): void {
    if (wanted && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!wanted && blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  }
  function announce(notice: Notice): void {
    announced.add(notice.id)
    if (!Notification.isSupported()) return
    const notification = new Notification({ title: 'Verl Launchpad', body: sentence(notice), icon })
    shown.add(notification)
    const forget = () => void shown.delete(notification)
    notification.on('click', () => {
      forget()
      open(notice.run)
    })
    notification.on('close', forget)
    notification.on('failed', forget)
    notification.show()
  }
  return {
    update(news) {
      stayAwake(keepsAwake(news))
      unannounced(news.notices, announced, since).forEach(announce)
    },
    dispose() {
      stayAwake(false)
      shown.forEach((notification) => notification.close())
    },
  }
}
