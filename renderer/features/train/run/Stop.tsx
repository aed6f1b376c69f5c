import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconPlayerStopFilled } from '@tabler/icons-react'
import type { RunView, StopMode } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { Confirm } from '../../../ui/Confirm'
import { ErrorNotice } from '../../../ui/Notice'
import css from './run.module.css'

const ways = ['checkpoint', 'staged', 'now'] as const satisfies readonly StopMode[]

/** After the next checkpoint nothing is lost, so that is not asked twice; the others are. */
export function Stop({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<'staged' | 'now' | null>(null)
  const stop = useCommand((core, mode: StopMode) => core.runs.stop({ id: run.id, mode }))
  const offered = run.status === 'stopping' ? (['now'] as const) : run.stopsAtCheckpoint ? ways.slice(1) : ways
  return (
    <>
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <Button
            variant="default"
            loading={stop.busy && asked === null}
            leftSection={<IconPlayerStopFilled size={15} aria-hidden />}
            rightSection={<IconChevronDown size={15} aria-hidden />}
          >
            {t('runs.stop')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((mode) => (
            <Menu.Item key={mode} onClick={() => (mode === 'checkpoint' ? void stop.run(mode) : setAsked(mode))}>
              {t(`runs.stopWays.${mode}`)}
              <span className={css.menuText}>{t(`runs.stopWays.${mode}Text`)}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {asked === null && <ErrorNotice error={stop.error} />}
      <Confirm
        opened={asked !== null}
        title={t('runs.stopTitle')}
        action={asked === 'now' ? t('runs.stopNow') : t('runs.stop')}
        busy={stop.busy}
        error={stop.error}
        onConfirm={() => asked !== null && void stop.run(asked).then((done) => done && setAsked(null))}
        onClose={() => setAsked(null)}
      >
        {asked === 'now' ? t('runs.stopNowText') : t('runs.stopText')}
      </Confirm>
    </>
  )
}

export function LeaveQueue({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const leave = useCommand((core) => core.runs.stop({ id: run.id, mode: 'staged' }))
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t('runs.leaveQueue')}
      </Button>
      <Confirm
        opened={asked}
        title={t('runs.leaveQueueTitle')}
        action={t('runs.leaveQueue')}
        busy={leave.busy}
        error={leave.error}
        onConfirm={() => void leave.run().then((done) => done && setAsked(false))}
        onClose={() => setAsked(false)}
      >
        {t('runs.leaveQueueText')}
      </Confirm>
    </>
  )
}
