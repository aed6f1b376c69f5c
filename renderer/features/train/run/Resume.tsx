import { Button, Select, Skeleton } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { CheckpointView, RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useAsked } from '../../../stores/asked'
import { useCommand } from '../../../stores/command'
import { requestId } from '../../../stores/request-id'
import { go } from '../../../stores/route'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { useCheckpointText } from '../checkpoints/use-text'
import css from './run.module.css'

interface ResumeProps {
  run: RunView
  /** The checkpoint that was pointed at; left out: the newest. */
  step?: number | undefined
  onClose(): void
}

export function Resume(props: ResumeProps) {
  const { t } = useTranslation()
  const { value, error } = useAsked(props.run.id, (core) => core.runs.checkpoints({ id: props.run.id }))
  if (error !== null) return <ErrorNotice error={error} />
  if (value === null) return <Skeleton height={120} radius={8} />
  const whole = value.filter((one) => one.whole).sort((a, b) => b.step - a.step)
  if (whole.length === 0) return <Notice tone="info">{t('runs.resumeNone')}</Notice>
  return <ResumeForm {...props} whole={whole} />
}

function ResumeForm({ run, step: wanted, onClose, whole }: ResumeProps & { whole: CheckpointView[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useCheckpointText()
  const newest = whole[0]?.step ?? 0
  const [step, setStep] = useState(whole.find((one) => one.step === wanted)?.step ?? newest)
  // Made once for the dialog: a second press is the same wish.
  const [id] = useState(requestId)
  const resume = useCommand(async (core) => {
    const asked = await core.runs.resume({ requestId: id, id: run.id, step: step === newest ? null : step })
    onClose()
    go('runs', asked.run)
  })
  return (
    <div className={css.dialog}>
      <p className={css.quiet}>{t('runs.resumeText')}</p>
      <Select
        label={t('runs.resumeFrom')}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        value={String(step)}
        data={whole.map((one) => ({ value: String(one.step), label: text(one) }))}
        onChange={(next) => next !== null && setStep(Number(next))}
      />
      {step < newest && <Notice tone="warn">{t('runs.resumeLater', { step: format.count(step) })}</Notice>}
      <ErrorNotice error={resume.error} />
      <div className={css.dialogActions}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          loading={resume.busy}
          leftSection={<IconPlayerPlayFilled size={15} aria-hidden />}
          onClick={() => void resume.run()}
        >
          {t('runs.resume')}
        </Button>
      </div>
    </div>
  )
}
