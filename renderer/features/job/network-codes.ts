import type { ErrorCode } from '#contract'

/** Failures that a proxy or a mirror may cure. */
export const networkCodes: ReadonlySet<ErrorCode> = new Set([
  'NETWORK_UNREACHABLE',
  'TLS_INTERCEPTED',
  'PROXY_REFUSED',
  'CA_FILE_BAD',
  'FILE_NOT_OFFERED',
  'PACKAGES_UNRESOLVED',
  'DIGEST_MISMATCH',
])
