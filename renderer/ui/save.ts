export interface TextFile {
  name: string
  text: string
}

/** Long enough for any browser to have begun reading. */
const RELEASE_MS = 30_000

/** Hands a text to the browser as a file; where it goes is for the browser, and its user, to say. */
export function save({ name, text }: TextFile): void {
  saveBlob(name, new Blob([text], { type: 'application/octet-stream' }))
}

export function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), RELEASE_MS)
}
