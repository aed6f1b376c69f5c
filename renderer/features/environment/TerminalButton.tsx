import { Button, Drawer, Skeleton } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EnvironmentView } from '#contract'
import { client } from '../../api/session'
import { useConnection } from '../../stores/connection'
import css from './terminal-button.module.css'

const Shell = lazy(() => import('../../terminal/Shell'))

/** Whether this page's door lets it open a shell; asked again on every new line. */
function useMayOpenShell(): boolean {
  const live = useConnection(({ state }) => state === 'live')
  const [may, setMay] = useState(false)
  useEffect(() => {
    if (!live) return
    let over = false
    void Promise.resolve()
      .then(() => client().door())
      .then(
        ({ terminals }) => void (over || setMay(terminals)),
        () => undefined,
      )
    return () => {
      over = true
    }
  }, [live])
  return may
}

/** Opens a terminal in an environment. Hiding it leaves the shell running; the same button shows it again. */
export function TerminalButton({ environment, name }: { environment: EnvironmentView; name: string }) {
  const { t } = useTranslation()
  const may = useMayOpenShell()
  const [opened, setOpened] = useState(false)
  const [turn, setTurn] = useState(0)
  if (!may || environment.status === 'unfinished') return null
  const hide = () => setOpened(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTerminal2 size={14} aria-hidden />}
        aria-label={t('shell.label', { name })}
        onClick={() => setOpened(true)}
      >
        {t('shell.open')}
      </Button>
      <Drawer
        opened={opened}
        onClose={hide}
        position="bottom"
        size="70%"
        // Escape belongs to the shell, and the scroll lock would add a style element without the nonce.
        closeOnEscape={false}
        lockScroll={false}
        withCloseButton={false}
        classNames={{ content: css.content ?? '', body: css.body ?? '' }}
        transitionProps={{ duration: 120 }}
      >
        {/* Not the drawer's own: its <header> would be a second banner of the page. */}
        <div className={css.head}>
          <Drawer.Title>{t('shell.label', { name })}</Drawer.Title>
          <Drawer.CloseButton aria-label={t('shell.hide')} />
        </div>
        <Suspense fallback={<Skeleton h="100%" radius={12} />}>
          <Shell
            key={turn}
            environment={environment.id}
            name={name}
            onClose={hide}
            onAgain={() => setTurn((before) => before + 1)}
          />
        </Suspense>
      </Drawer>
    </>
  )
}
