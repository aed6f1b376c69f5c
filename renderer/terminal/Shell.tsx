import { Button } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../stores/command'
import { ErrorNotice, Notice } from '../ui/Notice'
import { useShell, type ShellState } from './use-shell'
import css from './terminal.module.css'

interface ShellProps {
  /** The environment's id. */
  environment: string
  /** What it is called on the page. */
  name: string
  /** Puts the shell out of sight. */
  onClose(): void
  /** Starts over with a new shell. */
  onAgain(): void
}

function StateNotice({ state, onAgain }: { state: ShellState; onAgain(): void }) {
  const { t } = useTranslation()
  const again = (
    <Button size="xs" variant="default" onClick={onAgain}>
      {state.kind === 'taken' ? t('shell.takeBack') : t('shell.again')}
    </Button>
  )
  switch (state.kind) {
    case 'opening':
    case 'running':
      return null
    case 'away':
      return <Notice tone="warn">{t('shell.away')}</Notice>
    case 'taken':
      return (
        <Notice tone="info" actions={again}>
          {t('shell.taken')}
        </Notice>
      )
    case 'failed':
      return <ErrorNotice error={state.error} actions={again} />
    case 'ended': {
      const { code, signal } = state.end
      return (
        <Notice tone={code === 0 ? 'plain' : 'warn'} actions={again}>
          {code === null ? t('shell.endedBy', { signal }) : t('shell.ended', { code })}
        </Notice>
      )
    }
  }
}

/** A shell inside an environment, as tall as what holds it. */
export default function Shell({ environment, name, onClose, onAgain }: ShellProps) {
  const { t } = useTranslation()
  const host = useRef<HTMLDivElement>(null)
  const endButton = useRef<HTMLButtonElement>(null)
  const { id, state } = useShell(host, environment, name, () => endButton.current?.focus())
  const end = useCommand((core) => (id === null ? Promise.resolve() : core.terminals.close({ id })))
  return (
    <section className={css.shell} aria-label={t('shell.label', { name })} data-testid="shell" data-state={state.kind}>
      <StateNotice state={state} onAgain={onAgain} />
      <ErrorNotice error={end.error} />
      <div className={css.body}>
        <div className={css.host} ref={host} />
      </div>
      <footer className={css.shellFoot}>
        <p>{t('shell.keys')}</p>
        <Button
          ref={endButton}
          size="xs"
          variant="default"
          loading={end.busy}
          onClick={() => void end.run().then((done) => done && onClose())}
        >
          {t('shell.end')}
        </Button>
      </footer>
    </section>
  )
}
