import { Button, PasswordInput } from '@mantine/core'
import type { HubService, TokenView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAnswer } from '../../stores/answer'
import { useCommand } from '../../stores/command'
import { ErrorNotice } from '../../ui/Notice'
import css from './library.module.css'

const names: Record<HubService, string> = { huggingface: 'Hugging Face', modelscope: 'ModelScope' }
const pages: Record<HubService, string> = {
  huggingface: 'https://huggingface.co/settings/tokens',
  modelscope: 'https://modelscope.cn/my/myaccesstoken',
}

/** Tokens of the hubs: where each is kept; what it is is never shown again. */
export function Tokens() {
  const { t } = useTranslation()
  const { value, error, again } = useAnswer((core) => core.hub.tokens())
  return (
    <div className={css.dialog}>
      <p className={css.quiet}>{t('library.tokens.text')}</p>
      <ErrorNotice error={error} />
      {value?.map((token) => (
        <TokenForm key={token.service} token={token} onChange={again} />
      ))}
    </div>
  )
}

function TokenForm({ token: { service, kept }, onChange }: { token: TokenView; onChange(): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const set = useCommand(async (core, token: string | null) => {
    await core.hub.setToken({ service, token })
    setText('')
    onChange()
  })
  const fixed = kept === 'environment'
  return (
    <form
      className={css.token}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') void set.run(text.trim())
      }}
    >
      <PasswordInput
        label={names[service]}
        description={t(`tokenKept.${kept}`)}
        placeholder={kept === 'none' ? '' : '••••••••'}
        autoComplete="off"
        disabled={fixed}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Button type="submit" loading={set.busy} disabled={fixed || text.trim() === ''}>
        {t('library.tokens.keep')}
      </Button>
      {(kept === 'keychain' || kept === 'file') && (
        <Button
          variant="default"
          aria-label={`${t('library.tokens.forget')}: ${names[service]}`}
          onClick={() => void set.run(null)}
        >
          {t('library.tokens.forget')}
        </Button>
      )}
      <p className={css.tokenHow}>
        {t('library.tokens.how')}{' '}
        <a href={pages[service]} target="_blank" rel="noreferrer">
          {pages[service]}
        </a>
      </p>
      <ErrorNotice error={set.error} />
    </form>
  )
}
