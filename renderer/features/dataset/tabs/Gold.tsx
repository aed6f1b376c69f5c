import { Button } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import type { DataRecipe, DataRef, RewardReport, Scorer } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useWatched } from '../../../stores/watched'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { useDataset } from '../store'
import { LeftOut } from './LeftOut'
import { ScoredTable } from './ScoredTable'
import { Scores } from './Scores'
import { Working } from './Working'
import reward from './reward.module.css'
import css from './work.module.css'

interface GoldProps {
  data: DataRef
  recipe: DataRecipe
  scorer: Scorer | null
}

/** The dataset's own answers through the reward: one that is not right here can never be learned. */
export function Gold({ data, recipe, scorer }: GoldProps) {
  const { t } = useTranslation()
  const [round, setRound] = useState<number | null>(null)
  const { value, progress, busy, error } = useWatched(round === null ? null : String(round), (core, signal) =>
    core.dataset.reward({ data, recipe, scorer: scorer ?? { kind: 'rule' }, completions: 'gold' }, { signal }),
  )
  return (
    <Panel
      title={t('data.work.reward.gold')}
      actions={
        <Button
          size="xs"
          disabled={scorer === null || (busy && round !== null)}
          leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
          onClick={() => setRound((round ?? 0) + 1)}
        >
          {t(value === null ? 'data.work.reward.run' : 'data.work.reward.runAgain')}
        </Button>
      }
    >
      <div className={css.stack}>
        {value === null && (!busy || round === null) && <p className={css.quiet}>{t('data.work.reward.goldHint')}</p>}
        <ErrorNotice error={error} />
        {busy && round !== null && (
          <Working
            label={t('data.work.reward.scoring')}
            progress={progress}
            stop={{ label: t('data.work.stop'), onStop: () => setRound(null) }}
          />
        )}
        {value !== null && <Result report={value} data={data} />}
      </div>
    </Panel>
  )
}

function Result({ report, data }: { report: RewardReport; data: DataRef }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { rows, right, scores, shown } = report
  const wrong = rows - right
  const all = useDataset((store) => store.opened?.rows ?? rows)
  const numbers = { right: format.count(right), rows: format.count(rows), best: format.value(scores[0]?.[0] ?? 1) }
  return (
    <>
      <p className={reward.verdict} data-wrong={wrong > 0 || undefined} role="status">
        {wrong === 0
          ? t('data.work.reward.allRight', numbers)
          : right === 0
            ? t('data.work.reward.noneRight', numbers)
            : t('data.work.reward.someRight', { ...numbers, count: wrong, wrong: format.count(wrong) })}
      </p>
      {all > rows && (
        <LeftOut data={data}>
          {t('data.work.reward.unscored', {
            count: all - rows,
            rows: format.count(all - rows),
            all: format.count(all),
          })}
        </LeftOut>
      )}
      <Scores scores={scores} rows={rows} />
      {shown.length > 0 && <ScoredTable label={t('data.work.reward.wrongOnes')} scored={shown} data={data} />}
      {shown.length > 0 && shown.length < wrong && (
        <p className={css.quiet}>{t('data.work.reward.firstOnes', { count: shown.length })}</p>
      )}
    </>
  )
}
