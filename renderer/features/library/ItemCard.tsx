import { IconAlertTriangle, IconCircleCheck, IconProgressAlert, IconXboxX, type Icon } from '@tabler/icons-react'
import type { LibraryItem } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { hrefOf } from '../../stores/route'
import { Findings } from '../../ui/Findings'
import { PathText } from '../../ui/parts'
import { Badge } from '../../ui/Status'
import { Fold } from '../../ui/Fold'
import { hostOf, repoRoute } from './choice'
import { ItemActions } from './ItemActions'
import { ItemJob } from './ItemJob'
import css from './library.module.css'

const looks: Record<LibraryItem['state'], { icon: Icon; tone: 'ok' | 'warn' | 'bad' }> = {
  whole: { icon: IconCircleCheck, tone: 'ok' },
  partial: { icon: IconProgressAlert, tone: 'warn' },
  damaged: { icon: IconXboxX, tone: 'bad' },
}

export function ItemCard({ item }: { item: LibraryItem }) {
  const { t } = useTranslation()
  const { id, kind, state, promised, folder, damaged, arrival, said } = item
  const { icon, tone } = looks[state]
  return (
    <article className={css.card} aria-label={id} data-testid={`item-${item.key}`}>
      <header className={css.head}>
        <div className={css.title}>
          <h3>
            <a href={hrefOf('library', repoRoute(kind, id))}>{id}</a>
          </h3>
          <Badge tone={tone} icon={icon} testId="item-state">
            {t(`library.itemState.${state}`)}
          </Badge>
          {!promised && (
            <Badge tone="warn" icon={IconAlertTriangle}>
              {t('library.unpromised')}
            </Badge>
          )}
        </div>
        <ItemActions item={item} />
      </header>
      <About item={item} />
      <PathText path={folder} />
      {damaged.length > 0 && <p className={css.bad}>{t('library.damaged', { files: damaged.join(', ') })}</p>}
      <ItemJob itemKey={item.key} />
      {arrival !== null && <Findings findings={arrival.findings} />}
      {said !== null && (
        <blockquote className={css.said}>
          <p>
            <strong>{said.prompt}</strong> {said.text}
          </p>
          <footer>{t('library.said', { device: said.device, seconds: said.seconds })}</footer>
        </blockquote>
      )}
      {arrival?.template != null && (
        <Fold label={t('library.template')}>
          <pre className={css.template}>{arrival.template}</pre>
        </Fold>
      )}
    </article>
  )
}

function About({ item }: { item: LibraryItem }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { bytes, files, revision, commit, source, verifiedAt, usedBy } = item
  const from = source.kind === 'folder' ? source.path : source.endpoint === null ? null : hostOf(source.endpoint)
  const facts = [
    format.bytes(bytes),
    t('library.fileCount', { count: files }),
    `${revision} ${commit.slice(0, 8)}`,
    from ?? (source.kind === 'modelscope' ? 'ModelScope' : 'Hugging Face'),
    verifiedAt === null ? null : t('library.verified', { time: format.time(verifiedAt) }),
    usedBy.length === 0
      ? null
      : t('library.usedBy', { names: usedBy.map((by) => (by === 'plan' ? t('nav.plan') : by)).join(', ') }),
  ]
  return <p className={css.numbers}>{facts.filter((fact) => fact !== null).join(' · ')}</p>
}
