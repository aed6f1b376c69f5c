import { Button } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { DiagnoseRequest } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { ErrorNotice } from '../../ui/Notice'

/** Copies what somebody else needs to help; the core takes out what is private. */
export function CopyReport({ request }: { request: DiagnoseRequest }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = useCommand(async (core) => {
    const { text } = await core.diagnosis.report(request)
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  })
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        loading={copy.busy}
        leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
        onClick={() => void copy.run()}
      >
        {copied ? t('common.copied') : t('diagnosis.copy')}
      </Button>
      <ErrorNotice error={copy.error} />
    </>
  )
}
