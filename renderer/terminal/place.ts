import { create } from 'zustand'

/** A place in a log that somebody wants to see. */
interface Place {
  /** The run or job whose log it is. */
  id: string
  offset: number
  /** What stands there, to be marked. */
  text: string
}

/** The log that it belongs to goes there as soon as it is on the page. */
export const usePlace = create<{ place: Place | null }>(() => ({ place: null }))

/** A search marks one line; the beginning of a long one finds it as well. */
const MARKED = 60

export const showPlace = (id: string, offset: number, text: string): void =>
  usePlace.setState({ place: { id, offset, text: text.slice(0, MARKED) } })
