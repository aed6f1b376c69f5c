import type { Asked, AskReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { Findings } from '../../../ui/Findings'
import { RichText } from '../../dataset/value/RichText'
import { Score } from '../samples/Score'
import { meanScore } from './rows'
import css from './checkpoints.module.css'

export function Answers({ report: { device, step, answers, findings } }: { report: AskReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const base = meanScore(answers.map((one) => one.base))
  const trained = meanScore(answers.map((one) => one.trained))
  return (
    <div className={css.stack} data-testid="asked">
      <p className={css.quiet} role="status">
        {t('runs.ask.device', { step: format.count(step), device })}
        {base !== null && trained !== null && (
          <>
            {' · '}
            <b>{t('runs.ask.better', { base: format.value(base), trained: format.value(trained) })}</b>
          </>
        )}
      </p>
      <Findings findings={findings} />
      {answers.map((one, index) => (
        <Pair key={index} one={one} />
      ))}
    </div>
  )
}

function Pair({ one: { row, question, truth, base, trained } }: { one: Asked }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <article className={css.pair}>
      <h3>
        {t('runs.ask.question')}
        {row !== null && <span> {format.count(row)}</span>}
      </h3>
      <div className={css.question}>
        <RichText text={question} />
        {truth !== null && (
          <p className={css.quiet}>
            {t('runs.samples.truth')} <b>{truth}</b>
          </p>
        )}
      </div>
      <div className={css.sides}>
        <Side title={t('runs.ask.base')} answer={base} />
        <Side title={t('runs.ask.trained')} answer={trained} />
      </div>
    </article>
  )
}

function Side({ title, answer }: { title: string; answer: Asked['base'] }) {
  const { t } = useTranslation()
  return (
    <div className={css.side}>
      <p className={css.sideHead}>
        <b>{title}</b>
        {answer !== null && (
          <>
            <span>{t('runs.ask.tokensOf', { tokens: answer.tokens })}</span>
            <Score score={answer.score} />
          </>
        )}
      </p>
      {answer === null ? <p className={css.quiet}>{t('runs.ask.notAnswered')}</p> : <RichText text={answer.text} />}
    </div>
  )
}
