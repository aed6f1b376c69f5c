/** The same rule as the core's: empty, or a whole http(s) address. The core still has the last word. */
export function isAddress(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === '') return true
  try {
    const { protocol, hostname } = new URL(trimmed)
    return (protocol === 'http:' || protocol === 'https:') && hostname !== ''
  } catch {
    return false
  }
}

/** Empty, or a path from the root of the disk. */
export const isPath = (text: string): boolean => text.trim() === '' || /^(\/|[A-Za-z]:[\\/])/.test(text.trim())
