import {
  IconCircleCheck,
  IconClock,
  IconLoader2,
  IconPlayerPause,
  IconPlayerStop,
  IconPlugConnectedX,
  IconXboxX,
  type Icon,
} from '@tabler/icons-react'
import type { DownloadView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { hrefOf } from '../../stores/route'
import { Meter } from '../../ui/parts'
import { Badge } from '../../ui/Status'
import { Fold } from '../../ui/Fold'
import { AllFiles } from './AllFiles'
import { hostOf, isUnderWay, repoRoute, shareOf, timeLeft } from './choice'
import { DownloadActions } from './DownloadActions'
import { FileRow } from './FileRow'
import { HubProblem } from './HubProblem'
import css from './library.module.css'

type State = DownloadView['state']

const looks: Record<State, { icon: Icon; tone: 'ok' | 'warn' | 'bad' | 'live' | 'quiet'; spin?: boolean }> = {
  queued: { icon: IconClock, tone: 'quiet' },
  planning: { icon: IconLoader2, tone: 'live', spin: true },
  running: { icon: IconLoader2, tone: 'live', spin: true },
  paused: { icon: IconPlayerPause, tone: 'quiet' },
  done: { icon: IconCircleCheck, tone: 'ok' },
  failed: { icon: IconXboxX, tone: 'bad' },
  cancelled: { icon: IconPlayerStop, tone: 'quiet' },
  interrupted: { icon: IconPlugConnectedX, tone: 'warn' },
}

export function DownloadCard({ download }: { download: DownloadView }) {
  const { t } = useTranslation()
  const { id, kind, state, active, error, files } = download
  const { icon, tone, spin } = looks[state]
  const failed = state === 'failed' ? error : null
  return (
    <article className={css.card} aria-label={id} data-testid={`download-${id}`}>
      <header className={css.head}>
        <div className={css.title}>
          <h3>
            <a href={hrefOf('library', repoRoute(kind, id))}>{id}</a>
          </h3>
          <Badge tone={tone} icon={icon} spin={spin} testId="download-state">
            {t(`library.state.${state}`)}
          </Badge>
        </div>
        <DownloadActions download={download} />
      </header>
      <Meter label={id} share={shareOf(download)} text={t(`library.state.${state}`)} />
      <Numbers download={download} />
      <HubProblem error={failed} kind={kind} />
      {active.length > 0 && isUnderWay(download) && (
        <ul className={css.files} aria-label={t('library.downloads.active')} tabIndex={0}>
          {active.slice(0, 6).map((file) => (
            <FileRow key={file.path} file={file} />
          ))}
        </ul>
      )}
      {(files.total ?? 0) > 0 && (
        <Fold label={t('library.downloads.all', { count: files.total ?? 0 })}>
          <AllFiles job={download.job} />
        </Fold>
      )}
    </article>
  )
}

/** Bytes, rate, what is left, and who really sends it. */
function Numbers({ download }: { download: DownloadView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { bytes, files, rate, endpoint, hosts, retries, againBytes, place, state } = download
  const left = timeLeft(download)
  const facts = [
    bytes.total === null
      ? null
      : t('library.downloads.bytes', { done: format.bytes(bytes.done), total: format.bytes(bytes.total) }),
    files.total === null ? null : t('library.downloads.files', { done: files.done, total: files.total }),
    rate === null || state !== 'running' ? null : `${format.bytes(rate)}/s`,
    left === null ? null : t('library.downloads.left', { time: format.duration(left) }),
    state === 'queued' && place > 0 ? t('library.downloads.place', { place }) : null,
    retries > 0 ? t('library.downloads.retries', { count: retries }) : null,
    againBytes > 0 ? t('library.downloads.again', { bytes: format.bytes(againBytes) }) : null,
  ].filter((fact) => fact !== null)
  return (
    <p className={css.numbers}>
      <span className="num">{facts.join(' · ')}</span>
      {endpoint !== null && (
        <span>
          {t('library.downloads.from', { endpoint: hostOf(endpoint) })}
          {hosts.length > 0 && ` → ${hosts.join(', ')}`}
        </span>
      )}
    </p>
  )
}
