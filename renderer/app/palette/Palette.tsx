import { Combobox, Modal, TextInput, useCombobox } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOfEnvironment } from '../../features/environment/names'
import { useNameText } from '../../features/environment/use-name'
import { useCore } from '../../stores/projection'
import { entriesOf, matching, type Entry } from './entries'
import css from './palette.module.css'

const isMac = navigator.userAgent.includes('Mac')
const SHORTCUT = isMac ? '⌘K' : 'Ctrl+K'

/** In a terminal Ctrl+K cuts the line, as in every other terminal. */
const isTerminal = (target: EventTarget | null) => target instanceof Element && target.closest('.xterm') !== null

/** Opens any page, run, model or environment by its name: Ctrl+K, or the button. */
export function Palette() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const held = isMac ? event.metaKey : event.ctrlKey
      if (!held || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'k' || isTerminal(event.target)) return
      event.preventDefault()
      setOpened((before) => !before)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <button type="button" className={css.button} aria-keyshortcuts="Control+K" onClick={() => setOpened(true)}>
        <IconSearch size={16} stroke={1.8} aria-hidden />
        <span>{t('palette.open')}</span>
        <kbd>{SHORTCUT}</kbd>
      </button>
      {/* At once: it is opened to type. */}
      <Modal.Root
        opened={opened}
        onClose={() => setOpened(false)}
        size="lg"
        yOffset="12vh"
        transitionProps={{ duration: 0 }}
      >
        <Modal.Overlay />
        <Modal.Content aria-label={t('palette.title')}>
          <Modal.Body p={0}>
            <Search onDone={() => setOpened(false)} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  )
}

function Search({ onDone }: { onDone(): void }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  // It is open as long as it is there; Escape closes all of it.
  const list = useCombobox({ opened: true, onOpenedChange: (open) => open || onDone() })
  const found = matching(useEntries(), query)
  useEffect(() => {
    list.selectFirstOption()
    // The list is not the same object from time to time; what was typed is what counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [query])
  const open = (href: string) => {
    location.hash = href
    onDone()
  }
  return (
    <Combobox store={list} onOptionSubmit={open}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          variant="unstyled"
          className={css.field}
          leftSection={<IconSearch size={18} stroke={1.8} aria-hidden />}
          aria-label={t('palette.title')}
          placeholder={t('palette.placeholder')}
          spellCheck={false}
          value={query}
          onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        />
      </Combobox.EventsTarget>
      {found.length === 0 ? (
        <p role="status" className={css.nothing}>
          {t('palette.nothing')}
        </p>
      ) : (
        <Combobox.Options className={css.list} aria-label={t('palette.title')} tabIndex={0}>
          {groupsOf(found).map(([group, entries]) => (
            <Combobox.Group key={group} label={t(`palette.groups.${group}`)}>
              {entries.map(({ href, label, detail }) => (
                <Combobox.Option key={`${group} ${href}`} value={href} className={css.option}>
                  <span>{label}</span>
                  {detail !== '' && <small>{detail}</small>}
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
      )}
    </Combobox>
  )
}

function useEntries(): Entry[] {
  const { t } = useTranslation()
  const nameText = useNameText()
  return entriesOf(
    useCore((state) => state),
    {
      page: (page) => t(`nav.${page}`),
      action: (action) => t(`palette.actions.${action}`),
      status: (status) => t(`runStatus.${status}`),
      kind: (kind) => t(`palette.kinds.${kind}`),
      environment: (one) => nameText(nameOfEnvironment(one)),
    },
  )
}

/** In the order in which they come first. */
function groupsOf(entries: readonly Entry[]): [Entry['group'], Entry[]][] {
  const groups = new Map<Entry['group'], Entry[]>()
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry])
  return [...groups]
}
