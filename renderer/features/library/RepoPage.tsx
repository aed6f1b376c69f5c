import { Button, Skeleton, TextInput } from '@mantine/core'
import { IconArrowLeft, IconDownload, IconLock } from '@tabler/icons-react'
import type { AppErrorData, HubSource, RepoInfo } from '#contract'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isErrorCode } from '../../api/errors'
import { useFormat } from '../../i18n'
import { useCommand } from '../../stores/command'
import { requestId } from '../../stores/request-id'
import { go, hrefOf } from '../../stores/route'
import { Findings } from '../../ui/Findings'
import { ErrorNotice } from '../../ui/Notice'
import { Page, Panel } from '../../ui/Page'
import { Badge } from '../../ui/Status'
import { hostOf, patternsOf, sumOf, type RepoRoute } from './choice'
import { Configs } from './Configs'
import { Files } from './Files'
import { SourceSelect } from './Finder'
import { HubProblem } from './HubProblem'
import { ModelCard } from './ModelCard'
import { setSearch, useSearch } from './source'
import css from './library.module.css'

/** A repository before it is here: what it is, what of it is needed, whether it fits, and the button. */
export function RepoPage({ kind, repo }: RepoRoute) {
  const { t } = useTranslation()
  const source = useSearch((store) => store.source)
  const [revision, setRevision] = useState<string | null>(null)
  const [info, setInfo] = useState<RepoInfo | null>(null)
  const look = useCommand(async (core) => {
    setInfo(null)
    setInfo(await core.hub.info({ source, kind, repo, revision }))
  })
  const { run } = look
  const again = () => void run()
  useEffect(() => void run(), [run, source, kind, repo, revision])
  const above = (
    <a className={css.back} href={hrefOf('library')}>
      <IconArrowLeft size={16} aria-hidden /> {t('library.title')}
    </a>
  )
  return (
    <Page title={info?.id ?? repo} above={above} beside={info === null ? null : <Marks info={info} />}>
      <div className={css.from}>
        <SourceSelect value={source} onChange={(next) => setSearch({ source: next })} />
        <Revision onChange={setRevision} />
        {info !== null && (
          <p className={css.numbers}>
            {t('library.repo.answers', { endpoint: hostOf(info.endpoint) })} · {info.revision}{' '}
            <code>{info.commit.slice(0, 12)}</code>
          </p>
        )}
      </div>
      <HubProblem error={look.error} kind={kind} again={again} />
      {look.busy && <Loading />}
      {info !== null && <Sheet info={info} source={source} again={again} />}
    </Page>
  )
}

function Marks({ info: { gated, license } }: { info: RepoInfo }) {
  const { t } = useTranslation()
  return (
    <>
      {gated && (
        <Badge tone="warn" icon={IconLock}>
          {t('library.gated')}
        </Badge>
      )}
      {license !== null && <Badge tone="quiet">{license}</Badge>}
    </>
  )
}

function Revision({ onChange }: { onChange(revision: string | null): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const commit = () => onChange(text.trim() === '' ? null : text.trim())
  return (
    <TextInput
      aria-label={t('library.repo.revision')}
      placeholder={t('library.repo.revision')}
      spellCheck={false}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={commit}
      onKeyDown={({ key }) => key === 'Enter' && commit()}
    />
  )
}

const Loading = () => (
  <div className={css.group} role="status">
    <Skeleton height={120} radius="md" />
    <Skeleton height={260} radius="md" />
  </div>
)

function Sheet({ info, source, again }: { info: RepoInfo; source: HubSource; again(): void }) {
  const { t } = useTranslation()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(
    () => new Set(info.files.filter(({ wanted }) => wanted).map(({ path }) => path)),
  )
  const chosen = info.files.filter(({ path }) => ticked.has(path))
  return (
    <>
      <HubProblem error={refusalIn(info)} kind={info.kind} again={again} />
      <Findings findings={info.findings.filter(({ code }) => !code.startsWith('HUB_'))} />
      {info.model !== null && <ModelCard card={info.model} id={info.id} />}
      {info.dataset !== null && <Configs info={info} source={source} ticked={ticked} onTick={setTicked} />}
      <Panel title={t('library.repo.files')} actions={<Get info={info} source={source} ticked={ticked} />}>
        <Chosen info={info} bytes={sumOf(chosen)} count={chosen.length} />
        <Files files={info.files} ticked={ticked} onTick={setTicked} />
      </Panel>
    </>
  )
}

/** Its list may be seen, its files not: access is to be asked for. */
function refusalIn({ findings }: RepoInfo): AppErrorData | null {
  for (const { code, params } of findings) {
    if (isErrorCode(code) && code.startsWith('HUB_')) return { code, params }
  }
  return null
}

function Chosen({ info, bytes, count }: { info: RepoInfo; bytes: number; count: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const facts = [
    t('library.repo.chosen', { count, bytes: format.bytes(bytes), total: format.bytes(info.totalBytes) }),
    info.presentBytes > 0 ? t('library.repo.present', { bytes: format.bytes(info.presentBytes) }) : null,
    t('library.repo.free', { bytes: format.bytes(info.freeBytes) }),
  ]
  const tooMuch = bytes - info.presentBytes > info.freeBytes
  return (
    <p className={tooMuch ? css.bad : css.numbers} data-testid="chosen">
      {facts.filter((fact) => fact !== null).join(' · ')}
    </p>
  )
}

function Get({ info, source, ticked }: { info: RepoInfo; source: HubSource; ticked: ReadonlySet<string> }) {
  const { t } = useTranslation()
  const get = useCommand((core) =>
    core.hub.get({
      requestId: requestId(),
      source,
      kind: info.kind,
      repo: info.id,
      revision: info.revision,
      ...patternsOf(info.files, ticked),
    }),
  )
  const here = info.wantedBytes > 0 && info.presentBytes === info.wantedBytes
  return (
    <>
      <ErrorNotice error={get.error} />
      <Button
        loading={get.busy}
        disabled={ticked.size === 0}
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={() => void get.run().then((done) => done && go('library'))}
      >
        {t(here ? 'library.repo.getAgain' : source.kind === 'folder' ? 'library.repo.import' : 'library.repo.get')}
      </Button>
    </>
  )
}
