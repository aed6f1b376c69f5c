import { Button, TextInput } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import type { RootCheck } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../api/desktop'
import { useCommand } from '../../stores/command'
import { carrySettingsTo } from '../../stores/guide'
import { useCore } from '../../stores/projection'
import { ErrorNotice, Notice, useErrorText } from '../../ui/Notice'
import { Fact, Facts, PathText } from '../../ui/parts'
import css from './settings.module.css'

/** The data folder: where it is, and, where that is ours to change, another one. */
interface RootFolderProps {
  inGuide?: boolean
  /** Another folder is being chosen. */
  onChoosing?(choosing: boolean): void
}

export function RootFolder(props: RootFolderProps) {
  const root = useCore((state) => state.info.root)
  // Another root is another folder: what was typed and said for the one before is over.
  return <Folder key={root} root={root} {...props} />
}

function Folder({ root, inGuide = false, onChoosing }: RootFolderProps & { root: string }) {
  const { t } = useTranslation()
  const changeable = useCore((state) => state.info.rootChangeable)
  const free = useCore((state) => state.machine?.disk.freeBytes ?? null)
  const [open, setOpen] = useState(false)
  const choose = (choosing: boolean) => {
    setOpen(choosing)
    onChoosing?.(choosing)
  }
  return (
    <div className={css.form}>
      <Facts>
        <Fact name={t('root.current')}>
          <PathText path={root} />
          {free !== null && <p className={css.hint}>{t('root.free', { free })}</p>}
        </Fact>
      </Facts>
      {!changeable && <Notice tone="plain">{t('root.fixed')}</Notice>}
      {changeable && !open && (
        <div>
          <Button variant="default" onClick={() => choose(true)}>
            {t('root.change')}
          </Button>
        </div>
      )}
      {changeable && open && <Other inGuide={inGuide} onCancel={() => choose(false)} />}
    </div>
  )
}

function Other({ inGuide, onCancel }: { inGuide: boolean; onCancel(): void }) {
  const { t } = useTranslation()
  const settings = useCore((state) => state.settings)
  const [path, setPath] = useState('')
  const [checked, setChecked] = useState<RootCheck | null>(null)
  const check = useCommand(async (core, wanted: string) => setChecked(await core.root.check({ path: wanted })))
  const choose = useCommand(async (core, wanted: string) => {
    const cancel = carrySettingsTo(wanted, settings, inGuide ? 'machine' : settings.guide.step)
    const answer = await core.root.choose({ path: wanted })
    if (answer.problem === null) return
    cancel()
    setChecked(answer)
  })
  const type = (next: string) => {
    setPath(next)
    setChecked(null)
  }
  const pick = async () => {
    const folder = (await desktop()?.pickFolder()) ?? null
    if (folder === null) return
    type(folder)
    await check.run(folder)
  }
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (path.trim() !== '') void check.run(path.trim())
      }}
    >
      <div className={css.pathRow}>
        <TextInput
          label={t('root.path')}
          placeholder={t('root.placeholder')}
          spellCheck={false}
          value={path}
          onChange={({ currentTarget }) => type(currentTarget.value)}
        />
        {desktop() !== null && (
          <Button variant="default" leftSection={<IconFolderOpen size={17} aria-hidden />} onClick={() => void pick()}>
            {t('root.pick')}
          </Button>
        )}
        <Button type="submit" variant="default" loading={check.busy} disabled={path.trim() === ''}>
          {t('root.check')}
        </Button>
      </div>
      <Verdict checked={checked} />
      <ErrorNotice error={check.error ?? choose.error} />
      <div className={css.actions}>
        <Button
          loading={choose.busy}
          disabled={checked === null || checked.problem !== null}
          onClick={() => checked !== null && void choose.run(checked.path)}
        >
          {t('guide.root.use')}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
      <p className={css.hint}>{t('root.changeNote')}</p>
    </form>
  )
}

function Verdict({ checked }: { checked: RootCheck | null }) {
  const { t } = useTranslation()
  const text = useErrorText()
  if (checked === null) return null
  if (checked.problem !== null) return <Notice tone="bad">{text(checked.problem)}</Notice>
  const free = checked.freeBytes === null ? t('root.freeUnknown') : t('root.free', { free: checked.freeBytes })
  return (
    <Notice tone="ok" title={checked.existing ? t('root.existing') : t('root.usable')}>
      <code>{checked.path}</code> · {free}
    </Notice>
  )
}
