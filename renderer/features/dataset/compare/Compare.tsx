import { IconColumns } from '@tabler/icons-react'
import type { DataRef, OpenedData } from '#contract'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { keyOf } from '../refs'
import { useDataset } from '../store'
import { putBeside, useBeside } from './beside'
import { BesidePicker } from './BesidePicker'
import { Pair } from './Pair'

export function Compare() {
  const data = useDataset((store) => store.data)
  const opened = useDataset((store) => store.opened)
  return data === null || opened === null ? null : <Beside data={data} opened={opened} />
}

/** Another dataset beside the open one; the validation rows, where they are known. */
function Beside({ data, opened }: { data: DataRef; opened: OpenedData }) {
  const { t } = useTranslation()
  const test = useDataset((store) => store.test)
  const chosen = useBeside((store) => (store.to === keyOf(data) ? store.data : null))
  const other = chosen ?? test
  const isSelf = other !== null && other.split === opened.split && other.paths.join() === data.paths.join()
  const beside = isSelf ? null : other
  return (
    <>
      <BesidePicker data={data} opened={opened} beside={beside} onChange={(next) => putBeside(data, next)} />
      {beside === null ? (
        <Panel>
          <Empty icon={IconColumns} title={t('data.look.compare.emptyTitle')}>
            {t('data.look.compare.emptyText')}
          </Empty>
        </Panel>
      ) : (
        <Pair key={keyOf(beside)} a={data} b={beside} openedA={opened} />
      )}
    </>
  )
}
