import { Button } from '@mantine/core'
import type { AppErrorData, DataRef, ErrorCode } from '#contract'
import { useTranslation } from 'react-i18next'
import { hrefOf } from '../../../stores/route'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { useErrorText } from '../../../ui/Notice'
import { show } from '../go'
import type { Tab } from '../route'

interface ProblemProps {
  data: DataRef
  tab: Tab
  error: AppErrorData | null
  again(): void
}

const badLines: ErrorCode[] = ['DATA_BAD_LINE', 'DATA_NOT_UTF8']

/** Why it cannot be read, and what can be done about it. */
export function OpenProblem({ data, tab, error, again }: ProblemProps) {
  const { t } = useTranslation()
  const text = useErrorText()
  if (error === null) return null
  const other = (
    <Button variant="default" size="xs" component="a" href={hrefOf('data')}>
      {t('data.look.problem.other')}
    </Button>
  )
  if (badLines.includes(error.code) && data.badLines === 'stop') {
    return (
      <Notice
        tone="bad"
        title={t('data.look.problem.badLines')}
        actions={
          <>
            <Button size="xs" onClick={() => show({ ...data, badLines: 'setAside' }, tab)}>
              {t('data.look.problem.setAside')}
            </Button>
            <Button size="xs" variant="default" onClick={again}>
              {t('data.look.problem.mended')}
            </Button>
          </>
        }
      >
        <p>{text(error)}</p>
        <p>{t('data.look.problem.badLinesText')}</p>
      </Notice>
    )
  }
  const chosen = error.code === 'DATA_CHOICE_UNKNOWN'
  const retry = chosen ? () => show({ ...data, config: null, split: null }, tab) : again
  const label = chosen ? 'default' : error.code === 'DATA_CHANGED' ? 'reopen' : 'retry'
  return (
    <ErrorNotice
      error={error}
      title={t(error.code === 'DATA_CHANGED' ? 'data.look.problem.changed' : 'data.look.problem.title')}
      actions={
        <>
          <Button size="xs" onClick={retry}>
            {t(`data.look.problem.${label}`)}
          </Button>
          {other}
        </>
      }
    />
  )
}
