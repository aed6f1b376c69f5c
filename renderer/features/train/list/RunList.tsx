import { Button } from '@mantine/core'
import { IconActivity, IconColumns, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCore } from '../../../stores/projection'
import { hrefOf } from '../../../stores/route'
import { Page, Panel } from '../../../ui/Page'
import { Empty } from '../../../ui/parts'
import { groupedRuns } from './groups'
import { News } from './News'
import { RunTable } from './RunTable'
import css from '../train.module.css'

export function RunList() {
  const { t } = useTranslation()
  const all = useCore((state) => state.runs)
  const groups = groupedRuns(all)
  const [chosen, setChosen] = useState<string[]>([])
  const picked = chosen.filter((id) => id in all)
  const pick = (id: string) => setChosen(picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id])
  return (
    <Page
      title={t('runs.title')}
      lead={t('runs.lead')}
      actions={<Actions picked={picked} onClear={() => setChosen([])} />}
    >
      <News />
      {groups.length === 0 ? (
        <Panel>
          <Empty
            icon={IconActivity}
            title={t('runs.emptyTitle')}
            action={
              <Button component="a" href={hrefOf('practice')} variant="default">
                {t('runs.emptyAction')}
              </Button>
            }
          >
            {t('runs.emptyText')}
          </Empty>
        </Panel>
      ) : (
        <Panel flush className={css.listPanel}>
          <RunTable groups={groups} picked={picked} onPick={pick} />
        </Panel>
      )}
    </Page>
  )
}

function Actions({ picked, onClear }: { picked: string[]; onClear(): void }) {
  const { t } = useTranslation()
  return (
    <>
      {picked.length > 0 && (
        <>
          <Button variant="subtle" color="gray" onClick={onClear}>
            {t('runs.clearChoice')}
          </Button>
          {picked.length === 1 ? (
            <Button variant="default" disabled leftSection={<IconColumns size={16} aria-hidden />}>
              {t('runs.compareThem', { count: 1 })}
            </Button>
          ) : (
            <Button
              component="a"
              variant="default"
              href={hrefOf('runs', 'compare', picked.join(','))}
              leftSection={<IconColumns size={16} aria-hidden />}
            >
              {t('runs.compareThem', { count: picked.length })}
            </Button>
          )}
        </>
      )}
      <Button component="a" href={hrefOf('runs', 'new')} leftSection={<IconPlayerPlayFilled size={15} aria-hidden />}>
        {t('runs.train')}
      </Button>
    </>
  )
}
