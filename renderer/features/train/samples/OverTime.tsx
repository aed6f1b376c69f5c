import { Button, Skeleton } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { RunView, Sample } from '#contract'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useAsked } from '../../../stores/asked'
import { ErrorNotice } from '../../../ui/Notice'
import { Fold } from '../../../ui/Fold'
import { diffOf } from './diff'
import { Prompt } from './SampleCard'
import { Score } from './Score'
import { byStep, type StepAnswers } from './steps'
import css from './samples.module.css'

/** The core's most in one answer. */
const MOST = 200

interface OverTimeProps {
  run: RunView
  kind: Sample['kind']
  prompt: string
  onBack(): void
}

/** One question, and how its answers changed from step to step. */
export function OverTime({ run, kind, prompt, onBack }: OverTimeProps) {
  const { t } = useTranslation()
  const request = { id: run.id, kind, prompt, step: null, minScore: null, maxScore: null, offset: 0, limit: MOST }
  const { value, error } = useAsked(JSON.stringify([request, run.lastStep]), (core) => core.runs.samples(request))
  const steps = useMemo(() => byStep(value?.samples ?? []), [value])
  return (
    <section className={css.list} aria-label={t('runs.samples.overTime')} data-testid="over-time">
      <h2 className="hidden-visually">{t('runs.samples.overTime')}</h2>
      <div>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconArrowLeft size={15} aria-hidden />}
          onClick={onBack}
        >
          {t('runs.samples.backToList')}
        </Button>
      </div>
      <div className={css.question}>
        <h3>{t('runs.samples.prompt')}</h3>
        <Prompt text={prompt} />
        {steps[0]?.answers[0]?.truth != null && (
          <p className={css.quiet}>
            {t('runs.samples.truth')} <b>{steps[0].answers[0].truth}</b>
          </p>
        )}
      </div>
      <p className={css.quiet}>{t('runs.samples.overTimeText')}</p>
      <ErrorNotice error={error} />
      {value === null && error === null && <Skeleton height={260} radius={12} />}
      <ol className={css.time} tabIndex={0} aria-label={t('runs.samples.overTime')}>
        {steps.map((one, index) => (
          <Step key={one.step} one={one} before={steps[index - 1]?.answers[0]?.answer ?? null} />
        ))}
      </ol>
    </section>
  )
}

function Step({ one: { step, answers, mean }, before }: { one: StepAnswers; before: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [first, ...others] = answers
  if (first === undefined) return null
  return (
    <li className={css.timeStep}>
      <div className={css.cardHead}>
        <h4>{t('runs.stepsSoFar', { done: format.count(step) })}</h4>
        <Score score={first.score} />
      </div>
      {answers.length > 1 && mean !== null && (
        <p className={css.quiet}>{t('runs.samples.answers', { count: answers.length, mean: format.value(mean) })}</p>
      )}
      <Marked before={before} text={first.answer} />
      {others.length > 0 && (
        <Fold label={t('runs.samples.others')}>
          <ul className={css.others}>
            {others.map((other) => (
              <li key={other.index}>
                <Score score={other.score} />
                <Marked before={null} text={other.answer} />
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </li>
  )
}

/** As it was written, since marks go across formulas; `before` null: nothing is marked. */
function Marked({ before, text }: { before: string | null; text: string }) {
  const parts = useMemo(() => (before === null ? [{ text, fresh: false }] : diffOf(before, text)), [before, text])
  return (
    <p className={css.marked}>
      {parts.map((part, index) => (part.fresh ? <mark key={index}>{part.text}</mark> : part.text))}
    </p>
  )
}
