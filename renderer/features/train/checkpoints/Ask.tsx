import { Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { IconMessages } from '@tabler/icons-react'
import type { AskReport, AskRequest, CheckpointView, RunView } from '#contract'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useWatched } from '../../../stores/watched'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { Working } from '../../dataset/tabs/Working'
import { Answers } from './Answers'
import { linesOf, rowsOf } from './rows'
import { useCheckpointText } from './use-text'
import css from './checkpoints.module.css'

const NEWEST = ''
const USUAL_TOKENS = 256

interface AskProps {
  run: RunView
  list: CheckpointView[]
  /** null: the newest. */
  step: number | null
  onStep(step: number | null): void
}

/** The same questions to the model before and after: what the training did, to be read. */
export function Ask({ run, list, step, onStep }: AskProps) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  // One was pointed at in the table, which may be far above.
  useEffect(() => {
    if (step !== null) box.current?.scrollIntoView({ block: 'nearest' })
  }, [step])
  // Each press is a question of its own, also when nothing was changed in it.
  const [asked, setAsked] = useState<{ round: number; request: AskRequest } | null>(null)
  const watching = useWatched<AskReport>(asked === null ? null : JSON.stringify(asked), (core, signal) => {
    if (asked === null) throw new Error('nothing is asked')
    return core.runs.ask(asked.request, { signal })
  })
  const { value, busy, error, progress } = watching
  return (
    <Panel title={t('runs.ask.title')}>
      <div ref={box} className={css.stack}>
        <p className={css.quiet}>{t('runs.ask.text')}</p>
        <AskForm
          run={run}
          list={list}
          step={step}
          onStep={onStep}
          busy={busy}
          onAsk={(request) => setAsked((before) => ({ round: (before?.round ?? 0) + 1, request }))}
        />
        <ErrorNotice error={error} />
        {busy && (
          <Working
            label={t('runs.ask.asking')}
            progress={progress}
            stop={{ label: t('runs.ask.stop'), onStop: () => setAsked(null) }}
          />
        )}
        {value !== null && <Answers report={value} />}
      </div>
    </Panel>
  )
}

interface AskFormProps extends AskProps {
  busy: boolean
  onAsk(request: AskRequest): void
}

function AskForm({ run, list, step, onStep, busy, onAsk }: AskFormProps) {
  const { t } = useTranslation()
  const text = useCheckpointText()
  const [rows, setRows] = useState('0-4')
  const [own, setOwn] = useState('')
  const [tokens, setTokens] = useState<number | null>(USUAL_TOKENS)
  const numbers = rowsOf(rows)
  const questions = linesOf(own)
  const nothing = numbers === null || numbers.length + questions.length === 0 || tokens === null
  const choices = list.filter(({ whole }) => whole).sort((a, b) => b.step - a.step)
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (nothing || busy) return
        onAsk({ id: run.id, step, rows: numbers, questions, maxTokens: tokens })
      }}
    >
      <div className={css.fields}>
        <Select
          label={t('runs.ask.step')}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          value={step === null ? NEWEST : String(step)}
          data={[
            { value: NEWEST, label: t('runs.ask.newest') },
            ...choices.map((one) => ({ value: String(one.step), label: text(one) })),
          ]}
          onChange={(next) => onStep(next === null || next === NEWEST ? null : Number(next))}
        />
        <TextInput
          label={t('runs.ask.rows')}
          description={t('runs.ask.rowsHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={numbers === null ? t('runs.ask.rowsBad') : undefined}
          spellCheck={false}
          value={rows}
          onChange={({ currentTarget }) => setRows(currentTarget.value)}
        />
        <NumberInput
          label={t('runs.ask.tokens')}
          min={1}
          max={4096}
          allowDecimal={false}
          clampBehavior="strict"
          value={tokens ?? ''}
          onChange={(next) => setTokens(typeof next === 'number' ? next : null)}
        />
      </div>
      <Textarea
        label={t('runs.ask.questions')}
        description={t('runs.ask.questionsHint')}
        autosize
        minRows={2}
        maxRows={8}
        value={own}
        onChange={({ currentTarget }) => setOwn(currentTarget.value)}
      />
      <div>
        <Button type="submit" loading={busy} disabled={nothing} leftSection={<IconMessages size={16} aria-hidden />}>
          {t('runs.ask.go')}
        </Button>
      </div>
    </form>
  )
}
