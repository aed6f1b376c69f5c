import type { ErrorCode } from '#contract'

/** Failures that a proxy or a mirror may cure. */
export const networkCodes: ReadonlySet<ErrorCode> = new Set([
  'NETWORK_UNREACHABLE',
  'TLS_INTERCEPTED',
  'PROXY_REFUSED',
  'PACKAGES_UNRESOLVED',
  'DIGEST_MISMATCH',
])
