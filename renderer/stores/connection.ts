import { create } from 'zustand'

/** "refused": the core answers and does not accept us; trying again by itself would not help. */
type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'refused'

interface ConnectionStore {
  state: ConnectionState
  set(state: ConnectionState): void
}

export const useConnection = create<ConnectionStore>((set) => ({
  state: 'connecting',
  set: (state) => set({ state }),
}))
