import { ActionIcon, Autocomplete, Tooltip } from '@mantine/core'
import { IconDownload, IconFolderOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../api/desktop'
import { useErrorText } from '../../ui/Notice'
import { useFormat } from '../../i18n'
import { useCore } from '../../stores/projection'
import { hrefOf } from '../../stores/route'
import { repoRoute, wholeOf } from '../library/choice'
import { useModels } from './models'
import { set, useFieldError, usePlan } from './store'
import css from './ask.module.css'

/** One of the models known by name, or a folder. A folder is asked for when it is complete, not at every key. */
export function ModelField() {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const kept = usePlan((store) => store.request.model)
  const error = useFieldError('model')
  const models = useModels()
  const here = useCore(({ library }) => library)
  const own = wholeOf(here, 'model').map(({ id }) => id)
  const choices = [...own, ...models.map(({ name }) => name).filter((name) => !own.includes(name))]
  const [draft, setDraft] = useState<string | null>(null)
  const take = (model: string) => {
    setDraft(null)
    if (model.trim() !== '') set({ model: model.trim() })
  }
  const facts = useModelText(kept)
  return (
    <div className={css.field} data-wide>
      <Autocomplete
        label={t('plan.ask.model')}
        placeholder={t('plan.ask.modelPlaceholder')}
        data={choices}
        value={draft ?? kept}
        error={error === null ? undefined : errorText(error)}
        withScrollArea={false}
        classNames={{ options: css.dropdown ?? '' }}
        comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
        // A name that is there in full is a choice made, not a search.
        filter={({ options, search }) =>
          choices.includes(search) ? options : options.filter((option) => holds(option, search))
        }
        renderOption={({ option }) => <ModelOption name={option.value} />}
        onChange={setDraft}
        onOptionSubmit={take}
        onBlur={() => draft !== null && take(draft)}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && take(currentTarget.value)}
        rightSection={<PickFolder onPick={take} />}
        data-testid="plan-model"
      />
      {facts !== null && <p className={css.hint}>{facts}</p>}
      <GetModel name={kept} />
    </div>
  )
}

/** A model known by its id alone has yet to be fetched. */
function GetModel({ name }: { name: string }) {
  const { t } = useTranslation()
  const away = usePlan(({ plan }) => plan !== null && plan.model.name === name && plan.model.folder === null)
  if (!away) return null
  return (
    <a className={css.get} href={hrefOf('library', repoRoute('model', name))}>
      <IconDownload size={14} aria-hidden /> {t('plan.ask.getModel')}
    </a>
  )
}

const holds = (option: object, search: string): boolean =>
  'label' in option && String(option.label).toLowerCase().includes(search.trim().toLowerCase())

function useModelText(name: string): string | null {
  const { t } = useTranslation()
  const format = useFormat()
  const planned = usePlan((store) => store.plan?.model ?? null)
  const known = useModels().find((model) => model.name === name)
  const model = known ?? planned
  if (model === null || name === '') return null
  return t('plan.ask.modelSize', { parameters: format.compact(model.parameters), bytes: model.weightBytes })
}

function ModelOption({ name }: { name: string }) {
  const format = useFormat()
  const model = useModels().find((known) => known.name === name)
  return (
    <span className={css.option}>
      <span>{name}</span>
      {model !== undefined && <span className={css.size}>{format.compact(model.parameters)}</span>}
    </span>
  )
}

function PickFolder({ onPick }: { onPick(folder: string): void }) {
  const { t } = useTranslation()
  const bridge = desktop()
  if (bridge === null) return null
  const pick = async () => {
    const folder = await bridge.pickFolder()
    if (folder !== null) onPick(folder)
  }
  return (
    <Tooltip label={t('plan.ask.folder')}>
      <ActionIcon variant="subtle" color="gray" aria-label={t('plan.ask.folder')} onClick={() => void pick()}>
        <IconFolderOpen size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
