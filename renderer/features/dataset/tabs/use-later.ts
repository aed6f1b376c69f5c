import { useEffect, useState } from 'react'

/** The value once it has rested for `ms`; the first one at once. */
export function useLater<T>(value: T, ms: number): T {
  const [held, setHeld] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setHeld(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return held
}
