import {
  preflightAreas,
  preflightReasons,
  type PlanRequest,
  type PreflightArea,
  type PreflightFinding,
  type PreflightReason,
  type PreflightReport,
} from '#contract'

const order: PreflightFinding['severity'][] = ['error', 'warning', 'info']

export interface AreaGroup {
  area: PreflightArea
  state: 'passed' | 'failed' | 'skipped' | 'waiting'
  /** Why it was not looked at. */
  reason: PreflightReason | null
  findings: PreflightFinding[]
}

/** Every area in its order, with what was found in it; what weighs most first. */
export const groupsOf = ({ areas, findings }: PreflightReport): AreaGroup[] =>
  preflightAreas.map((area) => {
    const looked = areas.find((one) => one.area === area)
    return {
      area,
      state: looked?.state ?? 'waiting',
      reason: preflightReasons.find((one) => one === looked?.params['reason']) ?? null,
      findings: order.flatMap((severity) =>
        findings.filter((finding) => finding.area === area && finding.severity === severity),
      ),
    }
  })

/** The area that is being looked at: one is counted as done after the other. null: nobody knows. */
export function areaAt(progress: { done: number; total: number | null } | null): PreflightArea | null {
  return progress?.total === preflightAreas.length ? (preflightAreas[progress.done] ?? null) : null
}

export const countOf = (report: PreflightReport, severity: PreflightFinding['severity']): number =>
  report.findings.filter((finding) => finding.severity === severity).length

/** The plan with what a finding proposes; null: it is not for a button. */
export function mended({ changes, ...plan }: PlanRequest, { remedy }: PreflightFinding): PlanRequest | null {
  if (remedy === null || remedy.key === null) return null
  if (remedy.change === 'set' && remedy.value !== null)
    return { ...plan, changes: { ...changes, [remedy.key]: remedy.value } }
  if (remedy.change !== 'remove' || !(remedy.key in changes)) return null
  const { [remedy.key]: _gone, ...rest } = changes
  return { ...plan, changes: rest }
}
