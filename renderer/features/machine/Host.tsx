import type { MachineReport } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { Meter } from '../../ui/parts'
import { Panel } from '../../ui/Page'
import { memoryText } from './memory-text'
import css from './machine.module.css'

/** Less free than this share is worth a colour. */
const TIGHT = 0.1

interface Props {
  machine: MachineReport
}

/** Parts of a line, those that there are. */
const line = (...parts: (string | false | null)[]) =>
  parts.filter((part) => part !== false && part !== null && part !== '').join(' · ')

export function Processor({ machine: { cpu } }: Props) {
  const { t } = useTranslation()
  const { flags } = cpu
  return (
    <Panel title={t('machine.cpu')}>
      <p className={css.main}>{cpu.model}</p>
      <p className={css.detail}>
        {line(
          t('machine.threads', { count: cpu.threads }),
          cpu.cores !== null && t('machine.cores', { count: cpu.cores }),
        )}
      </p>
      <p className={css.detail}>
        {flags.state === 'found' ? flags.value.map((flag) => flag.toUpperCase()).join(' ') : t('machine.flagsUnknown')}
      </p>
    </Panel>
  )
}

export function Memory({ machine: { memory, sharedMemory } }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const all = memory.limitBytes ?? memory.totalBytes
  const free = memory.availableBytes / all
  const text = t('machine.memoryFree', { free: memory.availableBytes, total: all })
  return (
    <Panel title={t('machine.memory')}>
      <p className={css.main}>{format.memory(all)}</p>
      <Meter label={t('machine.memory')} share={1 - free} text={text} tone={free < TIGHT ? 'warn' : 'accent'} />
      <p className={css.detail}>{text}</p>
      {memory.limitBytes !== null && (
        <p className={css.detail}>{t('machine.memoryLimit', { total: memory.totalBytes })}</p>
      )}
      <p className={css.detail}>
        {memory.swapTotalBytes === 0
          ? t('machine.swapNone')
          : t('machine.swap', { free: memory.swapFreeBytes, total: memory.swapTotalBytes })}
      </p>
      <p className={css.detail}>
        {sharedMemory.state === 'found' &&
          t('machine.shared', { size: memoryText(format, sharedMemory.value.totalBytes) })}
        {sharedMemory.state === 'absent' && t('machine.sharedNone')}
        {sharedMemory.state === 'unknown' && t('machine.sharedUnknown', { reason: sharedMemory.reason })}
      </p>
    </Panel>
  )
}

export function Disk({ machine: { disk } }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const known = disk.totalBytes > 0
  const free = known ? disk.freeBytes / disk.totalBytes : 0
  const text = t('machine.diskFree', { free: disk.freeBytes, total: disk.totalBytes })
  const marks = [
    disk.type,
    disk.network === true && t('machine.network'),
    disk.noexec === true && t('machine.noexec'),
    disk.inodesFree !== null && t('machine.inodes', { count: disk.inodesFree, n: format.compact(disk.inodesFree) }),
  ]
  return (
    <Panel title={t('machine.disk')}>
      <p className={css.main}>{known ? format.bytes(disk.freeBytes) : t('machine.unknown')}</p>
      {known && (
        <Meter label={t('machine.disk')} share={1 - free} text={text} tone={free < TIGHT ? 'warn' : 'accent'} />
      )}
      {known && <p className={css.detail}>{text}</p>}
      <p className={css.detail}>{line(...marks)}</p>
      <p className={css.detail}>
        <code>{disk.path}</code>
      </p>
    </Panel>
  )
}

export function System({ machine: { host, ray } }: Props) {
  const { t } = useTranslation()
  const { libc, compiler } = host
  const where = line(
    host.arch,
    host.container && t('machine.container'),
    host.wsl && t('machine.wsl'),
    host.slurmJob !== null && t('machine.slurm', { id: host.slurmJob }),
  )
  const build = line(
    libc.state === 'found' && `${libc.value.name} ${libc.value.version}`,
    compiler.state === 'found' && `${compiler.value.name} ${compiler.value.version}`,
    compiler.state === 'absent' && t('machine.compilerNone'),
  )
  return (
    <Panel title={t('machine.system')}>
      <p className={css.main}>{host.os}</p>
      <p className={css.detail}>{where}</p>
      <p className={css.detail}>{t('machine.kernel', { kernel: host.kernel })}</p>
      {build !== '' && <p className={css.detail}>{build}</p>}
      <p className={css.detail}>
        {ray.state === 'found' && t('machine.rayRuns', { pids: ray.value.pids.join(', ') })}
        {ray.state === 'absent' && t('machine.rayNone')}
        {ray.state === 'unknown' && t('machine.rayUnknown', { reason: ray.reason })}
      </p>
    </Panel>
  )
}
