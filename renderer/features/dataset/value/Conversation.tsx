import { IconRobot, IconSettings, IconTool, IconUser, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Message } from '../rows/cell'
import { RichText } from './RichText'
import css from './value.module.css'

const roles = ['system', 'user', 'assistant', 'tool'] as const
const icons: Record<(typeof roles)[number], Icon> = {
  system: IconSettings,
  user: IconUser,
  assistant: IconRobot,
  tool: IconTool,
}

/** Messages as they were said, one below the other. */
export function Conversation({ messages }: { messages: Message[] }) {
  const { t } = useTranslation()
  return (
    <ol className={css.conversation}>
      {messages.map(({ role, content }, index) => {
        const known = roles.find((name) => name === role)
        const Shape = icons[known ?? 'user']
        return (
          <li key={index} className={css.message} data-role={known ?? 'other'}>
            <p className={css.role}>
              <Shape size={15} stroke={1.8} aria-hidden />
              {known === undefined ? role : t(`data.look.role.${known}`)}
            </p>
            <RichText text={content} />
          </li>
        )
      })}
    </ol>
  )
}
