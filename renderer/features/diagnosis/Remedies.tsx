import { Button } from '@mantine/core'
import type { RemedyView, RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useAsked } from '../../stores/asked'
import { useCommand } from '../../stores/command'
import { go, type Page } from '../../stores/route'
import { ErrorNotice } from '../../ui/Notice'
import { usePhaseName } from './Verdict'
import css from './diagnosis.module.css'

/** Where the app has a page for what a person must do. */
const pageOf: Record<NonNullable<RemedyView['opens']>, Page> = {
  environments: 'environments',
  data: 'data',
  library: 'library',
  space: 'environments',
  machine: 'machine',
}

/** Changes that may help, each with what it changes; one press applies it and tries again. */
export function Remedies({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const asked = useAsked(`${run.id} ${run.attempts.length}`, (core) => core.diagnosis.remedies({ id: run.id }))
  const apply = useCommand((core, remedy: string) =>
    core.diagnosis.apply({ requestId: crypto.randomUUID(), id: run.id, remedy }),
  )
  if (asked.error !== null) return <ErrorNotice error={asked.error} />
  if (asked.value === null || asked.value.length === 0) return null
  return (
    <section aria-label={t('diagnosis.remedies')}>
      <h4>{t('diagnosis.remedies')}</h4>
      <p className={css.quiet}>{t('diagnosis.remediesText')}</p>
      <ol className={css.remedies}>
        {asked.value.map((remedy) => (
          <Remedy key={remedy.id} remedy={remedy} busy={apply.busy} onApply={() => void apply.run(remedy.id)} />
        ))}
      </ol>
      <ErrorNotice error={apply.error} />
    </section>
  )
}

function Remedy({ remedy, busy, onApply }: { remedy: RemedyView; busy: boolean; onApply: () => void }) {
  const { t } = useTranslation()
  const { changes, opens, applies, tried } = remedy
  return (
    <li data-tried={tried !== null}>
      <div className={css.remedyText}>
        {changes.length === 0 && <span>{t(`diagnosis.kinds.${remedy.kind}`)}</span>}
        {changes.map((change) => (
          <Change key={change.key} change={change} />
        ))}
        <Memory memory={remedy.memory} />
        {tried !== null && (
          <span className={css.quiet}>
            {tried.helped === false ? t('diagnosis.inVain', { attempt: tried.attempt }) : t('diagnosis.tried')}
          </span>
        )}
      </div>
      {applies && (
        <Button size="xs" loading={busy} onClick={onApply}>
          {t('diagnosis.apply')}
        </Button>
      )}
      {opens !== null && (
        <Button size="xs" variant="default" onClick={() => go(pageOf[opens])}>
          {t('diagnosis.open')}
        </Button>
      )}
    </li>
  )
}

function Change({ change: { key, before, after } }: { change: RemedyView['changes'][number] }) {
  const { t } = useTranslation()
  const shown = (value: string | null) => (value === null || value === '' ? t('diagnosis.notSet') : value)
  return (
    <span className={css.change}>
      <code>{key}</code>
      <span>
        <del>{shown(before)}</del> <span aria-hidden>→</span> <ins>{shown(after)}</ins>
      </span>
    </span>
  )
}

function Memory({ memory }: { memory: RemedyView['memory'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = usePhaseName()
  if (memory === null) return null
  const { phase, beforeBytes, afterBytes, budgetBytes } = memory
  return (
    <span className={css.quiet}>
      {t('diagnosis.memory', {
        phase: nameOf(phase),
        before: format.memory(beforeBytes),
        after: format.memory(afterBytes),
        budget: format.memory(budgetBytes),
      })}
    </span>
  )
}
