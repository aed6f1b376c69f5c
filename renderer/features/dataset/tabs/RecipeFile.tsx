import { Button, FileButton, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconFileExport, IconFileImport } from '@tabler/icons-react'
import type { DataRecipe, RecipeSuggestion } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../../stores/command'
import { Dialog } from '../../../ui/Dialog'
import { ErrorNotice } from '../../../ui/Notice'
import { save } from '../../../ui/save'
import { useDataset } from '../store'
import css from './work.module.css'

interface RecipeFileProps {
  recipe: DataRecipe
  suggestion: RecipeSuggestion | null
}

/** The recipe as a file to share, from one, or back to how the preset has it. */
export function RecipeFile({ recipe, suggestion }: RecipeFileProps) {
  const { t } = useTranslation()
  const [reading, setReading] = useState(false)
  const write = useCommand(async (core) => save(await core.dataset.exportRecipe(recipe)))
  const preset = suggestion?.others.find((one) => one.preset === recipe.preset)
  const changed = preset !== undefined && JSON.stringify(preset) !== JSON.stringify(recipe)
  return (
    <div className={css.stack}>
      <div className={css.row}>
        <Button
          size="xs"
          variant="default"
          disabled={!changed}
          leftSection={<IconArrowBackUp size={15} aria-hidden />}
          onClick={() => preset !== undefined && useDataset.setState({ recipe: preset })}
        >
          {t('data.work.map.reset')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileImport size={15} aria-hidden />}
          onClick={() => setReading(true)}
        >
          {t('data.work.map.import')}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={write.busy}
          leftSection={<IconFileExport size={15} aria-hidden />}
          onClick={() => void write.run()}
        >
          {t('data.work.map.export')}
        </Button>
      </div>
      <ErrorNotice error={write.error} />
      <Dialog opened={reading} title={t('data.work.map.importTitle')} size="lg" onClose={() => setReading(false)}>
        <Reading onDone={() => setReading(false)} />
      </Dialog>
    </div>
  )
}

function Reading({ onDone }: { onDone(): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const read = useCommand(async (core, content: string) => {
    useDataset.setState({ recipe: await core.dataset.importRecipe({ text: content }) })
    onDone()
  })
  return (
    <div className={css.stack}>
      <Textarea
        label={t('data.work.map.importText')}
        spellCheck={false}
        autosize
        minRows={8}
        maxRows={16}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12.5 } }}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <ErrorNotice error={read.error} />
      <div className={css.row}>
        <Button disabled={text.trim() === ''} loading={read.busy} onClick={() => void read.run(text)}>
          {t('data.work.map.importUse')}
        </Button>
        <FileButton onChange={(file) => void file?.text().then(setText)} accept=".yaml,.yml,.json,.txt">
          {(props) => (
            <Button {...props} variant="default">
              {t('data.work.map.importFile')}
            </Button>
          )}
        </FileButton>
      </div>
    </div>
  )
}
