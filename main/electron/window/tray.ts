import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron'
import type { TrainingNews } from '../core/messages'
import { tooltip, trainingLine } from '../desktop/decide'
import type { HostWords } from '../words'

export interface TrayIcon {
  update(words: HostWords, trainings: TrainingNews[]): void
  dispose(): void
}

export interface TrayActions {
  open: () => void
  openRun: (id: string) => void
  stop: (training: TrainingNews, mode: 'checkpoint' | 'staged') => void
  quit: () => void
}

/** The icon in the notification area; null where the system has no such place. */
export function createTray(icon: string, actions: TrayActions): TrayIcon | null {
  try {
    const image = nativeImage.createFromPath(icon)
    if (image.isEmpty()) return null
    const tray = new Tray(image)
    tray.on('click', actions.open)
    let last = ''
    return {
      update(words, trainings) {
        // A menu that is set anew closes under the pointer on some desktops.
        const next = JSON.stringify([words.open, trainings])
        if (next === last) return
        last = next
        tray.setToolTip(tooltip(trainings, words))
        tray.setContextMenu(Menu.buildFromTemplate(menuOf(words, trainings, actions)))
      },
      dispose: () => tray.destroy(),
    }
  } catch {
    return null
  }
}

function menuOf(
  words: HostWords,
  trainings: TrainingNews[],
  { open, openRun, stop, quit }: TrayActions,
): MenuItemConstructorOptions[] {
  const line: MenuItemConstructorOptions = { type: 'separator' }
  const runs = trainings.map((training) => ({
    label: trainingLine(training, words),
    submenu: [
      { label: words.look, click: () => openRun(training.id) },
      {
        label: words.stopAtCheckpoint,
        enabled: !training.stopping,
        click: () => stop(training, 'checkpoint'),
      },
      { label: words.stop, click: () => stop(training, 'staged') },
    ],
  }))
  return [
    ...runs,
    ...(runs.length === 0 ? [] : [line]),
    { label: words.open, click: open },
    line,
    { label: words.quit, click: quit },
  ]
}
