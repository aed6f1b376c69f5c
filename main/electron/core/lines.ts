import { ipcMain, MessageChannelMain, type WebContents } from 'electron'
import { isTrusted } from '../security/guard'
import { isOurPage } from '../security/policies'
import { createBackOff, type BackOff } from './back-off'
import type { CoreHost } from './core-host'

interface Page {
  turn: number
  since: number
  backOff: BackOff
}

/** Introduces pages to the core: each gets one end of a channel, the core the other. */
export function introducePages(core: CoreHost): void {
  const pages = new WeakMap<WebContents, Page>()

  function introduce(contents: WebContents): void {
    const page = pages.get(contents) ?? { turn: 0, since: 0, backOff: createBackOff(200, 5_000, 10_000) }
    const turn = page.turn + 1
    pages.set(contents, Object.assign(page, { turn, since: Date.now() }))
    const { port1, port2 } = new MessageChannelMain()
    core.connect(port2, () => {
      setTimeout(
        () => {
          // Unless it asked by itself meanwhile, went away, or is no longer ours.
          if (page.turn !== turn || contents.isDestroyed() || !isOurPage(contents.mainFrame.url)) return
          introduce(contents)
        },
        page.backOff.next(Date.now() - page.since),
      )
    })
    contents.mainFrame.postMessage('launchpad:port', null, [port1])
  }

  ipcMain.on('launchpad:connect', (event) => {
    if (isTrusted(event)) introduce(event.sender)
  })
}
