import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './ui.module.css'

interface PageProps {
  title: string
  lead?: string | undefined
  /** Beside the title, e.g. a status. */
  beside?: ReactNode
  /** Above the title, e.g. the way back. */
  above?: ReactNode
  actions?: ReactNode
  wide?: boolean
  children: ReactNode
}

/** The frame of every screen: title, what the screen is for, its actions. */
export function Page({ title, lead, beside, above, actions, wide = false, children }: PageProps) {
  const { t } = useTranslation()
  const name = t('app.name')
  useEffect(() => {
    document.title = `${title} – ${name}`
  }, [title, name])
  return (
    <div className={wide ? `${css.page} ${css.wide}` : css.page}>
      <header className={css.pageHead}>
        <div className={css.pageHeadText}>
          {above}
          <div className={css.actions}>
            <Heading text={title} />
            {beside}
          </div>
          {lead !== undefined && <p className={css.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** Takes the focus when a screen opens, so that keyboard and screen reader start at its top. */
function Heading({ text }: { text: string }) {
  const ref = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (document.activeElement?.closest('nav') !== null && document.activeElement !== document.body) return
    ref.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h1 ref={ref} tabIndex={-1} data-quiet-focus>
      {text}
    </h1>
  )
}

interface PanelProps {
  title?: string
  actions?: ReactNode
  /** The content brings its own padding. */
  flush?: boolean
  className?: string | undefined
  children: ReactNode
}

export function Panel({ title, actions, flush = false, className, children }: PanelProps) {
  return (
    <section className={className === undefined ? css.panel : `${css.panel} ${className}`} aria-label={title}>
      {title !== undefined && (
        <div className={css.panelHead}>
          <h2>{title}</h2>
          {actions !== undefined && <div className={css.actions}>{actions}</div>}
        </div>
      )}
      {flush ? children : <div className={css.panelBody}>{children}</div>}
    </section>
  )
}
