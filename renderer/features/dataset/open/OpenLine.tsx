import { Button } from '@mantine/core'
import type { DataRef, OpenedData } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Meter } from '../../../ui/parts'
import { Fold } from '../../../ui/Fold'
import { useAmount } from './amount'
import type { Opening } from './use-opening'
import css from './open.module.css'

/** What is open, in one line: formats, files, size, rows; and how far the reading of it is. */
export function OpenLine({ data, opening }: { data: DataRef; opening: Opening }) {
  const { opened, preparing, progress } = opening
  const { t } = useTranslation()
  return (
    <div className={css.line}>
      {opened === null ? (
        <p className={css.facts}>
          <code>{data.paths.join(', ')}</code>
        </p>
      ) : (
        <Facts opened={opened} />
      )}
      {preparing && <Reading progress={progress} cancel={opening.cancel} />}
      {opening.cancelled && (
        <p className={css.facts}>
          {t('data.look.reading.cancelled')}{' '}
          <Button variant="subtle" size="compact-sm" onClick={opening.again}>
            {t('data.look.reading.resume')}
          </Button>
        </p>
      )}
    </div>
  )
}

function Facts({ opened: { files, bytes, rows, columns } }: { opened: OpenedData }) {
  const { t } = useTranslation()
  const format = useFormat()
  const kinds = files.map((file) => t(`data.look.format.${file.format}`) + packed[file.compression])
  const facts = [
    rows === null ? t('data.look.rowsUnknown') : t('data.look.rows', { count: rows, rows: format.count(rows) }),
    t('data.look.columns', { count: columns.length }),
    [...new Set(kinds)].join(', '),
    format.bytes(bytes),
  ]
  return (
    <div className={css.facts}>
      <p data-testid="data-facts">{facts.join(' · ')}</p>
      <Fold label={t('library.fileCount', { count: files.length })}>
        <ul className={css.files}>
          {files.slice(0, SHOWN).map((file) => (
            <li key={file.path}>
              <code>{file.path}</code> <span className="num">{format.bytes(file.bytes)}</span>
            </li>
          ))}
          {files.length > SHOWN && <li>{t('data.look.moreFiles', { count: files.length - SHOWN })}</li>}
        </ul>
      </Fold>
    </div>
  )
}

const SHOWN = 200
const packed = { none: '', gzip: '.gz', zstd: '.zst' }

function Reading({ progress, cancel }: { progress: Opening['progress']; cancel(): void }) {
  const { t } = useTranslation()
  const amount = useAmount(progress)
  const share =
    progress === null || progress.total === null || progress.total === 0 ? null : progress.done / progress.total
  return (
    <div className={css.reading}>
      <span className="num">
        <span className={css.readingTitle}>{t('data.look.reading.title')}</span> {amount}
      </span>
      <Meter label={t('data.look.reading.title')} share={share} {...(amount === '' ? {} : { text: amount })} />
      <Button variant="subtle" color="gray" size="compact-sm" onClick={cancel}>
        {t('common.cancel')}
      </Button>
    </div>
  )
}
