import { MantineProvider } from '@mantine/core'
import { useEffect } from 'react'
import { Guide } from '../features/guide/Guide'
import { resolveLanguage, showLanguage } from '../i18n'
import { useConnection } from '../stores/connection'
import { useGuide } from '../stores/guide'
import { useProjection } from '../stores/projection'
import { Fault } from './Fault'
import { Refused, Waiting } from './Gate'
import { nonce } from './nonce'
import { Shell } from './Shell'
import { cssVariables, theme, useScheme } from './theme'

function useSettingsLanguage(): void {
  const chosen = useProjection((store) => store.state?.settings.language)
  useEffect(() => {
    void showLanguage(resolveLanguage(chosen ?? null))
  }, [chosen])
}

function Content() {
  const known = useProjection((store) => store.state !== null)
  const refused = useConnection((store) => store.state === 'refused')
  const inGuide = useProjection((store) => store.state !== null && !store.state.settings.guide.finished)
  const putOff = useGuide((store) => store.putOff)
  if (refused) return <Refused />
  if (!known) return <Waiting />
  return inGuide && !putOff ? <Guide /> : <Shell />
}

export function App() {
  const scheme = useScheme()
  useSettingsLanguage()
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={scheme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
    >
      <Fault>
        <Content />
      </Fault>
    </MantineProvider>
  )
}
