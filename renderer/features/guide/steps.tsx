import { Button, Skeleton } from '@mantine/core'
import { IconFolder, IconInfinity, IconRestore, type Icon } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { finishGuide } from '../../stores/guide'
import { latestPractice, useCore } from '../../stores/projection'
import { go } from '../../stores/route'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { Practice } from '../practice/Practice'
import { LanguagePicker } from '../settings/LanguagePicker'
import { ServerOffer } from '../server/Servers'
import { RootFolder } from '../settings/RootFolder'
import { Frame } from './Frame'
import css from './guide.module.css'

const MachineReport = lazy(async () => ({ default: (await import('../machine/MachineReport')).MachineReport }))

const points = ['folder', 'alive', 'resume'] as const
const icons: Record<(typeof points)[number], Icon> = { folder: IconFolder, alive: IconInfinity, resume: IconRestore }

export function Welcome() {
  const { t } = useTranslation()
  return (
    <Frame
      step="welcome"
      title={t('guide.welcome.title')}
      text={t('guide.welcome.text')}
      forward={t('guide.welcome.start')}
    >
      <ul className={css.points}>
        {points.map((point) => {
          const Shape = icons[point]
          return (
            <li key={point}>
              <Shape size={22} stroke={1.6} aria-hidden />
              <h2>{t(`guide.welcome.points.${point}.title`)}</h2>
              <p>{t(`guide.welcome.points.${point}.text`)}</p>
            </li>
          )
        })}
      </ul>
      <div className={css.language}>
        <p>{t('guide.welcome.language')}</p>
        <LanguagePicker />
      </div>
    </Frame>
  )
}

export function Root() {
  const { t } = useTranslation()
  const [choosing, setChoosing] = useState(false)
  return (
    <Frame
      step="root"
      title={t('guide.root.title')}
      text={t('guide.root.text')}
      forward={t('guide.root.keep')}
      quiet={choosing}
    >
      <Panel>
        <RootFolder inGuide onChoosing={setChoosing} />
      </Panel>
    </Frame>
  )
}

export function Machine() {
  const { t } = useTranslation()
  const machine = useCore((state) => state.machine)
  const measure = useCommand((core) => core.machine.measure())
  const { run } = measure
  const missing = machine === null
  useEffect(() => {
    if (missing) void run()
  }, [missing, run])
  return (
    <Frame
      step="machine"
      wide
      title={t('guide.machine.title')}
      text={machine === null ? t('machine.notMeasuredText') : t('guide.machine.text')}
      forward={t('common.next')}
    >
      <ErrorNotice error={measure.error} />
      {machine !== null && (machine.gpus.state !== 'found' || machine.gpus.value.length === 0) && <ServerOffer />}
      {machine === null ? (
        <Measuring />
      ) : (
        <Suspense fallback={<Measuring />}>
          <MachineReport machine={machine} />
        </Suspense>
      )}
    </Frame>
  )
}

function Measuring() {
  const { t } = useTranslation()
  return (
    <div className={css.measuring} role="status" aria-label={t('machine.measuring')}>
      <Skeleton height={132} radius={12} />
      <Skeleton height={150} radius={12} />
    </div>
  )
}

export function PracticeStep() {
  const { t } = useTranslation()
  const status = useCore((state) => latestPractice(state.jobs)?.status ?? null)
  const done = status === 'done'
  return (
    <Frame
      step="practice"
      wide
      title={t('guide.practice.title')}
      text={t('guide.practice.text')}
      quiet={!done}
      forward={done ? t('common.next') : t('guide.practice.skip')}
    >
      <Practice inGuide />
    </Frame>
  )
}

export function Done() {
  const { t } = useTranslation()
  const run = useCore((state) => latestPractice(state.jobs)?.report?.run ?? null)
  const finish = useCommand(finishGuide)
  const leave = async (to: string | null) => {
    if (!(await finish.run())) return
    if (to === null) go('practice')
    else go('runs', to)
  }
  const trained = run !== null
  return (
    <Frame
      step="done"
      title={trained ? t('guide.done.title') : t('guide.done.titleWithout')}
      text={trained ? t('guide.done.text') : t('guide.done.textWithout')}
      forward={null}
    >
      <ErrorNotice error={finish.error} />
      <div className={css.doneActions}>
        <Button size="md" loading={finish.busy} onClick={() => void leave(null)}>
          {t('guide.done.open')}
        </Button>
        {run !== null && (
          <Button size="md" variant="default" onClick={() => void leave(run)}>
            {t('guide.done.openRun')}
          </Button>
        )}
      </div>
    </Frame>
  )
}
