/**
 * Content policy of the page, the same behind every door. Scripts and styles come from our own files;
 * styles that libraries make at run time (xterm, Mantine) carry the nonce of this very page.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Headers of every answer that carries a part of the page. */
export const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** index.html with its nonce in place. */
export const withNonce = (html: string, nonce: string) => html.replaceAll('__NONCE__', nonce)
