import { Button, Checkbox, PasswordInput, Switch, TextInput } from '@mantine/core'
import { noticeKinds, type NoticeKind, type Settings } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../stores/answer'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { ErrorNotice } from '../../ui/Notice'
import { Panel } from '../../ui/Page'
import { isAddress } from './address'
import css from './settings.module.css'

type Notify = Settings['notify']
const usual = { from: '22:00', to: '08:00' }

/** What is announced, when not, and where else it is sent. */
export function Notifications() {
  const { t } = useTranslation()
  const notify = useCore((state) => state.settings.notify)
  const change = useCommand((core, patch: Partial<Notify>) => core.settings.update({ notify: patch }))
  const toggle = (kind: NoticeKind) =>
    change.run({ kinds: noticeKinds.filter((one) => notify.kinds.includes(one) !== (one === kind)) })
  return (
    <Panel title={t('notify.title')}>
      <div className={css.form}>
        <p className={css.hint}>{t('notify.text')}</p>
        <div className={css.kinds}>
          {noticeKinds.map((kind) => (
            <Checkbox
              key={kind}
              label={t(`notify.kinds.${kind}`)}
              checked={notify.kinds.includes(kind)}
              onChange={() => void toggle(kind)}
            />
          ))}
        </div>
        <QuietHours quiet={notify.quiet} onChange={(quiet) => void change.run({ quiet })} />
        <ErrorNotice error={change.error} />
        <Webhook />
      </div>
    </Panel>
  )
}

interface QuietHoursProps {
  quiet: Notify['quiet']
  onChange(quiet: Notify['quiet']): void
}

function QuietHours({ quiet, onChange }: QuietHoursProps) {
  const { t } = useTranslation()
  return (
    <div className={css.row}>
      <Switch
        label={t('notify.quiet')}
        description={t('notify.quietText')}
        checked={quiet !== null}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? usual : null)}
      />
      {quiet !== null && (
        <div className={css.actions}>
          {(['from', 'to'] as const).map((key) => (
            <Time
              key={`${key} ${quiet[key]}`}
              label={t(`notify.${key}`)}
              value={quiet[key]}
              onChange={(value) => onChange({ ...quiet, [key]: value })}
            />
          ))}
        </div>
      )}
    </div>
  )
}

/** Saved when it is left: while a time is half typed, a browser gives others or none. */
function Time({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const [typed, setTyped] = useState(value)
  return (
    <TextInput
      type="time"
      label={label}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={() => {
        if (typed === '') setTyped(value)
        else if (typed !== value) onChange(typed)
      }}
    />
  )
}

function Webhook() {
  const { t } = useTranslation()
  const { value, error, again } = useAnswer((core) => core.notices.webhook())
  const [text, setText] = useState('')
  const [status, setStatus] = useState<number | null>(null)
  const set = useCommand(async (core, address: string | null) => {
    setStatus(null)
    await core.notices.setWebhook({ address })
    setText('')
    again()
  })
  const attempt = useCommand(async (core) => {
    setStatus(null)
    setStatus((await core.notices.tryWebhook()).status)
  })
  const wrong = !isAddress(text)
  return (
    <form
      className={css.form}
      aria-label={t('notify.webhook')}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '' && !wrong) void set.run(text.trim())
      }}
    >
      <div>
        <p className={css.name}>{t('notify.webhook')}</p>
        <p className={css.hint}>{t('notify.webhookText')}</p>
      </div>
      <PasswordInput
        label={t('notify.address')}
        description={value == null ? t('notify.webhookNone') : t('notify.webhookSet', { host: value.host })}
        placeholder={value == null ? 'https://hooks.example/…' : '••••••••'}
        autoComplete="off"
        spellCheck={false}
        value={text}
        error={wrong && t('settings.badAddress')}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <div className={css.actions}>
        <Button type="submit" loading={set.busy} disabled={text.trim() === '' || wrong}>
          {t('notify.save')}
        </Button>
        {value != null && (
          <>
            <Button variant="default" loading={attempt.busy} onClick={() => void attempt.run()}>
              {t('notify.try')}
            </Button>
            <Button variant="subtle" color="gray" onClick={() => void set.run(null)}>
              {t('notify.forget')}
            </Button>
          </>
        )}
        <p className={css.saved} role="status">
          {status !== null && t('notify.tried', { status })}
        </p>
      </div>
      <ErrorNotice error={error ?? set.error ?? attempt.error} />
    </form>
  )
}
