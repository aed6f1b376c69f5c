import { Paper } from '@mantine/core'
import { IconFileDownload } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop, pathOfDropped } from '../../../api/desktop'
import { Notice } from '../../../ui/Notice'
import { show } from '../go'
import { refOf } from '../refs'
import css from './start.module.css'

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true

interface DropTargetProps {
  /** What the page shows; elsewhere a refusal is no longer news. */
  place: string
  children: ReactNode
}

/** Files dropped anywhere on the window are opened. A browser does not tell where they lie, and that is said. */
export function DropTarget({ place, children }: DropTargetProps) {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  useEffect(() => {
    // Entered and left are told of every element below the pointer, so they are counted.
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      depth -= 1
      if (depth <= 0) setOver(false)
    }
    const stay = (event: DragEvent) => holdsFiles(event) && event.preventDefault()
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      const paths = files.map(pathOfDropped).filter((path) => path !== '')
      setRefused(paths.length === 0 ? place : null)
      if (paths.length > 0) show(refOf(paths))
    }
    const listeners = { dragenter: enter, dragleave: leave, dragover: stay, drop }
    const entries = Object.entries(listeners) as ['dragenter', (event: DragEvent) => void][]
    for (const [name, listener] of entries) window.addEventListener(name, listener)
    return () => {
      for (const [name, listener] of entries) window.removeEventListener(name, listener)
    }
  }, [place])
  return (
    <>
      {refused === place && (
        <div className={css.refused}>
          <Notice tone="warn" title={t('data.look.drop.hiddenTitle')}>
            {t('data.look.drop.hidden')}
          </Notice>
        </div>
      )}
      {children}
      {over && (
        <div className={css.drop} aria-hidden>
          <Paper className={css.dropCard ?? ''} shadow="md" radius={12}>
            <IconFileDownload size={28} stroke={1.6} />
            <strong>{t(desktop() === null ? 'data.look.drop.titleBrowser' : 'data.look.drop.title')}</strong>
            <span>{t(desktop() === null ? 'data.look.drop.browser' : 'data.look.drop.text')}</span>
          </Paper>
        </div>
      )}
    </>
  )
}
