import { app, dialog } from 'electron'
import { mkdirSync } from 'node:fs'
import { parseOptions, userDataFolder } from './options'
import { registerPageScheme } from './page/scheme'
import { guardEverything } from './security/guard'
import { startHost } from './host'

/** A folder that cannot be made is the core's to explain; the window then keeps its own in the default place. */
function useUserData(folder: string | null): void {
  if (folder === null) return
  try {
    mkdirSync(folder, { recursive: true })
    app.setPath('userData', folder)
  } catch {
    // Stays where Electron puts it.
  }
}

const options = parseOptions(process.argv.slice(1), process.cwd())
useUserData(userDataFolder(options))
if (app.requestSingleInstanceLock()) {
  // Whoever starts us with that switch (as root, or for tests) has decided; both at once would leave no process alive.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  registerPageScheme()
  guardEverything()
  app
    .whenReady()
    .then(() => startHost(options))
    .catch((thrown: unknown) => {
      dialog.showErrorBox('Verl Launchpad', thrown instanceof Error ? thrown.message : String(thrown))
      app.exit(1)
    })
} else {
  // The first one gets "second-instance" and shows its window.
  app.exit(0)
}
