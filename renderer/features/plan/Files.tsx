import { Button, FileButton, Modal, SegmentedControl } from '@mantine/core'
import { IconDownload, IconFileExport, IconFileImport } from '@tabler/icons-react'
import type { AppErrorData, PlanExportFormat } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toAppError } from '../../api/errors'
import { client } from '../../api/session'
import { useCommand, type Command } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { resolveLanguage } from '../../i18n'
import { ErrorNotice } from '../../ui/Notice'
import { CopyText } from '../../ui/CopyText'
import { save, type TextFile } from '../../ui/save'
import { edit, usePlan } from './store'
import css from './plan.module.css'

/** Takes over what an exported plan asked for. */
export function useImport(): Command<[File]> {
  return useCommand(async (core, file: File) => {
    const request = await core.plan.import({ text: await file.text() })
    edit(() => request)
  })
}

export function ImportPlan({ read }: { read: Command<[File]> }) {
  const { t } = useTranslation()
  return (
    <FileButton
      accept=".sh,.yaml,.yml,.json"
      onChange={(file) => file !== null && void read.run(file)}
      inputProps={{ name: 'plan-file' }}
    >
      {(props) => (
        <Button {...props} variant="default" loading={read.busy} leftSection={<IconFileImport size={16} aria-hidden />}>
          {t('plan.files.import')}
        </Button>
      )}
    </FileButton>
  )
}

const formats = ['sh', 'yaml', 'json'] as const satisfies readonly PlanExportFormat[]

interface Exported {
  file: TextFile | null
  error: AppErrorData | null
}

/** The file as it will be saved, made anew when the plan or the form changes. */
function useExported(format: PlanExportFormat, opened: boolean): Exported {
  const request = usePlan((store) => store.request)
  const language = resolveLanguage(useCore((state) => state.settings.language))
  const [exported, setExported] = useState<Exported>({ file: null, error: null })
  useEffect(() => {
    if (!opened) return
    let latest = true
    Promise.resolve()
      .then(() => client().plan.export({ request, format, language }))
      .then((file) => latest && setExported({ file, error: null }))
      .catch((thrown: unknown) => latest && setExported({ file: null, error: toAppError(thrown) }))
    return () => {
      latest = false
    }
  }, [request, format, language, opened])
  return exported
}

export function ExportPlan() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileExport size={16} aria-hidden />}
        onClick={() => setOpened(true)}
        data-testid="plan-export"
      >
        {t('plan.files.export')}
      </Button>
      <Modal.Root opened={opened} onClose={() => setOpened(false)} size="xl" centered>
        <Modal.Overlay />
        <Modal.Content>
          <div className={css.dialogHead}>
            <Modal.Title>{t('plan.files.title')}</Modal.Title>
            <Modal.CloseButton aria-label={t('common.close')} />
          </div>
          <Modal.Body>
            <ExportDialog opened={opened} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  )
}

function ExportDialog({ opened }: { opened: boolean }) {
  const { t } = useTranslation()
  const [format, setFormat] = useState<PlanExportFormat>('sh')
  const { file, error } = useExported(format, opened)
  return (
    <div className={css.export}>
      <div className={css.exportHead}>
        <SegmentedControl
          size="xs"
          aria-label={t('plan.files.format')}
          value={format}
          data={formats.map((value) => ({ value, label: t(`plan.files.formats.${value}`) }))}
          onChange={(value) => setFormat(formats.find((known) => known === value) ?? 'sh')}
        />
        <p className={css.quiet}>{t(`plan.files.hint.${format}`)}</p>
      </div>
      <ErrorNotice error={error} />
      <pre className={css.code} tabIndex={0} data-testid="plan-export-text">
        {file?.text}
      </pre>
      <div className={css.exportHead}>
        <p className={css.quiet}>{t('plan.files.readBack')}</p>
        {file !== null && (
          <div className={css.exportActions}>
            <CopyText text={file.text} />
            <Button
              size="compact-sm"
              leftSection={<IconDownload size={15} aria-hidden />}
              onClick={() => save(file)}
              data-testid="plan-save"
            >
              {t('plan.files.save', { name: file.name })}
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}
