import type { Finding } from '#contract'

const order = ['error', 'warning', 'info'] as const

/** What weighs most first; groups without a finding are left out. */
export const bySeverity = <One extends Finding>(findings: One[]) =>
  order
    .map((severity) => ({ severity, findings: findings.filter((one) => one.severity === severity) }))
    .filter((group) => group.findings.length > 0)
