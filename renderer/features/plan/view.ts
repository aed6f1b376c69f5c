import { create } from 'zustand'
import type { Sieve } from './options'

interface View {
  sieve: Sieve
  /** The option that is to be brought into view; null when that is done. */
  wanted: string | null
}

const everything: Sieve = { text: '', differing: false }

export const useView = create<View>(() => ({ sieve: everything, wanted: null }))

export const sift = (patch: Partial<Sieve>): void =>
  useView.setState(({ sieve }) => ({ sieve: { ...sieve, ...patch } }))

export const showAll = (): void => useView.setState({ sieve: everything })

/** Brings an option into view, whatever is hidden now, and puts the focus into its value. */
export const revealOption = (key: string): void => useView.setState({ sieve: everything, wanted: key })

export const revealed = (): void => useView.setState({ wanted: null })
