import { contextBridge, ipcRenderer } from 'electron'

// A page cannot be handed a port through the bridge; a message of its own window can carry one.
ipcRenderer.on('launchpad:port', ({ ports }) => {
  window.postMessage({ type: 'launchpad:port' }, location.origin, [...ports])
})

/** All that the page gets of this machine: a line to the core, and a native folder dialog. */
contextBridge.exposeInMainWorld('launchpad', {
  platform: process.platform,
  connect: () => ipcRenderer.send('launchpad:connect'),
  pickFolder: () => ipcRenderer.invoke('launchpad:pick-folder'),
})
