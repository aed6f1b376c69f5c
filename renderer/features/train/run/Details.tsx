import { Skeleton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { RunDetails, RunView } from '#contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../i18n'
import { useAsked } from '../../../stores/asked'
import { CopyText } from '../../../ui/CopyText'
import { ErrorNotice } from '../../../ui/Notice'
import { Panel } from '../../../ui/Page'
import { CopyAction, Fact, Facts, PathText } from '../../../ui/parts'
import { Attempts } from './Attempts'
import css from './run.module.css'

/** How the run was started, down to the last argument. */
export function Details({ run }: { run: RunView }) {
  const details = useAsked(run.id, (core) => core.runs.details({ id: run.id }))
  return (
    <>
      <What run={run} />
      <Attempts attempts={run.attempts} />
      <ErrorNotice error={details.error} />
      {details.value === null ? (
        details.error === null && <Skeleton height={180} radius={12} />
      ) : (
        <All value={details.value} />
      )}
    </>
  )
}

function What({ run }: { run: RunView }) {
  const { t } = useTranslation()
  const { model, data, environment, cluster, folder, trainer } = run
  return (
    <Panel title={t('runs.details.facts')}>
      <Facts>
        <Fact name={t('runs.trainer')}>{t(`runs.trainers.${trainer}`)}</Fact>
        {model !== null && <Fact name={t('runs.details.model')}>{model}</Fact>}
        {data !== null && <Fact name={t('runs.details.data')}>{data}</Fact>}
        {environment !== null && <Fact name={t('runs.details.environment')}>{environment}</Fact>}
        <Fact name={t('runs.details.where')}>
          {cluster === null ? t('runs.details.here') : t('runs.onCluster', { address: cluster })}
        </Fact>
        <Fact name={t('runs.folder')}>
          <PathText path={folder} />
        </Fact>
      </Facts>
    </Panel>
  )
}

function All({ value: { argv, env, options, digests } }: { value: RunDetails }) {
  const { t } = useTranslation()
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return (
    <>
      <Code title={t('runs.details.command')} lines={argv} none={t('runs.details.none')} />
      <Code title={t('runs.details.env')} lines={variables} none={t('runs.details.envNone')} />
      {Object.keys(options).length > 0 && <Options options={options} />}
      {Object.keys(digests).length > 0 && (
        <Panel title={t('runs.details.digests')}>
          <p className={css.quiet}>{t('runs.details.digestsText')}</p>
          <Pairs pairs={Object.entries(digests)} />
        </Panel>
      )}
    </>
  )
}

function Code({ title, lines, none }: { title: string; lines: string[]; none: string }) {
  const text = lines.join('\n')
  return (
    <Panel title={title} actions={lines.length > 0 && <CopyText text={text} />}>
      {lines.length === 0 ? (
        <p className={css.quiet}>{none}</p>
      ) : (
        <pre className={css.code} tabIndex={0} aria-label={title}>
          {text}
        </pre>
      )}
    </Panel>
  )
}

function Options({ options }: { options: RunDetails['options'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [sought, setSought] = useState('')
  const pairs = Object.entries(options).map(([key, value]) => [key, String(value)] as const)
  const found = pairs.filter((pair) => pair.some((text) => text.toLowerCase().includes(sought.trim().toLowerCase())))
  return (
    <Panel
      title={`${t('runs.details.options')} (${format.count(pairs.length)})`}
      actions={<CopyText text={pairs.map(([key, value]) => `${key}=${value}`).join('\n')} />}
    >
      <div className={css.stack}>
        <TextInput
          size="xs"
          maw={320}
          aria-label={t('runs.details.find')}
          placeholder={t('runs.details.find')}
          leftSection={<IconSearch size={15} aria-hidden />}
          value={sought}
          onChange={({ currentTarget }) => setSought(currentTarget.value)}
        />
        <Pairs pairs={found} />
      </div>
    </Panel>
  )
}

function Pairs({ pairs }: { pairs: (readonly [string, string])[] }) {
  return (
    <dl className={css.pairs}>
      {pairs.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>
            <code>{value}</code>
            <CopyAction value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
