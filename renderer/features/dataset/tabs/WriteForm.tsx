import { Button, TextInput } from '@mantine/core'
import { IconDeviceFloppy } from '@tabler/icons-react'
import type { DataRecipe, DataRef, OpenedData } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { requestId } from '../../../stores/request-id'
import { useCommand } from '../../../stores/command'
import { FolderField } from '../../../ui/FolderField'
import { ErrorNotice, Notice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { useDataset } from '../store'
import { EnvironmentField, useVerlEnvironments } from './Environments'
import { ModelAsk, useAsk } from './ModelAsk'
import { isName, nameFrom } from './recipe'
import { RecipeSummary } from './RecipeSummary'
import css from './work.module.css'

interface WriteFormProps {
  data: DataRef
  opened: OpenedData
  recipe: DataRecipe
}

/** What will be written, where to, and who proves it. */
export function WriteForm({ data, opened, recipe }: WriteFormProps) {
  const { t } = useTranslation()
  const test = useDataset((store) => store.test)
  const ask = useAsk()
  const proofs = useVerlEnvironments()
  const [name, setName] = useState(() => nameFrom(opened.name))
  const [out, setOut] = useState('')
  const [environment, setEnvironment] = useState<string | null>(proofs[0]?.id ?? null)
  const needsModel = recipe.drop.longerThan !== null && ask === null
  const needsTest = recipe.split.kind === 'given' && test === null
  const start = useCommand((core) =>
    core.dataset.convert({
      requestId: requestId(),
      name,
      data,
      test: recipe.split.kind === 'given' ? test : null,
      recipe,
      ask,
      out: out.trim() === '' ? null : out.trim(),
      environment: recipe.layout === 'rl' ? environment : null,
    }),
  )
  return (
    <Panel title={t('data.work.write.title')}>
      <div className={css.stack}>
        <RecipeSummary recipe={recipe} opened={opened} test={test} />
        {recipe.layout !== 'rl' && <Notice tone="warn" title={t('data.work.map.notRl')} />}
        <div className={css.fields} data-top>
          <TextInput
            label={t('data.work.write.name')}
            description={t('data.work.write.nameHint')}
            spellCheck={false}
            maxLength={80}
            value={name}
            error={isName(name) ? null : t('data.work.write.nameBad')}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <FolderField
            label={t('data.work.write.out')}
            description={t('data.work.write.outHint')}
            placeholder={t('data.work.write.outDefault')}
            value={out}
            onChange={setOut}
          />
          {recipe.layout === 'rl' && (
            <EnvironmentField
              label={t('data.work.write.proof')}
              description={t('data.work.write.proofHint')}
              none={t('data.work.write.proofNone')}
              value={environment}
              onChange={setEnvironment}
            />
          )}
          <ModelAsk />
        </div>
        {needsModel && <Notice tone="warn">{t('data.work.write.needsModel')}</Notice>}
        {needsTest && <Notice tone="info">{t('data.work.write.needsTest')}</Notice>}
        <ErrorNotice error={start.error} />
        <div className={css.row}>
          <Button
            size="md"
            disabled={!isName(name) || needsModel}
            loading={start.busy}
            leftSection={<IconDeviceFloppy size={18} aria-hidden />}
            onClick={() => void start.run()}
          >
            {t('data.work.write.start')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}
