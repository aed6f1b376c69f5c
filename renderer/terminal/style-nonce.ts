import { nonce } from '../app/nonce'

/**
 * xterm puts its colours and cell sizes into style elements that it makes while it opens, and the content security
 * policy lets only elements with the page's nonce through. Its `documentOverride` does not reach the viewport's
 * element (6.0.0 reads the window's document there), so the elements made during `open` are given the nonce.
 */
export function withStyleNonce(open: () => void): void {
  const plain = document.createElement.bind(document)
  const withNonce = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = plain(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
  // An own property hides the prototype's method, and deleting it brings that back.
  Object.defineProperty(document, 'createElement', { value: withNonce, configurable: true })
  try {
    open()
  } finally {
    Reflect.deleteProperty(document, 'createElement')
  }
}
