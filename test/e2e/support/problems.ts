import type { Page } from 'playwright-core'

/** Whatever a page complains about: thrown errors, refused content, warnings. A quiet page has an empty list. */
export function collectProblems(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      problems.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    // A page that is left or reloaded cuts off what it was still fetching ahead; nothing was missing.
    if (why !== 'net::ERR_ABORTED') problems.push(`not loaded: ${request.url()} ${why}`)
  })
  return problems
}
