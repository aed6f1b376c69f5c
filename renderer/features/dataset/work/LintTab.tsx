export function LintTab() {
  return null
}
