import { Button, Switch, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Plan } from '#contract'
import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { groupsOf, type Group } from './options'
import { OptionRow } from './OptionRow'
import { PeakBar } from './PeakBar'
import { showAll, sift, useView } from './view'
import { useSentences } from './words'
import css from './options.module.css'

/** Every option beside what the tutorial and verl say, each to be changed where it stands. */
export function Options({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const sentences = useSentences()
  const sieve = useView((view) => view.sieve)
  const groups = useMemo(() => groupsOf(plan, sieve, sentences.option), [plan, sieve, sentences])
  if (plan.overrides.length + plan.env.length === 0) return null
  const count = groups.reduce((sum, { options }) => sum + options.length, 0)
  return (
    <section className={css.panel} aria-label={t('plan.options.title')} data-testid="plan-options">
      <div className={css.bar}>
        <h2>{t('plan.options.title')}</h2>
        <PeakBar plan={plan} />
        <div className={css.sieve}>
          <TextInput
            size="xs"
            className={css.find}
            aria-label={t('plan.options.find')}
            placeholder={t('plan.options.find')}
            leftSection={<IconSearch size={15} aria-hidden />}
            value={sieve.text}
            onChange={({ currentTarget }) => sift({ text: currentTarget.value })}
          />
          <Switch
            size="xs"
            label={t('plan.options.differing')}
            checked={sieve.differing}
            onChange={({ currentTarget }) => sift({ differing: currentTarget.checked })}
          />
          <p className={css.count} role="status">
            {t('plan.options.count', { count })}
          </p>
        </div>
      </div>
      {count === 0 ? (
        <div className={css.none}>
          <p>{t('plan.options.none')}</p>
          <Button variant="default" size="compact-sm" onClick={showAll}>
            {t('plan.options.all')}
          </Button>
        </div>
      ) : (
        <OptionTable groups={groups} />
      )}
    </section>
  )
}

const OptionTable = memo(function OptionTable({ groups }: { groups: Group[] }) {
  const { t } = useTranslation()
  return (
    <table className={css.table}>
      <caption className="hidden-visually">{t('plan.options.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('plan.options.columns.option')}</th>
          <th scope="col">{t('plan.options.columns.plan')}</th>
          <th scope="col">{t('plan.options.columns.tutorial')}</th>
          <th scope="col">{t('plan.options.columns.verl')}</th>
          <th scope="col">{t('plan.options.columns.why')}</th>
        </tr>
      </thead>
      {groups.map(({ area, options }) => (
        <tbody key={area}>
          <tr className={css.area}>
            <th colSpan={5} scope="rowgroup">
              {t(`plan.options.areas.${area}`)}
            </th>
          </tr>
          {options.map((option) => (
            <OptionRow key={option.value.key} option={option} />
          ))}
        </tbody>
      ))}
    </table>
  )
})
