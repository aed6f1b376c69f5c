import { create } from 'zustand'
import { parseRecent, withRecent, type Recent } from './refs'

const KEY = 'launchpad.data.recent'

/** A browser may refuse to keep anything; then the list lasts as long as the page. */
function read(): Recent[] {
  try {
    return parseRecent(localStorage.getItem(KEY))
  } catch {
    return []
  }
}

function write(list: Recent[]): void {
  useRecent.setState({ list })
  try {
    localStorage.setItem(KEY, JSON.stringify(list))
  } catch {
    // full or forbidden
  }
}

export const useRecent = create<{ list: Recent[] }>(() => ({ list: read() }))
export const remember = (entry: Recent): void => write(withRecent(useRecent.getState().list, entry))
export const forgetAll = (): void => write([])
