import {
  Button,
  createTheme,
  ModalRoot,
  SegmentedControl,
  TextInput,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { useProjection } from '../stores/projection'

const accent: MantineColorsTuple = [
  '#ebeefc',
  '#d6dcf8',
  '#b0bcf2',
  '#8a9bee',
  '#6a80ea',
  '#4a66e3',
  '#3451d1',
  '#2a43b4',
  '#233893',
  '#1c2c72',
]

/** Mantine's own dark greys are neutral; these have the blue of the tokens. */
const dark: MantineColorsTuple = [
  '#eceef2',
  '#b4b9c3',
  '#969ca8',
  '#6d7380',
  '#3c4049',
  '#353941',
  '#202329',
  '#1a1c20',
  '#15171a',
  '#0e0f12',
]

const red: MantineColorsTuple = [
  '#fceae8',
  '#f8d3cf',
  '#f0a8a0',
  '#e67c71',
  '#d9564a',
  '#c63a2c',
  '#b02a1c',
  '#952216',
  '#7a1b11',
  '#60150d',
]

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  colors: { accent, dark, red },
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 8,
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'never',
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: false } },
    }),
    // The page itself does not scroll, and the scroll lock would add a style element without the nonce.
    ModalRoot: ModalRoot.extend({
      defaultProps: { radius: 12, lockScroll: false, transitionProps: { duration: 120 } },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'sm', radius: 8 } }),
  },
})

/** Mantine paints with our tokens, so one place decides the colours of both schemes. */
const shared = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-2)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--surface-2)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-primary-color-light': 'var(--accent-soft)',
  '--mantine-primary-color-light-color': 'var(--accent-text)',
  '--mantine-color-gray-light-color': 'var(--text-2)',
}

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })

const darkQuery = window.matchMedia('(prefers-color-scheme: dark)')

function onSystemChange(notify: () => void): () => void {
  darkQuery.addEventListener('change', notify)
  return () => darkQuery.removeEventListener('change', notify)
}

/** The scheme to paint: what the settings say, or what the system says. */
export function useScheme(): 'light' | 'dark' {
  const systemDark = useSyncExternalStore(onSystemChange, () => darkQuery.matches)
  const chosen = useProjection((store) => store.state?.settings.theme ?? 'system')
  if (chosen !== 'system') return chosen
  return systemDark ? 'dark' : 'light'
}
