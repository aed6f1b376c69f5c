/** A reward curve taking off from its pad. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#3451d1" />
      <path
        d="M7 22.5c4.6 0 5.6-3.4 7.4-7.6C16.1 11 18.2 8.5 25 8.5"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="25" cy="8.5" r="2.4" fill="#fff" />
      <path d="M7 26h18" stroke="#fff" strokeOpacity=".45" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
