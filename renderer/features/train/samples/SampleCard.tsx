import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { Sample } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RichText } from '../../dataset/value/RichText'
import { Score } from './Score'
import css from './samples.module.css'

/** A question this long is cut until somebody wants it whole. */
const LONG = 400

export function SampleCard({ sample, onOverTime }: { sample: Sample; onOverTime(): void }) {
  const { t } = useTranslation()
  const { prompt, answer, truth, score } = sample
  return (
    <article className={css.card} data-testid="sample">
      <div className={css.cardHead}>
        <Score score={score} />
        {truth !== null && (
          <span>
            {t('runs.samples.truth')} <b>{truth}</b>
          </span>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconHistory size={15} aria-hidden />}
          onClick={onOverTime}
        >
          {t('runs.samples.overTime')}
        </Button>
      </div>
      <div className={css.sides}>
        <div className={css.side}>
          <h3>{t('runs.samples.prompt')}</h3>
          <Prompt text={prompt} />
        </div>
        <div className={css.side}>
          <h3>{t('runs.samples.answer')}</h3>
          <RichText text={answer} />
        </div>
      </div>
    </article>
  )
}

export function Prompt({ text }: { text: string }) {
  const { t } = useTranslation()
  const [whole, setWhole] = useState(false)
  const cut = !whole && text.length > LONG
  return (
    <>
      <RichText text={cut ? `${text.slice(0, LONG)}…` : text} />
      {cut && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setWhole(true)}>
          {t('runs.samples.whole')}
        </Button>
      )}
    </>
  )
}
