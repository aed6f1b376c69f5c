/** What a text must not carry out of this machine, beside what can be told by its form. */
export interface Private {
  home: string
  user: string
  host: string
}

/**
 * By their form: tokens of hubs and services, keys, passwords in addresses and variables, mail addresses, addresses of
 * machines. Each has an end to how far it looks: a log may be one line of megabytes, and time would grow with its square.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  [/\b(?:hf_|ghp_|gho_|github_pat_|glpat-|sk-|xox[abp]-|AKIA|ms-)[A-Za-z0-9_-]{12,}\b/g, '<secret>'],
  [/\b[a-f0-9]{40}\b(?=\s*$|["'\s])/g, '<hex>'],
  [/\beyJ[\w-]{10,4000}\.[\w-]{10,4000}\.[\w-]{0,4000}/g, '<secret>'],
  [/((?:bearer|basic)\s+)[\w.+/=-]{8,}/gi, '$1<secret>'],
  [
    /((?:token|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|authorization)["']?\s*[=:]\s*["']?)[^\s"',;&]{4,}/gi,
    '$1<secret>',
  ],
  [/(\w{1,20}:\/\/)[^\s/@:]{1,200}:[^\s/@]{1,500}@/g, '$1<secret>@'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '<mail>'],
  [/\b(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}\b(?!\.\d)/g, '<address>'],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '<secret>'],
]

/** The text without secrets, mail addresses, the home folder, the user's and the machine's name. */
export function redact(text: string, { home, user, host }: Private): string {
  let out = home.length > 1 ? text.replaceAll(home, '~') : text
  out = out.replaceAll(/\/(?:home|Users)\/[^/\s'":]+/g, '~').replaceAll(/[A-Z]:\\Users\\[^\\\s'":]+/g, '~')
  for (const [pattern, instead] of rules) out = out.replaceAll(pattern, instead)
  for (const [name, instead] of [
    [user, '<user>'],
    [host, '<host>'],
  ] as const)
    // Names that are words of any log ("root", "vm") would tear it apart.
    if (name.length >= 4 && name !== 'root' && name !== 'localhost')
      out = out.replaceAll(new RegExp(`(?<![\\w-])${name.replaceAll(/[^\w]/g, '\\$&')}(?![\\w-])`, 'g'), instead)
  return out
}
