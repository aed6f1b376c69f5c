import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { GuideStep } from '#contract'
import { useTranslation } from 'react-i18next'
import { Logo } from '../../app/Logo'
import { ConnectionDot } from '../../app/Connection'
import { useGuide } from '../../stores/guide'
import { useCore } from '../../stores/projection'
import { Done, Machine, PracticeStep, Root, Welcome } from './steps'
import { guideOrder } from './order'
import css from './guide.module.css'

function Steps({ step }: { step: GuideStep }) {
  const { t } = useTranslation()
  const at = guideOrder.indexOf(step)
  return (
    <ol className={css.steps} aria-label={t('guide.title')}>
      {guideOrder.map((name, index) => {
        const state = index < at ? 'past' : index === at ? 'here' : 'ahead'
        return (
          <li key={name} data-state={state} aria-current={state === 'here' ? 'step' : undefined}>
            <span className={css.dot}>
              {state === 'past' ? <IconCheck size={13} stroke={2.6} aria-hidden /> : index + 1}
            </span>
            <span className={css.stepName}>{t(`guide.steps.${name}`)}</span>
          </li>
        )
      })}
    </ol>
  )
}

const screens: Record<GuideStep, () => React.JSX.Element> = {
  welcome: Welcome,
  root: Root,
  machine: Machine,
  practice: PracticeStep,
  done: Done,
}

/** The first run. The step is in the core's settings, so closing at any point comes back to the same place. */
export function Guide() {
  const { t } = useTranslation()
  const step = useCore((state) => state.settings.guide.step)
  const setPutOff = useGuide((store) => store.setPutOff)
  const Screen = screens[step]
  return (
    <div className={css.guide} data-testid="guide-step" data-step={step}>
      <header className={css.head}>
        <div className={css.brand}>
          <Logo size={28} />
          <span>{t('app.name')}</span>
        </div>
        <Steps step={step} />
        <div className={css.headEnd}>
          <ConnectionDot />
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setPutOff(true)}>
            {t('guide.later')}
          </Button>
        </div>
      </header>
      <main className={css.main}>
        <Screen key={step} />
      </main>
    </div>
  )
}
