export function RewardTab() {
  return null
}
