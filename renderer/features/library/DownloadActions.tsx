import { Button, Menu } from '@mantine/core'
import {
  IconArrowBarToUp,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconReplace,
  IconTrash,
  IconX,
} from '@tabler/icons-react'
import type { DownloadView, HubSource } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../../stores/command'
import { requestId } from '../../stores/request-id'
import { Dialog } from '../../ui/Dialog'
import { ErrorNotice } from '../../ui/Notice'
import { isUnderWay, sameSource } from './choice'
import { SourceSelect } from './Finder'
import { More } from './More'
import css from './library.module.css'

export function DownloadActions({ download }: { download: DownloadView }) {
  const { t } = useTranslation()
  const { job, id, state, place } = download
  const [switching, setSwitching] = useState(false)
  const pause = useCommand((core) => core.hub.pause({ id: job }))
  const resume = useCommand((core) => core.hub.resume({ id: job, requestId: requestId() }))
  const cancel = useCommand((core) => core.jobs.cancel({ id: job }))
  const first = useCommand((core) => core.hub.first({ id: job }))
  const dismiss = useCommand((core, bytes: boolean) => core.hub.dismiss({ id: job, bytes }))
  const underWay = isUnderWay(download)
  const done = state === 'done'
  return (
    <div className={css.actions}>
      {underWay && (
        <Button
          size="xs"
          variant="default"
          loading={pause.busy}
          leftSection={<IconPlayerPauseFilled size={14} aria-hidden />}
          aria-label={`${t('library.downloads.pause')}: ${id}`}
          onClick={() => void pause.run()}
        >
          {t('library.downloads.pause')}
        </Button>
      )}
      {!underWay && !done && (
        <Button
          size="xs"
          loading={resume.busy}
          leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
          aria-label={`${t('library.downloads.resume')}: ${id}`}
          onClick={() => void resume.run()}
        >
          {t('library.downloads.resume')}
        </Button>
      )}
      {done && (
        <Button
          size="xs"
          variant="default"
          aria-label={`${t('library.downloads.dismiss')}: ${id}`}
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => void dismiss.run(false)}
        >
          {t('library.downloads.dismiss')}
        </Button>
      )}
      {!done && (
        <More name={id}>
          {state === 'queued' && place > 1 && (
            <Menu.Item leftSection={<IconArrowBarToUp size={15} aria-hidden />} onClick={() => void first.run()}>
              {t('library.downloads.first')}
            </Menu.Item>
          )}
          {underWay && (
            <Menu.Item leftSection={<IconPlayerStopFilled size={15} aria-hidden />} onClick={() => void cancel.run()}>
              {t('library.downloads.cancel')}
            </Menu.Item>
          )}
          {!underWay && (
            <>
              <Menu.Item leftSection={<IconReplace size={15} aria-hidden />} onClick={() => setSwitching(true)}>
                {t('library.downloads.switch')}
              </Menu.Item>
              <Menu.Item leftSection={<IconX size={15} aria-hidden />} onClick={() => void dismiss.run(false)}>
                {t('library.downloads.dismissKeep')}
              </Menu.Item>
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={15} aria-hidden />}
                onClick={() => void dismiss.run(true)}
              >
                {t('library.downloads.dismissBytes')}
              </Menu.Item>
            </>
          )}
        </More>
      )}
      <ErrorNotice error={pause.error ?? resume.error ?? cancel.error ?? first.error ?? dismiss.error} />
      <Dialog opened={switching} title={t('library.switch.title')} onClose={() => setSwitching(false)}>
        <SwitchSource download={download} onDone={() => setSwitching(false)} />
      </Dialog>
    </div>
  )
}

/** The same repository from somewhere else: bytes count by their digest, wherever they came from. */
function SwitchSource({ download, onDone }: { download: DownloadView; onDone(): void }) {
  const { t } = useTranslation()
  const [source, setSource] = useState<HubSource>(download.source)
  const get = useCommand((core) =>
    core.hub.get({
      requestId: requestId(),
      source,
      kind: download.kind,
      repo: download.id,
      revision: null,
      include: null,
      exclude: [],
    }),
  )
  return (
    <div className={css.dialog}>
      <p className={css.quiet}>{t('library.switch.text')}</p>
      <SourceSelect value={source} onChange={setSource} />
      <ErrorNotice error={get.error} />
      <Button
        loading={get.busy}
        disabled={sameSource(source, download.source)}
        onClick={() => void get.run().then((done) => done && onDone())}
      >
        {t('library.switch.action')}
      </Button>
    </div>
  )
}
