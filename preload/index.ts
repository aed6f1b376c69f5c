import { contextBridge, ipcRenderer, webUtils } from 'electron'

// A page cannot be handed a port through the bridge; a message of its own window can carry one.
ipcRenderer.on('launchpad:port', ({ ports }) => {
  window.postMessage({ type: 'launchpad:port' }, location.origin, [...ports])
})

/** Electron before 29 has no webUtils; there the page reads it from the file itself. */
const pathOf = (file: File): string => (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? ''

/** All that the page gets of this machine: a line to the core, native dialogs, and where a file that was dropped lies. */
contextBridge.exposeInMainWorld('launchpad', {
  platform: process.platform,
  connect: () => ipcRenderer.send('launchpad:connect'),
  pickFolder: () => ipcRenderer.invoke('launchpad:pick-folder'),
  pickFiles: () => ipcRenderer.invoke('launchpad:pick-files'),
  pathOf,
  servers: () => ipcRenderer.invoke('launchpad:servers'),
  connectServer: (request: unknown) => ipcRenderer.invoke('launchpad:server-connect', request),
  forgetServer: (name: string) => ipcRenderer.invoke('launchpad:server-forget', name),
})
