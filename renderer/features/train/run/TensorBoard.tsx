import { Button, Skeleton } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useAsked } from '../../../stores/asked'
import { ErrorNotice, Notice } from '../../../ui/Notice'

/** A link to press: a browser opens no window for an answer that came later. */
export function TensorBoard({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const { value, error } = useAsked(run.id, (core) => core.runs.tensorboard({ id: run.id }))
  if (error !== null) return <ErrorNotice error={error} />
  if (value === null) return <Skeleton height={60} radius={8} />
  return (
    <Notice
      tone="ok"
      actions={
        <Button
          component="a"
          size="xs"
          href={value.address}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconExternalLink size={15} aria-hidden />}
        >
          {t('runs.tensorboardOpen')}
        </Button>
      }
    >
      {t('runs.tensorboardReady', { address: value.address })}
    </Notice>
  )
}
