import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n'
import { useCore } from '../stores/projection'
import css from './app.module.css'

/** The machine in a line, at the foot of the navigation. */
export function MachineLine() {
  const { t } = useTranslation()
  const format = useFormat()
  const machine = useCore((state) => state.machine)
  if (machine === null) return null
  const { gpus } = machine
  const first = gpus.state === 'found' ? gpus.value[0] : undefined
  if (first === undefined) {
    return (
      <p className={css.machine}>
        {gpus.state === 'unknown' ? t('machine.gpuUnknownShort') : t('machine.gpuAbsentShort')}
      </p>
    )
  }
  const all = gpus.state === 'found' ? gpus.value : []
  const same = all.every(({ name }) => name === first.name)
  const more = all.length < 2 ? '' : same ? ` ×${all.length}` : ` +${all.length - 1}`
  return (
    <p className={css.machine}>
      <strong>
        {first.name}
        {more}
      </strong>
      <span>{format.memory(first.memoryTotalBytes)}</span>
    </p>
  )
}
