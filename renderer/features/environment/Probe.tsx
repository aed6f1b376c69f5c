import { IconCircleCheck, IconXboxX } from '@tabler/icons-react'
import type { ProbeReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { Fact, Facts } from '../../ui/parts'
import { slowest } from './names'
import css from './environment.module.css'

/** What was found by really loading things inside the environment. */
export function Probe({ probe }: { probe: ProbeReport }) {
  const { t } = useTranslation()
  return (
    <div className={css.probe}>
      {probe.torch !== null && <Torch torch={probe.torch} gpus={probe.gpus} />}
      {probe.modules.length > 0 && <Imports modules={probe.modules} />}
      {probe.attention.length > 0 && (
        <Working
          title={t('environments.probe.attention')}
          entries={probe.attention.map((entry) => ({ ...entry, name: entry.name.replaceAll('_', ' ') }))}
        />
      )}
      {probe.nccl !== null && (
        <Working title={t('environments.probe.nccl')} entries={[{ name: 'NCCL', ...probe.nccl }]} />
      )}
      {probe.gpus.length > 0 && <Products gpus={probe.gpus} />}
    </div>
  )
}

function Torch({ torch, gpus }: { torch: NonNullable<ProbeReport['torch']>; gpus: ProbeReport['gpus'] }) {
  const { t } = useTranslation()
  return (
    <section>
      <h4>PyTorch</h4>
      <Facts>
        <Fact name={t('environments.probe.version')}>{torch.version}</Fact>
        <Fact name="CUDA">{torch.cuda ?? t('environments.probe.cpuBuild')}</Fact>
        {torch.cuda !== null && (
          <Fact name={t('environments.probe.cards')}>
            {torch.cudaAvailable
              ? t('environments.probe.cardsSeen', { count: gpus.length })
              : t('environments.probe.noCards')}
          </Fact>
        )}
        {torch.archList.length > 0 && (
          <Fact name={t('environments.probe.archList')}>
            <code>{torch.archList.join(' ')}</code>
          </Fact>
        )}
        {gpus.map(({ index, name, computeCapability, supported }) => (
          <Fact key={index} name={t('environments.probe.gpu', { index })}>
            {name} ({computeCapability}):{' '}
            {t(supported ? 'environments.probe.supported' : 'environments.probe.unsupported')}
          </Fact>
        ))}
      </Facts>
    </section>
  )
}

function Imports({ modules }: { modules: ProbeReport['modules'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section>
      <h4>{t('environments.probe.imports')}</h4>
      <ul className={css.imports}>
        {slowest(modules).map(({ name, version, seconds, error, share }) => (
          <li key={name} title={error ?? undefined}>
            <span>
              {name} <code>{version}</code>
            </span>
            <span className={css.bar} aria-hidden>
              <span data-bad={error !== null || undefined} style={{ width: `${share * 100}%` }} />
            </span>
            <span className="num">
              {error !== null
                ? t('environments.probe.fails')
                : seconds === null
                  ? t('environments.probe.never')
                  : t('environments.probe.seconds', { n: format.value(Math.round(seconds * 100) / 100) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Working({
  title,
  entries,
}: {
  title: string
  entries: { name: string; version: string | null; error: string | null }[]
}) {
  const { t } = useTranslation()
  return (
    <section>
      <h4>{title}</h4>
      <ul className={css.working}>
        {entries.map(({ name, version, error }) => {
          const Shape = error === null ? IconCircleCheck : IconXboxX
          return (
            <li key={name} data-bad={error !== null || undefined}>
              <Shape size={16} stroke={1.8} aria-hidden />
              <span>
                {name} {version !== null && <code>{version}</code>}
                <small>{error ?? t('environments.probe.works')}</small>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const types = ['float32', 'float16', 'bfloat16'] as const

function Products({ gpus }: { gpus: ProbeReport['gpus'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const cell = (gpu: ProbeReport['gpus'][number], type: (typeof types)[number]) => {
    const product = gpu.products.find((entry) => entry.type === type)
    if (product === undefined) return '–'
    if (product.error !== null || product.teraflops === null) return t('environments.probe.fails')
    return `${format.value(product.teraflops)} TFLOPS`
  }
  return (
    <section>
      <h4>{t('environments.probe.products')}</h4>
      <table className={css.products}>
        <thead>
          <tr>
            <th scope="col">{t('environments.probe.card')}</th>
            {types.map((type) => (
              <th key={type} scope="col">
                {type}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {gpus.map((gpu) => (
            <tr key={gpu.index}>
              <th scope="row">{gpu.name}</th>
              {types.map((type) => (
                <td key={type}>{cell(gpu, type)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
