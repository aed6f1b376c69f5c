import { Button } from '@mantine/core'
import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../stores/connection'
import { useGuide } from '../stores/guide'
import { useCore } from '../stores/projection'
import css from './app.module.css'

/** Always visible: whether what the page shows is live. */
export function ConnectionDot() {
  const { t } = useTranslation()
  const state = useConnection((store) => store.state)
  const Shape = state === 'live' ? IconPlugConnected : IconPlugConnectedX
  return (
    <p className={css.connection} role="status" data-testid="connection-state" data-state={state}>
      <Shape size={16} stroke={1.8} aria-hidden />
      <span>{t(`connection.${state}`)}</span>
    </p>
  )
}

/** What has to be said above any screen: a lost line, or first steps that were put off. */
export function Banner() {
  const { t } = useTranslation()
  const lost = useConnection((store) => store.state === 'reconnecting')
  const unfinished = useCore((state) => !state.settings.guide.finished)
  const setPutOff = useGuide((store) => store.setPutOff)
  return (
    <>
      {lost && (
        <div className={css.banner} data-tone="warn" role="status">
          <IconPlugConnectedX size={18} stroke={1.8} aria-hidden />
          <p>
            <strong>{t('connection.lostTitle')}</strong> {t('connection.lostText')}
          </p>
        </div>
      )}
      {unfinished && (
        <div className={css.banner}>
          <p>{t('guide.resume')}</p>
          <Button size="compact-sm" variant="default" onClick={() => setPutOff(false)}>
            {t('guide.resumeAction')}
          </Button>
        </div>
      )}
    </>
  )
}
