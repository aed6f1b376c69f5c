/**
 * One id per press, so that the core makes one job of a double click.
 * `crypto.randomUUID` exists in secure contexts only, and a tunnelled address may not be one.
 */
export function requestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
