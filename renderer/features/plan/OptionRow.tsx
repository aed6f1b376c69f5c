import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconArrowBackUp, IconChevronDown, IconInfoCircle, IconXboxX } from '@tabler/icons-react'
import type { PlanFinding } from '#contract'
import { Fragment, memo, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bareKey, type Option } from './options'
import { OptionValue } from './OptionValue'
import { withoutValue } from './request'
import { edit } from './store'
import { useSentences } from './words'
import css from './options.module.css'

export const OptionRow = memo(function OptionRow({ option }: { option: Option }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const { value, findings } = option
  const worst = findings.some(({ severity }) => severity === 'error') ? 'error' : findings[0]?.severity
  return (
    <>
      <tr className={css.row} data-worst={worst} data-open={open || undefined} data-changed={value.planned !== null}>
        <OptionHead option={option} />
        <td className={css.ours}>
          <OptionValue option={option} />
          {value.planned !== null && <Planned option={option} />}
        </td>
        <Compared of="tutorial" value={value.tutorial} differs={option.fromTutorial} />
        <Compared of="verl" value={value.verlDefault} differs={option.fromDefault} />
        <td className={css.why}>
          <Why option={option} open={open} controls={id} onToggle={() => setOpen(!open)} />
        </td>
      </tr>
      {(open || findings.length > 0) && (
        <tr className={css.more} id={id} data-worst={worst}>
          <td colSpan={5}>
            {findings.map((finding, index) => (
              <Objection key={`${finding.code}-${index}`} finding={finding} />
            ))}
            {open && <Reason option={option} />}
          </td>
        </tr>
      )}
    </>
  )
})

function OptionHead({ option: { value } }: { option: Option }) {
  const sentences = useSentences()
  const name = sentences.option(value.key)
  return (
    <th scope="row" className={css.head}>
      {name !== null && <span className={css.name}>{name}</span>}
      {/* Long keys break where a word of theirs ends. */}
      <code>
        {bareKey(value.key)
          .split(/(?<=[._])/)
          .map((part, index) => (
            <Fragment key={index}>
              {part}
              <wbr />
            </Fragment>
          ))}
      </code>
    </th>
  )
}

interface ComparedProps {
  of: 'tutorial' | 'verl'
  value: string | null
  differs: boolean
}

/** What somebody else says: dim where it is the same, marked where it is not. */
function Compared({ of, value, differs }: ComparedProps) {
  const { t } = useTranslation()
  const name = t(`plan.options.columns.${of}`)
  if (value === null) {
    return (
      <td className={css.compared} data-of={name}>
        <span aria-hidden>–</span>
        <span className="hidden-visually">{t('plan.options.unset')}</span>
      </td>
    )
  }
  return (
    <td className={css.compared} data-of={name} data-differs={differs || undefined} title={value}>
      <code>{value}</code>
      <span className="hidden-visually">{differs ? t('plan.options.differs') : t('plan.options.same')}</span>
    </td>
  )
}

function Planned({ option: { value } }: { option: Option }) {
  const { t } = useTranslation()
  const key = bareKey(value.key)
  return (
    <span className={css.planned}>
      {t('plan.options.planned', { value: value.planned })}
      <Tooltip label={t('plan.options.reset', { key })}>
        <button
          type="button"
          aria-label={t('plan.options.reset', { key })}
          onClick={() => edit((request) => withoutValue(request, value.key))}
        >
          <IconArrowBackUp size={14} aria-hidden />
        </button>
      </Tooltip>
    </span>
  )
}

interface WhyProps {
  option: Option
  open: boolean
  controls: string
  onToggle(): void
}

/** One line of the reason; all of it on pointing, and in the row for those who cannot point. */
function Why({ option: { value }, open, controls, onToggle }: WhyProps) {
  const { t } = useTranslation()
  const sentences = useSentences()
  const sentence = sentences.rule(value.rule, value.params)
  return (
    <Tooltip label={sentence} multiline maw={380} position="top-end" disabled={open}>
      <button type="button" aria-expanded={open} {...(open ? { 'aria-controls': controls } : {})} onClick={onToggle}>
        <span>
          <span className="hidden-visually">{t('plan.options.whyOf', { key: bareKey(value.key) })} </span>
          {sentence}
        </span>
        <IconChevronDown size={15} aria-hidden />
      </button>
    </Tooltip>
  )
}

function Reason({ option: { value } }: { option: Option }) {
  const { t } = useTranslation()
  const sentences = useSentences()
  return (
    <p className={css.reason}>
      {sentences.rule(value.rule, value.params)} <span>{t('plan.options.rule', { rule: value.rule })}</span>
    </p>
  )
}

const icons = { error: IconXboxX, warning: IconAlertTriangle, info: IconInfoCircle }

function Objection({ finding }: { finding: PlanFinding }) {
  const sentences = useSentences()
  const Shape = icons[finding.severity]
  return (
    <p className={css.objection} data-severity={finding.severity} data-testid="plan-objection">
      <Shape size={16} stroke={1.9} aria-hidden />
      {sentences.finding(finding)}
    </p>
  )
}
