import type { NetworkProfile } from './profile'
export interface PipConfig {
  indexUrl: string | null
  extraIndexUrls: string[]
  findLinks: string[]
  cert: string | null
}
export function parsePipConfig(text: string): PipConfig {
  const get = (key: string) =>
    [...text.matchAll(new RegExp(`^[^\\s]*\\.${key}='(.*)'$`, 'gm'))]
      .flatMap((m) => (m[1] ?? '').split(/\s+/))
      .filter(Boolean)
  return {
    indexUrl: get('index-url')[0] ?? null,
    extraIndexUrls: [...new Set(get('extra-index-url'))],
    findLinks: [...new Set(get('find-links'))],
    cert: null,
  }
}
export function uvIndexArguments(config: PipConfig, profile: Pick<NetworkProfile, 'packageIndex'>): string[] {
  const main = profile.packageIndex() ?? config.indexUrl
  return [
    ...(main === null ? [] : ['--default-index', main]),
    ...config.extraIndexUrls.flatMap((u) => ['--extra-index-url', u]),
    ...config.findLinks.flatMap((u) => ['--find-links', u]),
    '--index-strategy',
    'unsafe-best-match',
  ]
}
