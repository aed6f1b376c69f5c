import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hubServices, type HubService, type TokenView } from '#contract'
import { AppError, errnoOf } from '../errors'
import { withoutSecrets } from '../net/proxy'
import type { SecretStore } from './secret-file'

export interface Tokens {
  /** What goes with a request; null: none. Held in memory, so that each request can ask. */
  current(service: HubService): string | null
  view(): TokenView[]
  /** null: forgotten. Errors: TOKEN_FIXED (service), TOKEN_NOT_KEPT (detail), BAD_INPUT (no token at all). */
  set(service: HubService, token: string | null): Promise<TokenView[]>
  /** A text of others without any token that is known here. */
  redact(text: string): string
}

interface Known {
  token: string
  kept: Exclude<TokenView['kept'], 'none'>
  /** Given from outside: not ours to change. */
  fixed: boolean
}

/**
 * Tokens of the services, the first of: the environment, our own store, the file that `hf auth login` wrote. A store
 * that cannot be read counts as empty.
 */
export async function createTokens(options: { store: SecretStore; environment?: NodeJS.ProcessEnv }): Promise<Tokens> {
  const { store, environment = process.env } = options
  const stored = new Map<HubService, string>()
  for (const service of hubServices) {
    const token = cleaned(await store.read(`token.${service}`).catch(() => null))
    if (token !== null) stored.set(service, token)
  }
  /** Every one that was ever known: an old one must not come out of a log either. */
  const seen = new Set<string>()

  function find(service: HubService): Known | null {
    const found = given(service, environment) ?? own(service) ?? foreign(service, environment)
    if (found !== null) seen.add(found.token)
    return found
  }
  function own(service: HubService): Known | null {
    const token = stored.get(service)
    return token === undefined ? null : { token, kept: store.kind, fixed: false }
  }
  const view = () => hubServices.map((service) => ({ service, kept: find(service)?.kept ?? ('none' as const) }))

  return {
    current: (service) => find(service)?.token ?? null,
    view,
    async set(service, text) {
      if (given(service, environment) !== null) throw new AppError('TOKEN_FIXED', { service })
      // What another program wrote is its own to delete; a token of ours goes before it.
      if (text === null && !stored.has(service) && find(service)?.fixed === true) {
        throw new AppError('TOKEN_FIXED', { service })
      }
      const token = cleaned(text)
      // The text itself is never part of an error.
      if (text !== null && token === null) throw new AppError('BAD_INPUT', { detail: 'token' })
      try {
        await store.write(`token.${service}`, token)
      } catch (thrown) {
        const detail = errnoOf(thrown) ?? (thrown instanceof Error ? thrown.message : 'unknown')
        throw new AppError('TOKEN_NOT_KEPT', { detail: token === null ? detail : detail.replaceAll(token, '***') })
      }
      if (token === null) stored.delete(service)
      else stored.set(service, token)
      return view()
    },
    redact(text) {
      for (const service of hubServices) find(service)
      const known = [...seen, ...stored.values()].sort((a, b) => b.length - a.length)
      return known.reduce((left, token) => left.replaceAll(token, '***'), withoutSecrets(text))
    },
  }
}

const variables: Record<HubService, string[]> = {
  huggingface: ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'],
  modelscope: ['MODELSCOPE_API_TOKEN'],
}

function given(service: HubService, environment: NodeJS.ProcessEnv): Known | null {
  if (service === 'huggingface' && isTrue(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'])) return null
  for (const name of variables[service]) {
    const token = cleaned(environment[name] ?? null)
    if (token !== null) return { token, kept: 'environment', fixed: true }
  }
  return null
}

/** As huggingface_hub finds it (constants.py HF_TOKEN_PATH; utils/_auth.py). Read each time: people log in and out. */
function foreign(service: HubService, environment: NodeJS.ProcessEnv): Known | null {
  if (service !== 'huggingface' || isTrue(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'])) return null
  const home = environment['HOME'] ?? homedir()
  const cache = environment['XDG_CACHE_HOME'] || join(home, '.cache')
  const folder = environment['HF_HOME'] || join(cache, 'huggingface')
  const file = environment['HF_TOKEN_PATH'] || join(folder, 'token')
  try {
    const token = cleaned(readFileSync(file.replace(/^~(?=\/|$)/, home), 'utf8'))
    return token === null ? null : { token, kept: 'file', fixed: true }
  } catch {
    return null
  }
}

const isTrue = (value: string | undefined) => /^(1|on|yes|true)$/i.test(value ?? '')

/** Pasted with what is around it. null: that is no token; a line break in a header would be a second header. */
function cleaned(text: string | null): string | null {
  const token = text?.replaceAll(/^[\s"']+|[\s"']+$/g, '') ?? ''
  return /^[\x21-\x7e]+$/.test(token) && !/[;,]/.test(token) ? token : null
}
