import type { RepoKind } from '#contract'
import { AppError } from '../../errors'
import { explainThrown, HttpStatusError, troubleError } from '../../net/trouble'
import type { RefusedAnswer } from '../types'
import { header } from '../transfer/headers'
import { rateLimited } from './client'

/** What was asked for when a hub refused. */
export interface Asked {
  kind: RepoKind
  id: string
  revision: string
  /** null: the repository itself. */
  file: string | null
  endpoint: string
  /** Where people ask for access. */
  page: string
  /** Whether a token went with the request. */
  token: boolean
  /** Whether the hub said before that files need access; null: nothing is known. */
  gated: boolean | null
}

/** What a refusal of Hugging Face's protocol means (huggingface_hub, hf_raise_for_status; measured.md A1, A4). */
export function explainRefusal(asked: Asked, answer: RefusedAnswer): AppError {
  const { id, endpoint } = asked
  const { status, headers } = answer
  // A storage host after a redirection: its words are not the hub's.
  if (new URL(answer.url).host !== new URL(endpoint).host) return explainStatus(answer)
  const message = header(headers, 'x-error-message') ?? errorIn(answer.body)
  if (status === 429) return rateLimited(endpoint, headers)
  if (status === 408 || status >= 500 || status === 407) return explainStatus(answer)
  if (message === 'Access to this resource is disabled.' || status === 451) return new AppError('HUB_DISABLED', { id })
  const coded = byCode(asked, header(headers, 'x-error-code'))
  if (coded !== null) return coded
  // Only a bad token is answered so; without one the same status stands for "private, gated or missing".
  if (status === 401 && /Invalid credentials/i.test(message ?? '')) return new AppError('HUB_TOKEN_BAD', { endpoint })
  if (status === 401) return asked.gated === true ? gated(asked) : new AppError('HUB_NOT_FOUND', { id, endpoint })
  if (status === 403 && message === null) {
    return new AppError('HUB_BLOCKED', { endpoint, file: asked.file ?? id })
  }
  if (status === 403 && asked.gated === true) return gated(asked)
  if (status === 403) return new AppError('HUB_FORBIDDEN', { id, endpoint, detail: (message ?? '').slice(0, 300) })
  if ((status === 404 || status === 410) && asked.file !== null) {
    return new AppError('HUB_FILE_MISSING', { id, file: asked.file })
  }
  if (status === 404 || status === 410) return new AppError('HUB_NOT_FOUND', { id, endpoint })
  return new AppError('HUB_NOT_A_HUB', { endpoint, detail: `HTTP ${status}` })
}

function byCode(asked: Asked, code: string | null): AppError | null {
  const { id, endpoint, revision } = asked
  if (code === 'GatedRepo') return gated(asked)
  if (code === 'RepoNotFound') return new AppError('HUB_NOT_FOUND', { id, endpoint })
  if (code === 'RevisionNotFound') return new AppError('HUB_REVISION_MISSING', { id, revision })
  if (code === 'EntryNotFound') return new AppError('HUB_FILE_MISSING', { id, file: asked.file ?? '?' })
  return null
}

const gated = ({ token, id, page }: Asked) => new AppError(token ? 'HUB_GATED_PENDING' : 'HUB_GATED', { id, page })

function explainStatus({ status, url }: RefusedAnswer): AppError {
  const thrown = new HttpStatusError(status, url)
  const trouble = explainThrown(thrown, url, null)
  return trouble === null ? new AppError('INTERNAL', { detail: thrown.message }, thrown) : troubleError(trouble, thrown)
}

/** {"error": "..."}, as the API answers where it sends no header. */
function errorIn(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body)
    const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : null
    return typeof error === 'string' && error !== '' ? error : null
  } catch {
    return null
  }
}
