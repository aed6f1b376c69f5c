import type { MetricPoint, RunView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useAsked } from '../../stores/asked'
import css from './diagnosis.module.css'

/** A step's metrics take some 3 KB. */
const TAIL_BYTES = 32 * 1024
const SHOWN = 5

/** In what verl calls it (verl/trainer/ppo/metric_utils.py, verl/workers/fsdp_workers.py), and TRL's trainer with us. */
const columns = {
  reward: ['critic/rewards/mean', 'critic/score/mean'],
  length: ['response_length/mean'],
  gpuMemory: ['perf/max_memory_reserved_gb', 'perf/max_memory_allocated_gb'],
  memory: ['perf/cpu_memory_used_gb'],
  seconds: ['timing_s/step', 'perf/time_per_step'],
} as const
type Column = keyof typeof columns
const names = Object.keys(columns) as Column[]

const valueOf = ({ data }: MetricPoint, column: Column): number | undefined =>
  columns[column].map((key) => data[key]).find((value) => value !== undefined)

/** What the numbers did before it died: memory that climbs shows here. */
export function LastSteps({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, metricsBytes, logMovedAt, endedAt, checkpoint } = run
  const asked = useAsked(`${id} ${metricsBytes}`, (core) =>
    core.runs.readMetrics({ id, from: Math.max(0, metricsBytes - TAIL_BYTES) }),
  )
  const steps = asked.value?.points.slice(-SHOWN) ?? []
  const shown = names.filter((column) => steps.some((point) => valueOf(point, column) !== undefined))
  const silent = logMovedAt === null || endedAt === null ? 0 : endedAt - logMovedAt
  return (
    <section aria-label={t('diagnosis.before.title')}>
      <h4>{t('diagnosis.before.title')}</h4>
      <p className={css.quiet}>
        {checkpoint === null
          ? t('diagnosis.before.noCheckpoint')
          : t('diagnosis.before.checkpoint', { step: checkpoint })}
        {silent > 30_000 && ` ${t('diagnosis.before.silent', { duration: format.duration(silent) })}`}
        {asked.value !== null && steps.length === 0 && ` ${t('diagnosis.before.noStep')}`}
      </p>
      {steps.length > 0 && (
        <table className={css.before}>
          <thead>
            <tr>
              <th scope="col" data-number>
                {t('runs.step')}
              </th>
              {shown.map((column) => (
                <th key={column} scope="col" data-number>
                  {t(`diagnosis.before.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.map((point) => (
              <tr key={point.step}>
                <td data-number>{format.count(point.step)}</td>
                {shown.map((column) => {
                  const value = valueOf(point, column)
                  return (
                    <td key={column} data-number>
                      {value === undefined ? '–' : format.value(value)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
