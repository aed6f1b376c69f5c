import { Button, Collapse, NumberInput, TextInput } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconFolderOpen, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../api/desktop'
import { useCommand, type Command } from '../../stores/command'
import { ErrorNotice } from '../../ui/Notice'
import { clampSteps, DEFAULT_STEPS, MOST_STEPS, type PracticeWish } from './wish'
import css from './practice.module.css'

/** Starts or continues practice. One id per press: the core makes one job of a double click. */
export function useStartPractice(): Command<[PracticeWish]> {
  return useCommand(async (core, wish: PracticeWish) => {
    await core.practice.start({ requestId: requestId(), ...wish })
  })
}

/** `crypto.randomUUID` exists in secure contexts only, and a tunnelled address may not be one. */
function requestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
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
          <DataFolder value={data} onChange={setData} />
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

function DataFolder({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useTranslation()
  const bridge = desktop()
  const pick = async () => {
    const folder = await bridge?.pickFolder()
    if (folder !== null && folder !== undefined) onChange(folder)
  }
  return (
    <div className={css.folder}>
      <TextInput
        label={t('practice.data')}
        description={t('practice.dataHint')}
        placeholder={t('practice.dataPlaceholder')}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {bridge !== null && (
        <Button variant="default" leftSection={<IconFolderOpen size={17} aria-hidden />} onClick={() => void pick()}>
          {t('root.pick')}
        </Button>
      )}
    </div>
  )
}
