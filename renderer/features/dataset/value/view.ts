import { create } from 'zustand'

export const views = ['rendered', 'text'] as const
export type View = (typeof views)[number]

/** How texts are shown, for as long as the page is open. */
export const useView = create<{ view: View; setView(view: View): void }>((set) => ({
  view: 'rendered',
  setView: (view) => set({ view }),
}))
