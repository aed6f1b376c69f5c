import type { Page } from 'playwright-core'

/** Whatever a page complains about: thrown errors, refused content, warnings. A quiet page has an empty list. */
export function collectProblems(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      problems.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('requestfailed', (request) =>
    problems.push(`not loaded: ${request.url()} ${request.failure()?.errorText ?? ''}`),
  )
  return problems
}
