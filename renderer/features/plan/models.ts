import type { ModelFacts } from '#contract'
import { useEffect } from 'react'
import { create } from 'zustand'
import { client } from '../../api/session'
import { useConnection } from '../../stores/connection'

const useStore = create<{ models: ModelFacts[] }>(() => ({ models: [] }))

/** Models known by their id, smallest first. They do not change while the core runs. */
export function useModels(): ModelFacts[] {
  return useStore((store) => store.models)
}

/** Asks for them once there is a line; one that breaks meanwhile is asked again when it is back. */
export function useModelLoading(): void {
  const live = useConnection((store) => store.state === 'live')
  useEffect(() => {
    if (!live) return
    client()
      .plan.models()
      .then((models) => useStore.setState({ models }))
      .catch(() => undefined)
  }, [live])
}
