import { Button } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleXFilled, IconListDetails } from '@tabler/icons-react'
import type { ModelCard as Card } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { go } from '../../stores/route'
import { useFindingText } from '../../ui/Findings'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { Stat, Stats } from '../../ui/parts'
import { set as planWith } from '../plan/store'
import css from './library.module.css'

/** What of a model matters here: how large it is, who knows it, and whether this machine can train it. */
export function ModelCard({ card, id }: { card: Card; id: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { architecture, parameters, dtype, context, weightBytes, template, support, problem } = card
  const able = support.filter(({ transformers, vllm }) => transformers !== false && vllm !== false)
  return (
    <Panel title={t('library.model.title')}>
      <Stats>
        {parameters !== null && <Stat name={t('library.model.parameters')}>{format.compact(parameters)}</Stat>}
        {weightBytes > 0 && <Stat name={t('library.model.weights')}>{format.bytes(weightBytes)}</Stat>}
        {dtype !== null && <Stat name={t('library.model.dtype')}>{dtype}</Stat>}
        {context !== null && <Stat name={t('library.model.context')}>{format.count(context)}</Stat>}
        <Stat name={t('library.template')}>{t(template ? 'library.model.yes' : 'library.model.no')}</Stat>
      </Stats>
      {problem !== null && <ErrorNotice error={problem} />}
      {card.fit !== null && <Fit fit={card.fit} id={id} />}
      <p className={css.numbers}>
        {architecture !== null && <code>{architecture}</code>}
        {problem === null && support.length > 0 && (
          <span>
            {able.length === 0
              ? t('library.model.noRecipe')
              : t('library.model.recipes', { names: able.map(({ recipe }) => recipe).join(', ') })}
          </span>
        )}
      </p>
    </Panel>
  )
}

function Fit({ fit, id }: { fit: NonNullable<Card['fit']>; id: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = useFindingText()
  const { runnable, recipe, algorithm, peakBytes, budgetBytes, findings } = fit
  const Shape = runnable ? IconCircleCheckFilled : IconCircleXFilled
  const first = findings.find(({ severity }) => severity === 'error')
  return (
    <div className={css.fit} data-runnable={runnable}>
      <Shape size={24} aria-hidden />
      <div>
        <strong>{t(runnable ? 'library.model.fits' : 'library.model.doesNotFit')}</strong>
        <p>
          {runnable
            ? [
                algorithm.toUpperCase(),
                recipe,
                peakBytes === null || budgetBytes === null
                  ? null
                  : t('library.model.memory', { peak: format.memory(peakBytes), budget: format.memory(budgetBytes) }),
              ]
                .filter((fact) => fact !== null)
                .join(' · ')
            : first === undefined
              ? ''
              : text(first)}
        </p>
      </div>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconListDetails size={15} aria-hidden />}
        onClick={() => {
          planWith({ model: id })
          go('plan')
        }}
      >
        {t('library.model.plan')}
      </Button>
    </div>
  )
}
