import { Button } from '@mantine/core'
import { IconPlayerPlayFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { go } from '../../stores/route'
import { trainPlan } from '../train/start/draft'
import { usePlan } from './store'

/** From the plan as it stands to the page that starts it. */
export function TrainButton() {
  const { t } = useTranslation()
  const request = usePlan((store) => store.request)
  return (
    <Button
      leftSection={<IconPlayerPlayFilled size={15} aria-hidden />}
      onClick={() => {
        trainPlan(request)
        go('runs', 'new')
      }}
    >
      {t('runs.train')}
    </Button>
  )
}
