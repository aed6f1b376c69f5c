import { ORPCError } from '@orpc/client'
import type { AppErrorData, ErrorCode } from '#contract'
import { words } from '#contract/locales'

function isAppErrorData(value: unknown): value is AppErrorData {
  return typeof value === 'object' && value !== null && 'code' in value && 'params' in value
}

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(words.en.errors, code)

/** Whatever a call threw, as one of the core's own errors, so that there is one way to show it. */
export function toAppError(error: unknown): AppErrorData {
  if (error instanceof ORPCError && isAppErrorData(error.data)) return error.data
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    return { code: 'BAD_INPUT', params: { detail: firstIssue(error.data) ?? error.message } }
  }
  const detail = error instanceof Error ? error.message : String(error)
  return { code: 'INTERNAL', params: { detail } }
}

function firstIssue(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return null
  const issue: unknown = data.issues[0]
  if (typeof issue !== 'object' || issue === null || !('message' in issue)) return null
  return String(issue.message)
}
