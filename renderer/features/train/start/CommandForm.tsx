import { Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FolderField } from '../../../ui/FolderField'
import { Notice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { draft, envOf, useDraft } from './draft'
import css from './start.module.css'

const mono = { input: { fontFamily: 'var(--mono)', fontSize: 13 } }

/** Any command. One argument a line leaves nothing to quote, and nothing for a shell to understand otherwise. */
export function CommandForm() {
  const { t } = useTranslation()
  const { argv, cwd, env } = useDraft()
  const { badLine } = envOf(env)
  return (
    <Panel title={t('runs.start.kinds.command')}>
      <div className={css.stack}>
        <Textarea
          label={t('runs.start.command.argv')}
          description={t('runs.start.command.argvHint')}
          placeholder={t('runs.start.command.argvPlaceholder')}
          autosize
          minRows={5}
          maxRows={24}
          spellCheck={false}
          styles={mono}
          value={argv}
          onChange={({ currentTarget }) => draft({ argv: currentTarget.value })}
        />
        <FolderField
          label={t('runs.start.command.cwd')}
          description={t('runs.start.command.cwdHint')}
          value={cwd}
          onChange={(next) => draft({ cwd: next })}
        />
        <Textarea
          label={t('runs.start.command.env')}
          description={t('runs.start.command.envHint')}
          error={badLine === null ? undefined : t('runs.start.command.envBad', { line: badLine })}
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          styles={mono}
          value={env}
          onChange={({ currentTarget }) => draft({ env: currentTarget.value })}
        />
        <Notice tone="plain">{t('runs.start.command.unchecked')}</Notice>
      </div>
    </Panel>
  )
}
