import { useEffect, useRef } from 'react'
import css from './value.module.css'

interface MathProps {
  tex: string
  display: boolean
}

/** A formula: its source first, and set as soon as KaTeX is here and has time. The source stays its name. */
export function Formula({ tex, display }: MathProps) {
  const box = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    // KaTeX owns what is inside; React must find nothing there that it made itself.
    const inner = document.createElement('span')
    inner.textContent = tex
    element.replaceChildren(inner)
    let drop: (() => void) | null = null
    let left = false
    import('./math')
      .then(({ setMath }) => {
        if (!left) drop = setMath(inner, tex, display)
      })
      .catch(() => undefined)
    return () => {
      left = true
      drop?.()
    }
  }, [tex, display])
  return <span ref={box} role="math" aria-label={tex} className={display ? css.display : css.formula} />
}
