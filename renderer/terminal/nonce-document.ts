import { nonce } from '../app/nonce'

/**
 * xterm writes its colours and cell sizes into style elements of its own. The content security policy lets only
 * elements with the page's nonce through, so xterm gets a view of the document that adds it.
 */
export function documentWithNonce(real: Document): Document {
  return new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (key === 'createElement') return createElement
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  })
}

function createElement(name: string, options?: ElementCreationOptions): HTMLElement {
  const element = document.createElement(name, options)
  if (element instanceof HTMLStyleElement) element.nonce = nonce
  return element
}
