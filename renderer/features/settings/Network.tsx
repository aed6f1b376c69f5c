import { Button, TextInput } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { Settings } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { isAddress, isPath } from './address'
import { Presets } from './Presets'
import css from './settings.module.css'

const fields = ['proxy', 'caFile', 'packageIndex', 'torchIndex', 'condaChannels', 'hubEndpoint'] as const
type Field = (typeof fields)[number]
type Draft = Record<Field, string>

const examples: Draft = {
  proxy: 'http://127.0.0.1:7890',
  caFile: '/etc/ssl/certs/company.pem',
  packageIndex: 'https://mirror.example/simple',
  torchIndex: 'https://mirror.example/whl/cpu',
  condaChannels: 'https://mirror.example/anaconda/cloud',
  hubEndpoint: 'https://hub.example',
}

const draftOf = (network: Settings['network']): Draft => each((field) => network[field] ?? '')
const cleaned = (draft: Draft): Settings['network'] => each((field) => draft[field].trim() || null)
const fits = (field: Field, text: string) => (field === 'caFile' ? isPath(text) : isAddress(text))

function each<T>(value: (field: Field) => T): Record<Field, T> {
  return Object.fromEntries(fields.map((field) => [field, value(field)])) as Record<Field, T>
}

export function Network() {
  const { t } = useTranslation()
  const network = useCore((state) => state.settings.network)
  // Only what was typed here; everything else keeps following the core.
  const [typed, setTyped] = useState<Partial<Draft>>({})
  const [saved, setSaved] = useState(false)
  const save = useCommand((core, next: Settings['network']) => core.settings.update({ network: next }))
  const draft = { ...draftOf(network), ...typed }
  const wrong = fields.filter((field) => !fits(field, draft[field]))
  const changed = fields.some((field) => draft[field].trim() !== (network[field] ?? ''))
  const submit = async () => {
    if (!(await save.run(cleaned(draft)))) return
    setTyped({})
    setSaved(true)
  }
  return (
    <Panel title={t('settings.network')}>
      <Presets />
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (wrong.length === 0) void submit()
        }}
      >
        <p className={css.hint}>{t('settings.networkText')}</p>
        <div className={css.fields}>
          {fields.map((field) => (
            <TextInput
              key={field}
              inputMode={field === 'caFile' ? 'text' : 'url'}
              spellCheck={false}
              label={t(`settings.${field}`)}
              description={t(`settings.${field}Hint`)}
              placeholder={examples[field]}
              value={draft[field]}
              error={wrong.includes(field) && t(field === 'caFile' ? 'settings.badPath' : 'settings.badAddress')}
              onChange={({ currentTarget }) => {
                setTyped({ ...typed, [field]: currentTarget.value })
                setSaved(false)
              }}
            />
          ))}
        </div>
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
