import { Button, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { requestId } from '../../stores/request-id'
import { hrefOf } from '../../stores/route'
import { ErrorNotice, Notice } from '../../ui/Notice'
import { nameOfEnvironment } from '../environment/names'
import { useNameText } from '../environment/use-name'
import css from './library.module.css'

/** Loads the model in an environment and asks it one thing: the proof that it works here. */
export function Say({ itemKey, onStarted }: { itemKey: string; onStarted(): void }) {
  const { t } = useTranslation()
  const nameText = useNameText()
  const ready = Object.values(useCore((state) => state.environments)).filter(({ status }) => status === 'ready')
  const [chosen, setChosen] = useState<string | null>(null)
  const [prompt, setPrompt] = useState('1+1=')
  const environment = chosen ?? ready.find(({ current }) => current)?.id ?? ready[0]?.id ?? null
  const say = useCommand((core, id: string) =>
    core.library.say({ key: itemKey, environment: id, prompt: prompt.trim(), requestId: requestId() }),
  )
  if (environment === null) {
    return (
      <Notice
        tone="info"
        actions={
          <Button size="xs" component="a" href={hrefOf('environments')}>
            {t('nav.environments')}
          </Button>
        }
      >
        {t('library.say.noEnvironment')}
      </Notice>
    )
  }
  return (
    <form
      className={css.dialog}
      onSubmit={(event) => {
        event.preventDefault()
        if (prompt.trim() !== '') void say.run(environment).then((done) => done && onStarted())
      }}
    >
      <p className={css.quiet}>{t('library.say.text')}</p>
      <TextInput
        label={t('library.say.prompt')}
        value={prompt}
        onChange={({ currentTarget }) => setPrompt(currentTarget.value)}
      />
      <Select
        label={t('library.say.environment')}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        value={environment}
        data={ready.map((one) => ({ value: one.id, label: nameText(nameOfEnvironment(one)) }))}
        onChange={setChosen}
      />
      <ErrorNotice error={say.error} />
      <Button type="submit" loading={say.busy} disabled={prompt.trim() === ''}>
        {t('library.say.start')}
      </Button>
    </form>
  )
}
