import { Button } from '@mantine/core'
import {
  IconBox,
  IconChevronRight,
  IconCircleCheckFilled,
  IconDatabase,
  IconListSearch,
  type Icon,
} from '@tabler/icons-react'
import type { JobView, PracticeReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { hrefOf } from '../../stores/route'
import { Fact, Facts, PathText, Sparkline, Stat, Stats } from '../../ui/parts'
import { Panel } from '../../ui/Page'
import css from './practice.module.css'

interface ReportProps {
  job: JobView
  report: PracticeReport
  inGuide: boolean
  onAgain(): void
}

/** What practice proved, with the numbers it proved it by. */
export function Report({ report, inGuide, onAgain }: ReportProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const duration = format.duration(report.seconds * 1000)
  return (
    <section className={css.report} aria-label={t('report.title')} data-testid="practice-report">
      <div className={css.reportHead}>
        <IconCircleCheckFilled size={34} aria-hidden />
        <div>
          <h2>{t('report.title')}</h2>
          <p>{t('report.text', { steps: format.count(report.steps), duration })}</p>
        </div>
        <Button variant="default" onClick={onAgain}>
          {t('practice.again')}
        </Button>
      </div>
      <Numbers report={report} duration={duration} />
      <div className={css.sparks}>
        <Spark name={t('report.reward')} values={report.rewards} note={t('report.rewardNote')} />
        <Spark name={t('report.length')} values={report.lengths} />
      </div>
      <div className={css.reportRest}>
        <Made report={report} />
        {!inGuide && <Next report={report} onAgain={onAgain} />}
      </div>
    </section>
  )
}

function Numbers({ report, duration }: { report: PracticeReport; duration: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const reward = report.rewards.at(-1)
  const length = report.lengths.at(-1)
  return (
    <Stats>
      <Stat name={t('report.steps')}>{format.count(report.steps)}</Stat>
      <Stat name={t('report.lastReward')}>{reward === undefined ? '–' : format.value(reward)}</Stat>
      <Stat name={t('report.lastLength')}>
        {length === undefined ? '–' : t('report.tokens', { n: format.value(length) })}
      </Stat>
      <Stat name={t('report.time')}>{duration}</Stat>
    </Stats>
  )
}

function Spark({ name, values, note }: { name: string; values: number[]; note?: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const first = values[0]
  const last = values.at(-1)
  if (first === undefined || last === undefined) return null
  const text = t('report.fromTo', { from: format.value(first), to: format.value(last) })
  return (
    <figure className={css.spark}>
      <figcaption>
        <h3>{name}</h3>
        <p>{text}</p>
      </figcaption>
      <Sparkline values={values} label={`${name}: ${text}`} />
      {note !== undefined && <p className={css.sparkNote}>{note}</p>}
    </figure>
  )
}

function Made({ report }: { report: PracticeReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data, model } = report
  const counts = { train: format.count(data.train), test: format.count(data.test) }
  return (
    <Panel title={t('report.facts')}>
      <Facts>
        <Fact name={t('report.model')}>
          <p>{t('report.parameters', { n: format.compact(model.parameters) })}</p>
          <PathText path={model.path} />
        </Fact>
        <Fact name={t('report.data')}>
          <p>{data.source === 'made' ? t('report.dataMade', counts) : t('report.dataGiven', counts)}</p>
          <PathText path={data.path} />
        </Fact>
        <Fact name={t('report.environment')}>
          <PathText path={report.environment} />
        </Fact>
        <Fact name={t('report.folder')}>
          <PathText path={report.runFolder} />
        </Fact>
      </Facts>
    </Panel>
  )
}

function Next({ report, onAgain }: { report: PracticeReport; onAgain(): void }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('report.next')} flush>
      <ul className={css.next}>
        <li>
          <a href={hrefOf('runs', report.run)}>
            <NextText icon={IconListSearch} title={t('report.nextRun.title')} text={t('report.nextRun.text')} />
          </a>
        </li>
        <li>
          <button type="button" onClick={onAgain}>
            <NextText icon={IconDatabase} title={t('report.nextData.title')} text={t('report.nextData.text')} />
          </button>
        </li>
        <li>
          <a href={hrefOf('environments')}>
            <NextText
              icon={IconBox}
              title={t('report.nextEnvironment.title')}
              text={t('report.nextEnvironment.text')}
            />
          </a>
        </li>
      </ul>
    </Panel>
  )
}

function NextText({ icon: Shape, title, text }: { icon: Icon; title: string; text: string }) {
  return (
    <>
      <Shape size={20} stroke={1.7} aria-hidden />
      <span>
        <strong>{title}</strong>
        <span>{text}</span>
      </span>
      <IconChevronRight size={17} stroke={1.8} aria-hidden />
    </>
  )
}
