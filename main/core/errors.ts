import type { AppErrorData, ErrorCode, Params } from '#contract'

/** A failure with a code from the contract; anything else that is thrown becomes INTERNAL at the border. */
export class AppError extends Error {
  readonly data: AppErrorData

  constructor(code: ErrorCode, params: Params = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(params)}`, { cause })
    this.name = 'AppError'
    this.data = { code, params }
  }
}

/** What is known of any thrown value, as an error of the contract. An abort is a wish, not a fault. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'CancelError')) {
    return new AppError('CANCELLED', {}, thrown)
  }
  if (errnoOf(thrown) === 'ENOSPC')
    return new AppError('DISK_FULL', { path: pathOf(thrown), neededBytes: 0, freeBytes: 0 }, thrown)
  return new AppError('INTERNAL', { detail: thrown instanceof Error ? thrown.message : String(thrown) }, thrown)
}

/** The `code` of a Node system error ("ENOENT"), or undefined. */
export function errnoOf(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : undefined
}

function pathOf(thrown: unknown): string {
  const path = typeof thrown === 'object' && thrown !== null && 'path' in thrown ? thrown.path : undefined
  return typeof path === 'string' ? path : '?'
}
