import type { FileTransfer } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useErrorText } from '../../ui/Notice'
import css from './library.module.css'

const WIDTH = 1000

/** One file, with a map of which parts of it are here. */
export function FileRow({ file }: { file: FileTransfer }) {
  const { t } = useTranslation()
  const format = useFormat()
  const errorText = useErrorText()
  const { path, size, done, state, problem } = file
  return (
    <li data-state={state}>
      <span className={css.filePath} title={path}>
        {path}
      </span>
      <span className={css.fileFacts}>
        {t(`library.file.${state}`)} ·{' '}
        {t('library.downloads.bytes', { done: format.bytes(done), total: format.bytes(size) })}
      </span>
      <SegmentMap file={file} />
      {problem !== null && <small>{errorText(problem)}</small>}
    </li>
  )
}

function SegmentMap({ file: { path, size, segments, done } }: { file: FileTransfer }) {
  const { t } = useTranslation()
  const share = size === 0 ? 1 : done / size
  return (
    <svg
      className={css.map}
      viewBox={`0 0 ${WIDTH} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('library.file.map', { path, percent: Math.floor(share * 100) })}
    >
      {segments.map(([from, to]) => (
        <rect
          key={from}
          x={(from / size) * WIDTH}
          width={Math.max(2, ((to - from) / size) * WIDTH)}
          y={0}
          height={10}
        />
      ))}
    </svg>
  )
}
