import { Button } from '@mantine/core'
import { IconCpu2, IconDownload, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useNow } from '../../stores/clock'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Empty } from '../../ui/parts'
import { Page, Panel } from '../../ui/Page'
import { save } from '../../ui/save'
import { MachineReport } from './MachineReport'

/** Younger than this is "just now". */
const FRESH_MS = 60_000

function useMeasuredText(): string | undefined {
  const { t } = useTranslation()
  const format = useFormat()
  const measuredAt = useCore((state) => state.machine?.measuredAt)
  const now = useNow(true)
  if (measuredAt === undefined) return undefined
  const age = now - measuredAt
  if (age < FRESH_MS) return t('machine.measuredAt', { when: t('common.justNow') })
  const minutes = Math.floor(age / 60_000) * 60_000
  return t('machine.measuredAt', { when: t('common.ago', { duration: format.duration(minutes) }) })
}

export default function MachinePage() {
  const { t } = useTranslation()
  const machine = useCore((state) => state.machine)
  const measure = useCommand((core) => core.machine.measure())
  const measured = useMeasuredText()
  return (
    <Page
      title={t('machine.title')}
      lead={measured === undefined ? t('machine.lead') : `${t('machine.lead')} ${measured}`}
      actions={
        machine !== null && (
          <>
            <Button
              variant="default"
              loading={measure.busy}
              leftSection={<IconRefresh size={16} aria-hidden />}
              onClick={() => void measure.run()}
            >
              {t('machine.measure')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              onClick={() => save({ name: 'machine-report.json', text: `${JSON.stringify(machine, null, 2)}\n` })}
            >
              {t('machine.export')}
            </Button>
          </>
        )
      }
    >
      <ErrorNotice error={measure.error} />
      {machine === null ? (
        <Panel>
          <Empty
            icon={IconCpu2}
            title={t('machine.notMeasured')}
            action={
              <Button loading={measure.busy} onClick={() => void measure.run()}>
                {t('machine.measureFirst')}
              </Button>
            }
          >
            {t('machine.notMeasuredText')}
          </Empty>
        </Panel>
      ) : (
        <MachineReport machine={machine} />
      )}
    </Page>
  )
}
