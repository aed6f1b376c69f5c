import { createContext, useContext } from 'react'

/** Opens the dataset anew, whichever tab notices that this is needed. `round` counts how often that was done. */
export const Reopen = createContext<{ round: number; again(): void }>({ round: 0, again: () => undefined })
export const useReopen = () => useContext(Reopen)
