import { Button } from '@mantine/core'
import { IconFileExport } from '@tabler/icons-react'
import type { EnvironmentView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { ErrorNotice } from '../../ui/Notice'
import { save } from '../../ui/save'

type Format = 'requirements' | 'conda'

/** The exact set as a file; one made by conda has its own form beside the common one. */
export function ExportLock({ environment, name }: { environment: EnvironmentView; name: string }) {
  const { t } = useTranslation()
  const formats: Format[] = environment.engine === 'conda' ? ['requirements', 'conda'] : ['requirements']
  const fetch = useCommand(async (core, format: Format) =>
    save(await core.environments.export({ id: environment.id, format })),
  )
  return (
    <>
      {formats.map((format) => (
        <Button
          key={format}
          variant="default"
          size="xs"
          loading={fetch.busy}
          leftSection={<IconFileExport size={16} aria-hidden />}
          aria-label={`${t(`environments.export.${format}`)}: ${name}`}
          title={t('environments.export.hint')}
          onClick={() => void fetch.run(format)}
        >
          {t(`environments.export.${format}`)}
        </Button>
      ))}
      <ErrorNotice error={fetch.error} />
    </>
  )
}
