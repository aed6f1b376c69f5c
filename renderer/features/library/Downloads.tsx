import { useTranslation } from 'react-i18next'
import { useCore } from '../../stores/projection'
import { sortedDownloads } from './choice'
import { DownloadCard } from './DownloadCard'
import css from './library.module.css'

/** What is on its way, and what ended until it is put away. */
export function Downloads() {
  const { t } = useTranslation()
  const downloads = sortedDownloads(useCore((state) => state.downloads))
  if (downloads.length === 0) return null
  return (
    <section className={css.group} aria-label={t('library.downloads.title')}>
      <h2>{t('library.downloads.title')}</h2>
      {downloads.map((download) => (
        <DownloadCard key={download.job} download={download} />
      ))}
    </section>
  )
}
