import { ActionIcon, NumberInput, SegmentedControl, Select } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { Sample, SamplesPage } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import css from './samples.module.css'

export interface SieveState {
  kind: Sample['kind']
  /** null: the newest, which follows the run. */
  step: number | null
  minScore: number | null
  maxScore: number | null
  offset: number
}

export const PER_PAGE = 20
const kinds = ['train', 'validation'] as const
const NEWEST = ''

interface SieveProps {
  sieve: SieveState
  page: SamplesPage | null
  onChange(patch: Partial<SieveState>): void
}

/** Which answers are shown: of what, of which step, with which score. */
export function Sieve({ sieve, page, onChange }: SieveProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const number = (next: string | number) => (typeof next === 'number' ? next : null)
  return (
    <div className={css.sieve}>
      <SegmentedControl
        aria-label={t('runs.samples.kind')}
        value={sieve.kind}
        data={kinds.map((value) => ({ value, label: t(`runs.samples.kinds.${value}`) }))}
        onChange={(next) => onChange({ kind: kinds.find((kind) => kind === next) ?? 'train', step: null })}
      />
      <StepPicker sieve={sieve} steps={page?.steps ?? []} onChange={onChange} />
      <div className={css.scores}>
        <NumberInput
          w={104}
          size="sm"
          hideControls
          aria-label={t('runs.samples.from')}
          placeholder={t('runs.samples.from')}
          value={sieve.minScore ?? ''}
          onChange={(next) => onChange({ minScore: number(next) })}
        />
        <NumberInput
          w={72}
          size="sm"
          hideControls
          aria-label={`${t('runs.samples.score')} ${t('runs.samples.to')}`}
          placeholder={t('runs.samples.to')}
          value={sieve.maxScore ?? ''}
          onChange={(next) => onChange({ maxScore: number(next) })}
        />
      </div>
      {page !== null && page.total > 0 && (
        <p className={css.quiet} role="status">
          {t('runs.samples.count', { count: page.total, shown: format.count(page.total) })}
        </p>
      )}
    </div>
  )
}

function StepPicker({ sieve, steps, onChange }: Omit<SieveProps, 'page'> & { steps: number[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const newest = steps.at(-1)
  if (newest === undefined) return null
  const at = sieve.step === null ? steps.length - 1 : steps.indexOf(sieve.step)
  const move = (by: number) => {
    const next = steps[at + by]
    if (next !== undefined) onChange({ step: next === newest ? null : next })
  }
  return (
    <div className={css.steps} role="group" aria-label={t('runs.samples.step')}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={t('runs.samples.earlier')}
        disabled={at <= 0}
        onClick={() => move(-1)}
      >
        <IconChevronLeft size={17} aria-hidden />
      </ActionIcon>
      <Select
        w={170}
        searchable
        allowDeselect={false}
        aria-label={t('runs.samples.step')}
        value={sieve.step === null ? NEWEST : String(sieve.step)}
        data={[
          { value: NEWEST, label: t('runs.samples.newest', { step: format.count(newest) }) },
          ...[...steps]
            .reverse()
            .slice(1)
            .map((step) => ({ value: String(step), label: t('runs.stepsSoFar', { done: format.count(step) }) })),
        ]}
        limit={200}
        onChange={(next) => onChange({ step: next === null || next === NEWEST ? null : Number(next) })}
      />
      <ActionIcon
        variant="default"
        size={36}
        aria-label={t('runs.samples.later')}
        disabled={at >= steps.length - 1}
        onClick={() => move(1)}
      >
        <IconChevronRight size={17} aria-hidden />
      </ActionIcon>
    </div>
  )
}
