import { contentSecurityPolicy, pageHeaders, withNonce } from '#contract/page-policy'
import type { Asset } from '#headless/assets'
import { isOurPage } from '../security/policies'

export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const nothing = (status: number): Answer => ({
  status,
  headers: { ...pageHeaders, 'content-type': 'text/plain' },
  body: Buffer.alloc(0),
})

/** What the page's own address answers: the same files, headers and content policy as the server gives to browsers. */
export function answer(
  assets: ReadonlyMap<string, Asset>,
  method: string,
  address: string,
  nonce: () => string,
): Answer {
  if (method !== 'GET' && method !== 'HEAD') return nothing(405)
  if (!isOurPage(address)) return nothing(404)
  const { pathname } = new URL(address)
  const isIndex = pathname === '/' || pathname === '/index.html'
  const asset = assets.get(isIndex ? '/index.html' : pathname)
  if (asset === undefined) return nothing(404)
  const headers = { ...pageHeaders, 'content-type': asset.type }
  if (!isIndex) return { status: 200, headers, body: asset.body }
  const fresh = nonce()
  return {
    status: 200,
    headers: { ...headers, 'cache-control': 'no-store', 'content-security-policy': contentSecurityPolicy(fresh) },
    body: Buffer.from(withNonce(asset.body.toString(), fresh)),
  }
}
