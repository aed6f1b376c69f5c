import { Button } from '@mantine/core'
import type { HubSource, Preview, RepoInfo } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { PreviewTable } from './PreviewTable'
import css from './library.module.css'

interface ConfigsProps {
  info: RepoInfo
  source: HubSource
  ticked: ReadonlySet<string>
  onTick(ticked: ReadonlySet<string>): void
}

/** The parts a dataset is divided into: looked into before, and taken one by one. */
export function Configs({ info, source, ticked, onTick }: ConfigsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [shown, setShown] = useState<{ file: string; preview: Preview } | null>(null)
  const look = useCommand(async (core, file: string) => {
    const { kind, id: repo, revision } = info
    setShown({ file, preview: await core.hub.preview({ source, kind, repo, revision, file, rows: 20 }) })
  })
  const configs = info.dataset?.configs ?? []
  const data = new Set(configs.flatMap(({ splits }) => splits.flatMap(({ files }) => files)))
  // Only this part of the data; what is not data (a card, a licence) stays as it was.
  const only = (files: string[]) => onTick(new Set([...[...ticked].filter((path) => !data.has(path)), ...files]))
  return (
    <Panel title={t('library.dataset.title')}>
      {configs.length === 0 && <p className={css.quiet}>{t('library.dataset.none')}</p>}
      <ul className={css.splits}>
        {configs.flatMap(({ name, splits }) =>
          splits.map((split) => (
            <li key={`${name}/${split.name}`}>
              <span>
                {name !== 'default' && <code>{name}</code>} <strong>{split.name}</strong>
              </span>
              <span className={css.quiet}>
                {t('library.fileCount', { count: split.files.length })} · {format.bytes(split.bytes)}
              </span>
              <span className={css.actions}>
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={look.busy && shown === null}
                  disabled={split.files[0] === undefined}
                  aria-label={`${t('library.dataset.preview')}: ${name} ${split.name}`}
                  onClick={() => void look.run(split.files[0] ?? '')}
                >
                  {t('library.dataset.preview')}
                </Button>
                {configs.length > 1 && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`${t('library.dataset.only')}: ${name}`}
                    onClick={() => only(splits.flatMap(({ files }) => files))}
                  >
                    {t('library.dataset.only')}
                  </Button>
                )}
              </span>
            </li>
          )),
        )}
      </ul>
      <ErrorNotice error={look.error} />
      {shown !== null && <PreviewTable file={shown.file} preview={shown.preview} />}
    </Panel>
  )
}
