import { ActionIcon, Button, FileButton, Select, Tooltip } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import type { MachineReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { cardsOf, devicesOf, exampleCards, kindOf, shortName, withCard } from './hardware'
import { set, usePlan } from './store'
import css from './ask.module.css'

const HERE = 'here'
const IMPORTED = 'imported'
const AUTO = 'auto'

/** This machine, another one by its report, or this one with another card. */
export function HardwareField() {
  const { t } = useTranslation()
  const here = useCore((state) => state.machine)
  const request = usePlan((store) => store.request)
  const data = useChoices(here, request.hardware)
  const read = useCommand(async (core, file: File) =>
    set({ hardware: await core.plan.readHardware({ text: await file.text() }), gpu: null }),
  )
  const kind = kindOf(request)
  const choose = (value: string | null) => {
    if (value === null || value === IMPORTED) return
    const hardware = value === HERE || here === null ? null : withCard(here, value)
    set({ hardware, gpu: null })
  }
  return (
    <div className={css.field}>
      <div className={css.joined}>
        <Select
          label={t('plan.ask.hardware')}
          data={data}
          value={typeof kind === 'string' ? kind : kind.card}
          allowDeselect={false}
          withScrollArea={false}
          classNames={{ options: css.dropdown ?? '' }}
          comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
          onChange={choose}
          data-testid="plan-hardware"
        />
        <FileButton
          inputProps={{ name: 'plan-hardware-file' }}
          accept=".json,.xml,.txt"
          onChange={(file) => file !== null && void read.run(file)}
        >
          {(props) => (
            <Tooltip label={t('plan.ask.importHardwareHint')} multiline maw={260}>
              <ActionIcon
                {...props}
                variant="default"
                size={36}
                loading={read.busy}
                aria-label={t('plan.ask.importHardware')}
              >
                <IconFileImport size={17} stroke={1.8} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
      </div>
      <CardField machine={request.hardware ?? here} />
      <ErrorNotice error={read.error} />
      {here === null && request.hardware === null && <Measure />}
    </div>
  )
}

function useChoices(here: MachineReport | null, given: MachineReport | null) {
  const { t } = useTranslation()
  const card = (machine: MachineReport) => {
    const [first, ...more] = cardsOf(machine)
    if (first === undefined) return t('plan.ask.noCard')
    return more.length === 0 ? shortName(first.name) : `${shortName(first.name)} ×${more.length + 1}`
  }
  const own = {
    value: HERE,
    label: here === null ? t('plan.ask.hereUnmeasured') : t('plan.ask.here', { card: card(here) }),
  }
  const imported =
    given === null || typeof kindOf({ hardware: given }) !== 'string'
      ? []
      : [{ value: IMPORTED, label: t('plan.ask.imported', { card: card(given) }) }]
  if (here === null) return [own, ...imported]
  const examples = exampleCards.map(({ name, memoryTotalBytes }) => ({
    value: name,
    label: t('plan.ask.cardWithMemory', { name: shortName(name), size: memoryTotalBytes }),
  }))
  return [own, ...imported, { group: t('plan.ask.whatIf'), items: examples }]
}

/** Only where there is a choice. */
function CardField({ machine }: { machine: MachineReport | null }) {
  const { t } = useTranslation()
  const gpu = usePlan((store) => store.request.gpu)
  const devices = devicesOf(machine)
  if (devices.length < 2) return null
  const choices = devices.map(({ id, name, slice, memoryTotalBytes }) => ({
    value: id,
    label: t('plan.ask.gpuChoice', {
      id,
      name: slice ? t('plan.ask.slice', { name: shortName(name) }) : shortName(name),
      size: memoryTotalBytes,
    }),
  }))
  return (
    <Select
      aria-label={t('plan.ask.gpu')}
      data={[{ value: AUTO, label: t('plan.ask.gpuAuto') }, ...choices]}
      value={gpu ?? AUTO}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
      onChange={(value) => set({ gpu: value === AUTO ? null : value })}
    />
  )
}

function Measure() {
  const { t } = useTranslation()
  const measure = useCommand((core) => core.machine.measure())
  return (
    <div className={css.measure}>
      <p className={css.hint}>{t('plan.ask.measureText')}</p>
      <Button size="compact-sm" variant="light" loading={measure.busy} onClick={() => void measure.run()}>
        {t('plan.ask.measure')}
      </Button>
      <ErrorNotice error={measure.error} />
    </div>
  )
}
