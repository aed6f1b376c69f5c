import { Button } from '@mantine/core'
import { IconTable } from '@tabler/icons-react'
import type { MemoryPart, MemorySide, MemoryTable } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { Panel } from '../../ui/Page'
import { partOrder, partsOf } from './facts'
import { MemoryBars } from './MemoryBars'
import css from './memory.module.css'

const sides = ['gpu', 'host'] as const

/** What holds the memory in each phase: as bars for the eye, as a table for everybody. */
export function Memory({ memory }: { memory: MemoryTable }) {
  const { t } = useTranslation()
  const [numbers, setNumbers] = useState(false)
  const [picked, setPicked] = useState<MemoryPart | null>(null)
  return (
    <Panel
      title={t('plan.memory.title')}
      flush
      actions={
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-pressed={numbers}
          leftSection={<IconTable size={15} aria-hidden />}
          onClick={() => setNumbers(!numbers)}
        >
          {t('plan.memory.asTable')}
        </Button>
      }
    >
      <div className={css.memory} data-picked={picked ?? undefined} onMouseLeave={() => setPicked(null)}>
        <div className={css.sides}>
          {sides.map((side) => (
            <div key={side} className={css.side}>
              <SideHead name={t(`plan.memory.${side}`)} side={memory[side]} />
              <MemoryBars side={memory[side]} picked={picked} onPick={setPicked} />
              <Numbers name={t(`plan.memory.${side}`)} side={memory[side]} shown={numbers} />
            </div>
          ))}
        </div>
        <Legend memory={memory} picked={picked} onPick={setPicked} />
      </div>
    </Panel>
  )
}

function SideHead({ name, side }: { name: string; side: MemorySide }) {
  const { t } = useTranslation()
  const short = side.headroomBytes < 0
  const bytes = Math.abs(side.headroomBytes)
  return (
    <div className={css.sideHead}>
      <h3>{name}</h3>
      <p data-short={short || undefined}>
        {short ? t('plan.memory.over', { bytes }) : t('plan.memory.spare', { bytes })}
      </p>
      <p className={css.limits}>
        {t('plan.memory.budget', { bytes: side.budgetBytes })}{' '}
        {t('plan.memory.capacity', { bytes: side.capacityBytes })}
      </p>
    </div>
  )
}

interface LegendProps {
  memory: MemoryTable
  picked: MemoryPart | null
  onPick(part: MemoryPart | null): void
}

function Legend({ memory, picked, onPick }: LegendProps) {
  const { t } = useTranslation()
  const held = new Set(sides.flatMap((side) => partsOf(memory[side])).map(({ part }) => part))
  return (
    <div className={css.legend}>
      <ul>
        {partOrder
          .filter((part) => held.has(part))
          .map((part) => (
            <li key={part}>
              <button
                type="button"
                aria-pressed={picked === part}
                onMouseEnter={() => onPick(part)}
                onFocus={() => onPick(part)}
                onBlur={() => onPick(null)}
                onClick={() => onPick(part)}
              >
                <span className={css.swatch} data-part={part} aria-hidden />
                {t(`plan.memory.parts.${part}`)}
              </button>
            </li>
          ))}
      </ul>
      <p className={css.explained} aria-live="polite">
        {picked === null ? t('plan.memory.pick') : <PartText part={picked} memory={memory} />}
      </p>
    </div>
  )
}

/** What a part is, and the most it ever holds on each side. */
function PartText({ part, memory }: { part: MemoryPart; memory: MemoryTable }) {
  const { t } = useTranslation()
  const most = sides.flatMap((side) =>
    partsOf(memory[side])
      .filter((one) => one.part === part)
      .map(({ mostBytes }) => t('plan.memory.most', { side: t(`plan.memory.${side}`), bytes: mostBytes })),
  )
  return (
    <>
      {t(`plan.memory.partText.${part}`)} <span className={css.most}>{most.join(' · ')}</span>
    </>
  )
}

function Numbers({ name, side, shown }: { name: string; side: MemorySide; shown: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const parts = partsOf(side)
  return (
    <div className={shown ? css.tableFrame : 'hidden-visually'} {...(shown ? { tabIndex: 0 } : {})}>
      <table className={css.table}>
        <caption className="hidden-visually">{name}</caption>
        <thead>
          <tr>
            <th scope="col">{t('plan.memory.phase')}</th>
            {side.phases.map(({ phase }) => (
              <th key={phase} scope="col">
                {t(`plan.memory.phases.${phase}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map(({ part }) => (
            <tr key={part}>
              <th scope="row">{t(`plan.memory.parts.${part}`)}</th>
              {side.phases.map(({ phase, parts: held }) => (
                <td key={phase}>{held[part] === undefined ? '–' : format.memory(held[part])}</td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('plan.memory.total')}</th>
            {side.phases.map(({ phase, totalBytes }) => (
              <td key={phase}>{format.memory(totalBytes)}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
