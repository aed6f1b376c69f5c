import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconChevronDown, IconPlayerPlayFilled } from '@tabler/icons-react'
import type { RunRequest } from '#contract'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { isOver } from '../../../stores/live'
import { useCore } from '../../../stores/projection'
import { requestId } from '../../../stores/request-id'
import { go } from '../../../stores/route'
import { ErrorNotice } from '../../../ui/Notice'
import { emptyDraft, useDraft } from './draft'
import type { Check } from './use-preflight'
import css from './start.module.css'

/** The same id for the same request, so that two presses, or one that was not heard, start one run. */
function useRequestId(request: RunRequest | null): string {
  const key = JSON.stringify(request)
  const [made, setMade] = useState({ key, id: requestId() })
  if (made.key === key) return made.id
  const next = { key, id: requestId() }
  setMade(next)
  return next.id
}

interface StartButtonProps {
  /** null: something is missing. */
  request: RunRequest | null
  /** null: it cannot be checked. */
  check: Check | null
}

export function StartButton({ request, check }: StartButtonProps) {
  const { t } = useTranslation()
  const id = useRequestId(request)
  const begun = useRef(false)
  const others = useCore(({ runs }) =>
    Object.values(runs).some(({ status, cluster }) => !isOver(status) && cluster === null),
  )
  const start = useCommand(async (core) => {
    if (request === null || begun.current) return
    const { run } = await core.runs.start({ requestId: id, request })
    begun.current = true
    useDraft.setState(emptyDraft)
    go('runs', run)
  })
  const cleared = check === null || (check.current && check.value?.passed === true)
  const why =
    check?.busy === true
      ? t('runs.start.stillChecking')
      : check?.current === true && !cleared
        ? t('runs.start.blocked')
        : null
  return (
    <div className={css.start}>
      <div className={css.startRow}>
        <Button
          size="md"
          fullWidth
          disabled={request === null || !cleared}
          loading={start.busy}
          leftSection={<IconPlayerPlayFilled size={16} aria-hidden />}
          onClick={() => void start.run()}
        >
          {t('runs.start.action')}
        </Button>
        {check !== null && (
          <Menu position="bottom-end" withinPortal={false}>
            <Menu.Target>
              <ActionIcon
                variant="default"
                size={42}
                disabled={request === null}
                aria-label={t('runs.start.anywayMenu')}
              >
                <IconChevronDown size={17} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={request === null} onClick={() => void start.run()}>
                {t('runs.start.anyway')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {request !== null && why !== null && <p className={css.quiet}>{why}</p>}
      {request?.cluster === null && others && <p className={css.quiet}>{t('runs.start.waits')}</p>}
      <ErrorNotice error={start.error} />
    </div>
  )
}
