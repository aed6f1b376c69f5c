import { Button, TextInput } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { Settings } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { isAddress } from './address'
import css from './settings.module.css'

const fields = ['proxy', 'packageIndex', 'torchIndex'] as const
type Field = (typeof fields)[number]
type Draft = Record<Field, string>

const examples: Draft = {
  proxy: 'http://127.0.0.1:7890',
  packageIndex: 'https://mirror.example/simple',
  torchIndex: 'https://mirror.example/whl/cpu',
}

const draftOf = (network: Settings['network']): Draft => ({
  proxy: network.proxy ?? '',
  packageIndex: network.packageIndex ?? '',
  torchIndex: network.torchIndex ?? '',
})

const cleaned = (draft: Draft): Settings['network'] => ({
  proxy: draft.proxy.trim() || null,
  packageIndex: draft.packageIndex.trim() || null,
  torchIndex: draft.torchIndex.trim() || null,
})

export function Network() {
  const { t } = useTranslation()
  const network = useCore((state) => state.settings.network)
  // Only what was typed here; everything else keeps following the core.
  const [typed, setTyped] = useState<Partial<Draft>>({})
  const [saved, setSaved] = useState(false)
  const save = useCommand((core, next: Settings['network']) => core.settings.update({ network: next }))
  const draft = { ...draftOf(network), ...typed }
  const wrong = fields.filter((field) => !isAddress(draft[field]))
  const changed = fields.some((field) => draft[field].trim() !== (network[field] ?? ''))
  const submit = async () => {
    if (!(await save.run(cleaned(draft)))) return
    setTyped({})
    setSaved(true)
  }
  return (
    <Panel title={t('settings.network')}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (wrong.length === 0) void submit()
        }}
      >
        <p className={css.hint}>{t('settings.networkText')}</p>
        {fields.map((field) => (
          <TextInput
            key={field}
            inputMode="url"
            spellCheck={false}
            label={t(`settings.${field}`)}
            description={t(`settings.${field}Hint`)}
            placeholder={examples[field]}
            value={draft[field]}
            error={wrong.includes(field) && t('settings.badAddress')}
            onChange={({ currentTarget }) => {
              setTyped({ ...typed, [field]: currentTarget.value })
              setSaved(false)
            }}
          />
        ))}
        <ErrorNotice error={save.error} />
        <div className={css.actions}>
          <Button type="submit" loading={save.busy} disabled={!changed || wrong.length > 0}>
            {t('settings.save')}
          </Button>
          {changed && (
            <Button variant="subtle" color="gray" onClick={() => setTyped({})}>
              {t('settings.reset')}
            </Button>
          )}
          <p className={css.saved} role="status">
            {saved && !changed && (
              <>
                <IconCheck size={16} aria-hidden /> {t('settings.saved')}
              </>
            )}
          </p>
        </div>
      </form>
    </Panel>
  )
}
