import { Loader } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from './Logo'
import css from './app.module.css'

const PATIENCE_MS = 6000

/** Before the first snapshot. Nothing blinks when it comes quickly. */
export function Waiting() {
  const { t } = useTranslation()
  const [phase, setPhase] = useState<'quiet' | 'said' | 'long'>('quiet')
  useEffect(() => {
    const said = setTimeout(() => setPhase('said'), 400)
    const long = setTimeout(() => setPhase('long'), PATIENCE_MS)
    return () => {
      clearTimeout(said)
      clearTimeout(long)
    }
  }, [])
  return (
    <main className={css.gate} data-testid="connection-state" data-state="connecting">
      <h1 className="hidden-visually">{t('app.name')}</h1>
      {phase !== 'quiet' && (
        <div className={css.gateCard} role="status">
          <Logo size={44} />
          <Loader size="sm" type="dots" aria-hidden />
          <p>{phase === 'long' ? t('connection.waitingLong') : t('connection.waiting')}</p>
        </div>
      )}
    </main>
  )
}

export function Refused() {
  const { t } = useTranslation()
  return (
    <main className={css.gate} data-testid="connection-state" data-state="refused">
      <div className={css.gateCard}>
        <IconKey size={40} stroke={1.4} aria-hidden />
        <h1>{t('connection.refusedTitle')}</h1>
        <p>{t('connection.refusedText')}</p>
        <code className={css.example}>{`${location.origin}${location.pathname}#token=…`}</code>
        <p className={css.quiet}>{t('connection.refusedHint')}</p>
      </div>
    </main>
  )
}
