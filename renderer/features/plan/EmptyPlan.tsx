import { Button } from '@mantine/core'
import { IconChartBar, IconRoute, IconTextWrap, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useModels } from './models'
import { set, usePlan } from './store'
import css from './plan.module.css'

const points = ['memory', 'reasons', 'nearest'] as const
const icons: Record<(typeof points)[number], Icon> = { memory: IconChartBar, reasons: IconTextWrap, nearest: IconRoute }
/** As many as fit in a line; the field above has them all. */
const OFFERED = 3

/** Before there is a plan: what it will tell, and a first thing to try. */
export function EmptyPlan() {
  const { t } = useTranslation()
  const format = useFormat()
  const models = useModels().slice(0, OFFERED)
  // A model is chosen and only the hardware is missing; one that cannot be read is none.
  const asked = usePlan((store) => store.request.model !== '' && store.error === null)
  return (
    <section className={css.empty} aria-label={t('plan.empty.title')}>
      <h2>{t('plan.empty.title')}</h2>
      <p>{asked ? t('plan.empty.waiting') : t('plan.empty.text')}</p>
      {!asked && models.length > 0 && (
        <div className={css.starts}>
          <span>{t('plan.empty.start')}</span>
          {models.map(({ name, parameters }) => (
            <Button key={name} variant="default" size="compact-sm" onClick={() => set({ model: name })}>
              {name.split('/').at(-1)}
              <span className={css.startSize}>{format.compact(parameters)}</span>
            </Button>
          ))}
        </div>
      )}
      <ul className={css.points}>
        {points.map((point) => {
          const Shape = icons[point]
          return (
            <li key={point}>
              <Shape size={22} stroke={1.6} aria-hidden />
              <h3>{t(`plan.empty.points.${point}.title`)}</h3>
              <p>{t(`plan.empty.points.${point}.text`)}</p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
