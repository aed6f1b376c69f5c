import type { Client, GuideStep, Settings } from '#contract'
import { create } from 'zustand'
import { client } from '../api/session'
import { useProjection } from './projection'

interface GuideStore {
  /** Left for now in this window; the core still holds the step, and the next opening comes back to it. */
  putOff: boolean
  setPutOff(putOff: boolean): void
}

export const useGuide = create<GuideStore>((set) => ({
  putOff: false,
  setPutOff: (putOff) => set({ putOff }),
}))

export const goToStep = (core: Client, step: GuideStep) => core.settings.update({ guide: { step, finished: false } })

export const finishGuide = (core: Client) => core.settings.update({ guide: { step: 'done', finished: true } })

/**
 * Settings live in the data folder, so a new folder starts with none. Whoever chose it in the middle of the
 * guide expects to go on from there, with the language and network just set.
 */
export function carrySettingsTo(root: string, settings: Settings, step: GuideStep): () => void {
  const { language, theme, network } = settings
  const stop = useProjection.subscribe(({ state }) => {
    if (state === null || state.info.root !== root) return
    stop()
    const fresh = !state.settings.guide.finished && state.settings.guide.step === 'welcome'
    if (!fresh) return
    // The snapshot is delivered while the connection is being set up; the update goes out right after.
    queueMicrotask(() => {
      void client()
        .settings.update({ language, theme, network, guide: { step, finished: false } })
        .catch(() => undefined)
    })
  })
  return stop
}
