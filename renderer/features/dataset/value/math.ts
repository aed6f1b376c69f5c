import katex from 'katex'
import 'katex/dist/katex.min.css'

interface Waiting {
  element: HTMLElement
  tex: string
  display: boolean
}

const SLICE_MS = 8
const waiting = new Set<Waiting>()
let running = false

/** A few formulas at a time, so that a page of them holds up nothing. */
function work(): void {
  const until = performance.now() + SLICE_MS
  for (const one of waiting) {
    waiting.delete(one)
    set(one)
    if (performance.now() > until) break
  }
  running = waiting.size > 0
  if (running) setTimeout(work)
}

/** As DOM nodes; what KaTeX cannot read stays the text it was. */
function set({ element, tex, display }: Waiting): void {
  try {
    katex.render(tex, element, {
      displayMode: display,
      output: 'html',
      throwOnError: true,
      trust: false,
      strict: 'ignore',
      maxExpand: 400,
      maxSize: 40,
    })
    element.dataset['set'] = 'true'
  } catch {
    element.textContent = tex
  }
}

/** Sets a formula into `element` when there is time; the answer takes it back. */
export function setMath(element: HTMLElement, tex: string, display: boolean): () => void {
  const one = { element, tex, display }
  waiting.add(one)
  if (!running) {
    running = true
    setTimeout(work)
  }
  return () => void waiting.delete(one)
}
