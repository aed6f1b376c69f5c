import { Button } from '@mantine/core'
import i18next from 'i18next'
import { Component, type ReactNode } from 'react'
import css from './app.module.css'

/** A fault of the page must not leave a white window; the core and the training are not touched by it. */
export class Fault extends Component<{ children: ReactNode }, { detail: string | null }> {
  override state: { detail: string | null } = { detail: null }

  static getDerivedStateFromError(error: unknown): { detail: string } {
    return { detail: error instanceof Error ? error.message : String(error) }
  }

  override render(): ReactNode {
    const { detail } = this.state
    if (detail === null) return this.props.children
    return (
      <main className={css.gate}>
        <div className={css.gateCard} role="alert">
          <h1>{i18next.t('fault.title')}</h1>
          <p>{i18next.t('fault.text')}</p>
          <code className={css.example}>{detail}</code>
          <Button onClick={() => location.reload()}>{i18next.t('fault.reload')}</Button>
        </div>
      </main>
    )
  }
}
