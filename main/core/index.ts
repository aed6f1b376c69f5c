/** What a door needs: open the core, attach lines to it, nothing more. */
export { webSocketChannel, type Channel } from './door/channel'
export { openDoor, type Door, type DoorOptions } from './door/open'
export type { SecretStore } from './hub/secret-file'
export { AppError, toAppError } from './errors'
export { readScript } from './preflight/command'
export { bytes, createSay, type Say } from './report/say'
