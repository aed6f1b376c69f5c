import type { MachineReport as Report } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { Meter } from '../../ui/parts'
import { Panel } from '../../ui/Page'
import { Gpus } from './Gpus'
import css from './machine.module.css'

/** Less free than this share is worth a colour. */
const TIGHT = 0.1

export function MachineReport({ machine }: { machine: Report }) {
  return (
    <div className={css.report}>
      <Gpus gpus={machine.gpus} />
      <div className={css.grid}>
        <Processor machine={machine} />
        <Memory machine={machine} />
        <Disk machine={machine} />
        <System machine={machine} />
      </div>
      <div className={css.pair}>
        <Pythons machine={machine} />
        <Engines machine={machine} />
      </div>
    </div>
  )
}

function Processor({ machine: { cpu } }: { machine: Report }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.cpu')}>
      <p className={css.main}>{cpu.model}</p>
      <p className={css.detail}>{t('machine.threads', { count: cpu.threads })}</p>
    </Panel>
  )
}

function Memory({ machine: { memory } }: { machine: Report }) {
  const { t } = useTranslation()
  const format = useFormat()
  const free = memory.availableBytes / memory.totalBytes
  const text = t('machine.memoryFree', { free: memory.availableBytes, total: memory.totalBytes })
  return (
    <Panel title={t('machine.memory')}>
      <p className={css.main}>{format.memory(memory.limitBytes ?? memory.totalBytes)}</p>
      <Meter label={t('machine.memory')} share={1 - free} text={text} tone={free < TIGHT ? 'warn' : 'accent'} />
      <p className={css.detail}>{text}</p>
      {memory.limitBytes !== null && (
        <p className={css.detail}>{t('machine.memoryLimit', { limit: memory.limitBytes })}</p>
      )}
    </Panel>
  )
}

function Disk({ machine: { disk } }: { machine: Report }) {
  const { t } = useTranslation()
  const format = useFormat()
  const free = disk.freeBytes / disk.totalBytes
  const text = t('machine.diskFree', { free: disk.freeBytes, total: disk.totalBytes })
  return (
    <Panel title={t('machine.disk')}>
      <p className={css.main}>{format.bytes(disk.freeBytes)}</p>
      <Meter label={t('machine.disk')} share={1 - free} text={text} tone={free < TIGHT ? 'warn' : 'accent'} />
      <p className={css.detail}>{text}</p>
      <p className={css.detail}>
        <code>{disk.path}</code>
      </p>
    </Panel>
  )
}

function System({ machine: { host } }: { machine: Report }) {
  const { t } = useTranslation()
  const where = [host.arch, host.container && t('machine.container'), host.wsl && t('machine.wsl')]
  return (
    <Panel title={t('machine.system')}>
      <p className={css.main}>{host.os}</p>
      <p className={css.detail}>{where.filter((part) => part !== false).join(' · ')}</p>
      <p className={css.detail}>{t('machine.kernel', { kernel: host.kernel })}</p>
    </Panel>
  )
}

function Pythons({ machine: { pythons } }: { machine: Report }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.pythons')} flush>
      {pythons.length === 0 ? (
        <p className={css.nothing}>{t('machine.pythonsNone')}</p>
      ) : (
        <ul className={css.list}>
          {pythons.map(({ path, version }) => (
            <li key={path}>
              <strong>{version}</strong>
              <code>{path}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Engines({ machine: { engines } }: { machine: Report }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.engines')} flush>
      {engines.length === 0 ? (
        <p className={css.nothing}>{t('machine.enginesNone')}</p>
      ) : (
        <ul className={css.list}>
          {engines.map(({ name, path, version }) => (
            <li key={path}>
              <strong>
                {name} {version}
              </strong>
              <code>{path}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
