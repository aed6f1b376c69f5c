import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { IconArrowRight, IconDownload, IconLock, IconSearch } from '@tabler/icons-react'
import type { HubSource, RepoKind, RepoSummary } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { go, hrefOf } from '../../stores/route'
import { FolderField } from '../../ui/FolderField'
import { Panel } from '../../ui/Page'
import { Badge } from '../../ui/Status'
import { hostOf, repoRoute } from './choice'
import { HubProblem } from './HubProblem'
import { setSearch, useSearch } from './source'
import css from './library.module.css'

/** A name, an id or a pasted address leads to a repository; words lead to a list. */
export function Finder() {
  const { t } = useTranslation()
  const { kind, text, source } = useSearch()
  const [found, setFound] = useState<RepoSummary[] | null>(null)
  const search = useCommand(async (core) => {
    setFound(await core.hub.search({ source, kind, text: text.trim(), limit: 20 }))
  })
  const submit = () => {
    // What has a slash is an id or an address: it is opened, not searched for.
    if (source.kind === 'folder') go('library', repoRoute(kind, text.trim() === '' ? '.' : text.trim()))
    else if (text.includes('/')) go('library', repoRoute(kind, text.trim()))
    else void search.run()
  }
  return (
    <Panel title={t('library.find.title')}>
      <div className={css.dialog}>
        <form
          className={css.finder}
          role="search"
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <KindSwitch
            value={kind}
            onChange={(next) => {
              setSearch({ kind: next })
              setFound(null)
            }}
          />
          <TextInput
            aria-label={t('library.find.label')}
            placeholder={t(source.kind === 'folder' ? 'library.find.folderName' : `library.find.placeholder.${kind}`)}
            leftSection={<IconSearch size={16} aria-hidden />}
            spellCheck={false}
            value={text}
            onChange={({ currentTarget }) => setSearch({ text: currentTarget.value })}
          />
          <SourceSelect value={source} onChange={(next) => setSearch({ source: next })} />
          <Button type="submit" loading={search.busy} disabled={source.kind === 'folder' && source.path === ''}>
            {t(source.kind === 'folder' ? 'library.find.look' : 'library.find.search')}
          </Button>
        </form>
        {source.kind === 'folder' && (
          <FolderField
            label={t('library.find.folder')}
            description={t('library.find.folderHint')}
            value={source.path}
            onChange={(path) => setSearch({ source: { kind: 'folder', path } })}
          />
        )}
        <HubProblem error={search.error} kind={kind} />
        {found === null ? <Suggestions kind={kind} /> : <Results found={found} />}
      </div>
    </Panel>
  )
}

function KindSwitch({ value, onChange }: { value: RepoKind; onChange(kind: RepoKind): void }) {
  const { t } = useTranslation()
  return (
    <SegmentedControl
      aria-label={t('library.find.kind')}
      value={value}
      data={[
        { value: 'model', label: t('library.models') },
        { value: 'dataset', label: t('library.datasets') },
      ]}
      onChange={(next) => onChange(next === 'dataset' ? 'dataset' : 'model')}
    />
  )
}

/** Where it comes from; the hub of the settings is named by its host. */
export function SourceSelect({ value, onChange }: { value: HubSource; onChange(source: HubSource): void }) {
  const { t } = useTranslation()
  const endpoint = useCore((state) => state.settings.network.hubEndpoint)
  const names = {
    huggingface: endpoint === null ? 'Hugging Face' : hostOf(endpoint),
    modelscope: 'ModelScope',
    folder: t('library.find.aFolder'),
  }
  const sources: Record<HubSource['kind'], HubSource> = {
    huggingface: { kind: 'huggingface', endpoint: null },
    modelscope: { kind: 'modelscope', endpoint: null },
    folder: { kind: 'folder', path: '' },
  }
  const kinds = ['huggingface', 'modelscope', 'folder'] as const
  return (
    <Select
      aria-label={t('library.find.source')}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      value={value.kind}
      data={kinds.map((kind) => ({ value: kind, label: names[kind] }))}
      onChange={(next) => {
        const kind = kinds.find((known) => known === next)
        if (kind !== undefined) onChange(sources[kind])
      }}
    />
  )
}

const datasets = ['openai/gsm8k', 'HuggingFaceH4/MATH-500', 'BytedTsinghua-SIA/DAPO-Math-17k']
const models = ['Qwen/Qwen2.5-0.5B-Instruct', 'Qwen/Qwen3-0.6B', 'Qwen/Qwen2.5-1.5B-Instruct']

/** Good first ones, small enough for an old card. */
function Suggestions({ kind }: { kind: RepoKind }) {
  const { t } = useTranslation()
  return (
    <p className={css.suggestions}>
      {t('library.find.suggestions')}
      {(kind === 'model' ? models : datasets).map((id) => (
        <a key={id} href={hrefOf('library', repoRoute(kind, id))}>
          {id}
        </a>
      ))}
    </p>
  )
}

function Results({ found }: { found: RepoSummary[] }) {
  const { t } = useTranslation()
  if (found.length === 0) return <p className={css.quiet}>{t('library.find.nothing')}</p>
  return (
    <ul className={css.results} aria-label={t('library.find.results')}>
      {found.map((one) => (
        <Result key={one.id} found={one} />
      ))}
    </ul>
  )
}

function Result({ found }: { found: RepoSummary }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, kind, parameters, downloads, gated, updatedAt } = found
  return (
    <li>
      <a href={hrefOf('library', repoRoute(kind, id))}>
        <strong>{id}</strong>
        {gated && (
          <Badge tone="warn" icon={IconLock}>
            {t('library.gated')}
          </Badge>
        )}
        <span className={css.resultFacts}>
          {parameters !== null && <span>{t('library.parameters', { count: format.compact(parameters) })}</span>}
          {downloads !== null && (
            <span>
              <IconDownload size={14} aria-hidden /> {format.compact(downloads)}
              <span className="hidden-visually">{t('library.find.downloads')}</span>
            </span>
          )}
          {updatedAt !== null && <span>{format.time(updatedAt)}</span>}
          <IconArrowRight size={16} aria-hidden />
        </span>
      </a>
    </li>
  )
}
