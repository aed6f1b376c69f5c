import { Button, Collapse, NumberInput } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, type Command } from '../../stores/command'
import { requestId } from '../../stores/request-id'
import { FolderField } from '../../ui/FolderField'
import { ErrorNotice } from '../../ui/Notice'
import { clampSteps, DEFAULT_STEPS, MOST_STEPS, type PracticeWish } from './wish'
import css from './practice.module.css'

/** Starts or continues practice. One id per press: the core makes one job of a double click. */
export function useStartPractice(): Command<[PracticeWish]> {
  return useCommand(async (core, wish: PracticeWish) => {
    await core.practice.start({ requestId: requestId(), ...wish })
  })
}

export function StartForm({ label, after }: { label: string; after?: ReactNode }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [steps, setSteps] = useState<number | string>(DEFAULT_STEPS)
  const [data, setData] = useState('')
  const start = useStartPractice()
  const wish = { steps: clampSteps(steps), data: data.trim() === '' ? null : data.trim() }
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        void start.run(wish)
      }}
    >
      <Collapse expanded={open}>
        <div className={css.options}>
          <NumberInput
            label={t('practice.steps')}
            description={t('practice.stepsHint', { n: DEFAULT_STEPS })}
            min={1}
            max={MOST_STEPS}
            allowDecimal={false}
            value={steps}
            onChange={setSteps}
          />
          <FolderField
            label={t('practice.data')}
            description={t('practice.dataHint')}
            placeholder={t('practice.dataPlaceholder')}
            value={data}
            onChange={setData}
          />
        </div>
      </Collapse>
      <ErrorNotice error={start.error} />
      <div className={css.formActions}>
        <Button
          type="submit"
          size="md"
          loading={start.busy}
          leftSection={<IconPlayerPlayFilled size={17} aria-hidden />}
          data-testid="practice-start"
        >
          {label}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          aria-expanded={open}
          leftSection={<IconAdjustmentsHorizontal size={17} aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          {t('practice.options')}
        </Button>
        {after}
      </div>
    </form>
  )
}
