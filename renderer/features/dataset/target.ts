import { useEffect, useState } from 'react'
import { create } from 'zustand'
import type { DataRef } from '#contract'
import { show } from './go'

export interface Target {
  row: number
  /** Only into sight, not to the top. */
  near?: boolean
}

/** A row that another tab points at; the rows take it up when they are shown. */
const useWaiting = create<{ row: number | null }>(() => ({ row: null }))

/** Goes to the rows of `data`, and there to a row, by its index in the files. */
export function showRow(data: DataRef, row: number): void {
  useWaiting.setState({ row })
  show(data, 'rows')
}

export function useTarget(): [Target | null, (target: Target | null) => void] {
  const [target, setTarget] = useState<Target | null>(() => {
    const { row } = useWaiting.getState()
    return row === null ? null : { row }
  })
  useEffect(() => useWaiting.setState({ row: null }), [])
  return [target, setTarget]
}
