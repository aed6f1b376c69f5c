import { Menu, nativeImage, Tray } from 'electron'
import type { HostWords } from '../words'

export interface TrayIcon {
  update(words: HostWords, trainings: number): void
  dispose(): void
}

/** The icon in the notification area; null where the system has no such place. */
export function createTray(icon: string, open: () => void, quit: () => void): TrayIcon | null {
  try {
    const image = nativeImage.createFromPath(icon)
    if (image.isEmpty()) return null
    const tray = new Tray(image)
    tray.on('click', open)
    return {
      update(words, trainings) {
        tray.setToolTip(trainings > 0 ? words.training : words.idle)
        tray.setContextMenu(
          Menu.buildFromTemplate([
            { label: words.open, click: open },
            { type: 'separator' },
            { label: words.quit, click: quit },
          ]),
        )
      },
      dispose: () => tray.destroy(),
    }
  } catch {
    return null
  }
}
