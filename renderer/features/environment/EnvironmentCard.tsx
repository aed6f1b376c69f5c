import { Button, Collapse } from '@mantine/core'
import { IconChevronDown, IconCircleCheck, IconProgressAlert, IconTrash } from '@tabler/icons-react'
import type { EnvironmentView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { Confirm } from '../../ui/Confirm'
import { Fact, Facts, PathText } from '../../ui/parts'
import { Badge } from '../../ui/Status'
import { Packages } from './Packages'
import { TerminalButton } from './TerminalButton'
import css from './environment.module.css'

/** The packages a person asks about first. */
const leading = ['torch', 'verl', 'trl', 'vllm', 'transformers', 'ray', 'numpy']

function Head({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const ready = environment.status === 'ready'
  return (
    <header className={css.head}>
      <div>
        <div className={css.title}>
          <h2>{environment.recipe}</h2>
          <Badge tone={ready ? 'ok' : 'warn'} icon={ready ? IconCircleCheck : IconProgressAlert}>
            {ready ? t('environments.ready') : t('environments.unfinished')}
          </Badge>
        </div>
        {!ready && <p className={css.note}>{t('environments.unfinishedText')}</p>}
      </div>
      <Remove environment={environment} />
    </header>
  )
}

function Remove({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const remove = useCommand((core) => core.environments.remove({ id: environment.id }))
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        aria-label={`${t('environments.removeAction')}: ${environment.recipe}`}
        onClick={() => setAsked(true)}
      >
        {t('common.remove')}
      </Button>
      <Confirm
        opened={asked}
        title={t('environments.removeTitle')}
        action={t('environments.removeAction')}
        busy={remove.busy}
        error={remove.error}
        onConfirm={() => void remove.run().then((done) => done && setAsked(false))}
        onClose={() => setAsked(false)}
      >
        <p>{t('environments.removeText')}</p>
        <code>{environment.path}</code>
      </Confirm>
    </>
  )
}

function Leading({ environment }: { environment: EnvironmentView }) {
  const found = leading.flatMap((name) => environment.packages.find((entry) => entry.name === name) ?? [])
  if (found.length === 0) return null
  return (
    <ul className={css.leading}>
      {found.map(({ name, version }) => (
        <li key={name}>
          <span>{name}</span> <strong>{version}</strong>
        </li>
      ))}
    </ul>
  )
}

export function EnvironmentCard({ environment }: { environment: EnvironmentView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const { packages } = environment
  return (
    <article className={css.card} aria-label={environment.recipe}>
      <Head environment={environment} />
      <Leading environment={environment} />
      <div>
        <TerminalButton environment={environment} />
      </div>
      <Facts>
        <Fact name={t('environments.python')}>{environment.python ?? t('common.notYet')}</Fact>
        <Fact name={t('environments.engine')}>{environment.engine ?? t('common.notYet')}</Fact>
        {environment.createdAt !== null && (
          <Fact name={t('environments.created')}>{format.time(environment.createdAt)}</Fact>
        )}
        <Fact name={t('environments.path')}>
          <PathText path={environment.path} />
        </Fact>
      </Facts>
      {packages.length > 0 && (
        <div>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-expanded={open}
            rightSection={<IconChevronDown size={15} aria-hidden />}
            onClick={() => setOpen(!open)}
          >
            {t('environments.packages', { count: packages.length })}
          </Button>
          <Collapse expanded={open}>
            <Packages packages={packages} />
          </Collapse>
        </div>
      )}
    </article>
  )
}
