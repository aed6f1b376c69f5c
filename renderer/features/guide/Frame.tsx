import { Button } from '@mantine/core'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'
import type { GuideStep } from '#contract'
import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { goToStep } from '../../stores/guide'
import { ErrorNotice } from '../../ui/Notice'
import { guideOrder, neighbour } from './order'
import css from './guide.module.css'

interface FrameProps {
  step: GuideStep
  title: string
  text: string
  /** What the forward button says; null hides it. */
  forward: string | null
  quiet?: boolean
  wide?: boolean
  children?: ReactNode
}

/** What every step of the guide has: where one is, the question, back and forward. */
export function Frame({ step, title, text, forward, quiet = false, wide = false, children }: FrameProps) {
  const { t } = useTranslation()
  const heading = useRef<HTMLHeadingElement>(null)
  const move = useCommand((core, to: GuideStep) => goToStep(core, to))
  const at = guideOrder.indexOf(step)
  useEffect(() => {
    document.title = `${title} – ${t('app.name')}`
    heading.current?.focus({ preventScroll: true })
  }, [title, t])
  return (
    <div className={css.frame} data-wide={wide || undefined}>
      <p className={css.count}>{t('guide.stepOf', { n: at + 1, total: guideOrder.length })}</p>
      <h1 ref={heading} tabIndex={-1} data-quiet-focus>
        {title}
      </h1>
      <p className={css.text}>{text}</p>
      <div className={css.content}>{children}</div>
      <ErrorNotice error={move.error} />
      <div className={css.foot}>
        {at > 0 && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
            onClick={() => void move.run(neighbour(step, -1))}
          >
            {t('common.back')}
          </Button>
        )}
        {forward !== null && (
          <Button
            size="md"
            className={css.forward}
            variant={quiet ? 'default' : 'filled'}
            loading={move.busy}
            rightSection={<IconArrowRight size={17} aria-hidden />}
            onClick={() => void move.run(neighbour(step, 1))}
          >
            {forward}
          </Button>
        )}
      </div>
    </div>
  )
}
