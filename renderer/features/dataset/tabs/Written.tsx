import { Button } from '@mantine/core'
import { IconArrowRight, IconCircleCheckFilled } from '@tabler/icons-react'
import type { PreparedCard, PreparedData, SplitCounts } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useCommand } from '../../../stores/command'
import { useCore } from '../../../stores/projection'
import { go } from '../../../stores/route'
import { useFindingText } from '../../../ui/Findings'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { Fact, Facts, PathText } from '../../../ui/parts'
import { emptyRequest } from '../../plan/request'
import type { ConvertJob } from './convert-job'
import write from './write.module.css'
import css from './work.module.css'

/** What came of it. A folder of the user's own is no prepared dataset of ours: then the path is what there is to say. */
export function Written({ job }: { job: ConvertJob }) {
  const { t } = useTranslation()
  const prepared = useCore(({ datasets }) =>
    Object.values(datasets)
      .filter(({ card }) => card.name === job.asked.name)
      .sort((a, b) => b.card.at - a.card.at)
      .at(0),
  )
  if (job.asked.out !== null)
    return (
      <Notice tone="ok" title={t('data.work.write.done', { name: job.asked.name })}>
        <PathText path={job.asked.out} />
      </Notice>
    )
  return prepared === undefined ? null : <ResultCard prepared={prepared} />
}

function ResultCard({ prepared }: { prepared: PreparedData }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { card, folder, bytes } = prepared
  return (
    <section className={write.card} aria-label={t('data.work.write.done', { name: card.name })}>
      <div className={write.head}>
        <IconCircleCheckFilled size={32} aria-hidden />
        <div>
          <h2>{t('data.work.write.done', { name: card.name })}</h2>
          <p>
            {format.bytes(bytes)} · <PathText path={folder} />
          </p>
        </div>
        {card.recipe.layout === 'rl' && <UseInPlan folder={folder} />}
      </div>
      <div className={write.counts}>
        <Counts title={t('data.work.write.train')} counts={card.train} />
        {card.test !== null && <Counts title={t('data.work.write.test')} counts={card.test} />}
        <Proof proof={card.proof} />
      </div>
    </section>
  )
}

function Counts({ title, counts: { read, written, dropped } }: { title: string; counts: SplitCounts }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useFindingText()
  return (
    <div className={write.part}>
      <h3>{title}</h3>
      <Facts>
        <Fact name={t('data.work.write.read')}>{format.count(read)}</Fact>
        <Fact name={t('data.work.write.written')}>
          <b>{format.count(written)}</b>
        </Fact>
      </Facts>
      {Object.entries(dropped).map(([code, count]) => (
        <p key={code} className={css.quiet}>
          {t('data.work.write.dropped', {
            rows: format.count(count),
            why: text({ code, severity: 'info', params: { count } }),
          })}
        </p>
      ))}
    </div>
  )
}

function Proof({ proof }: { proof: PreparedCard['proof'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className={write.part}>
      <h3>{t('data.work.write.proofTitle')}</h3>
      <p className={css.quiet}>
        {proof === null
          ? t('data.work.write.unproved')
          : t('data.work.write.proved', { verl: proof.verl, count: proof.rows, rows: format.count(proof.rows) })}
      </p>
    </div>
  )
}

function UseInPlan({ folder }: { folder: string }) {
  const { t } = useTranslation()
  const plan = useCore((state) => state.plan)
  const used = plan?.data === folder
  const use = useCommand(async (core) => {
    // Without a model there is no plan to keep: the page then asks for one.
    const next = { ...(plan ?? emptyRequest), data: folder }
    if (!used && next.model !== '') await core.plan.keep(next)
    go('plan')
  })
  return (
    <div className={css.stack}>
      <Button loading={use.busy} rightSection={<IconArrowRight size={16} aria-hidden />} onClick={() => void use.run()}>
        {t(used ? 'data.work.write.openPlan' : 'data.work.write.usePlan')}
      </Button>
      <ErrorNotice error={use.error} />
    </div>
  )
}
