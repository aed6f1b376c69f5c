import {
  IconAlertTriangle,
  IconBolt,
  IconCircleCheck,
  IconClockPause,
  IconDeviceFloppy,
  IconFlag,
  IconTrophy,
  type Icon,
} from '@tabler/icons-react'
import type { Notice } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCore } from '../../../stores/projection'
import { hrefOf } from '../../../stores/route'
import { languageOf } from '../../diagnosis/manual-text'
import css from './list.module.css'

const icons: Record<Notice['kind'], Icon> = {
  firstStep: IconBolt,
  validation: IconFlag,
  best: IconTrophy,
  stall: IconClockPause,
  crash: IconAlertTriangle,
  diskLow: IconDeviceFloppy,
  finished: IconCircleCheck,
}
/** What somebody who comes back wants to know; the rest is in the runs themselves. */
const SHOWN = 4

/** What happened last, newest first. */
export function News() {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const notices = useCore((state) => state.notices)
  const runs = useCore((state) => state.runs)
  const newest = Object.values(notices)
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN)
  if (newest.length === 0) return null
  return (
    <section className={css.news} aria-label={t('runs.news.title')}>
      <h2 className="hidden-visually">{t('runs.news.title')}</h2>
      <ul>
        {newest.map(({ id, kind, run, at }) => {
          const Shape = icons[kind]
          return (
            <li key={id} data-kind={kind}>
              <Shape size={17} stroke={1.8} aria-hidden />
              <span>{t(`runs.news.kinds.${kind}`)}</span>
              {runs[run] !== undefined && <a href={hrefOf('runs', run)}>{runs[run].name}</a>}
              {kind === 'crash' && <span>{runs[run]?.verdict?.title?.[languageOf(i18n.language)]}</span>}
              <time>{format.time(at)}</time>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
