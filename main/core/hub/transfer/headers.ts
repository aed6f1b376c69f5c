export type AnswerHeaders = Record<string, string | string[] | undefined>

export function header(headers: AnswerHeaders, name: string): string | null {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** RFC 9110, 14.4: "bytes 0-499/1234", and "*" for a length that is not known. null: there is none, or not of bytes. */
export function contentRange(headers: AnswerHeaders): { from: number; to: number; total: number | null } | null {
  const found = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header(headers, 'content-range')?.trim() ?? '')
  if (found === null) return null
  return { from: Number(found[1]), to: Number(found[2]) + 1, total: found[3] === '*' ? null : Number(found[3]) }
}

export function contentLength(headers: AnswerHeaders): number | null {
  const text = header(headers, 'content-length')
  return text !== null && /^\d+$/.test(text) ? Number(text) : null
}

/**
 * Seconds to wait before the next request, or null when nothing is said. `Retry-After` has seconds or a date
 * (RFC 9110, 10.2.3); huggingface.co says `RateLimit: "resolvers";r=0;t=55` (hub-docs/rate-limits.md), where
 * the window ends within that second: one more is waited.
 */
export function waitSeconds(headers: AnswerHeaders, now: number): number | null {
  const after = header(headers, 'retry-after')?.trim()
  if (after !== undefined && /^\d+$/.test(after)) return Number(after)
  const date = after === undefined ? NaN : Date.parse(after)
  if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - now) / 1000))
  const window = /;\s*t=(\d+)/.exec(header(headers, 'ratelimit') ?? '')?.[1]
  return window === undefined ? null : Number(window) + 1
}

/** A page in place of a file: a mirror's welcome, a hotel's login. */
export const isPage = (headers: AnswerHeaders, path: string): boolean =>
  /^text\/html\b/i.test(header(headers, 'content-type') ?? '') && !/\.x?html?$/i.test(path)
