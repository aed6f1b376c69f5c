import { resolve } from 'node:path'
import { noticeKinds, SettingsPatch, type Language, type RunView, type Settings } from '#contract'
import { AppError } from '#core'
import type { Say } from './words'

export function runLines(runs: RunView[], say: Say, language: Language): string[] {
  if (runs.length === 0) return ['No run yet. "launchpad practice" starts the first one.']
  return runs
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((run) => {
      const steps =
        run.lastStep === null ? '' : `step ${run.lastStep}${run.plannedSteps === null ? '' : `/${run.plannedSteps}`}`
      const reward = run.lastReward === null ? '' : `reward ${run.lastReward.toFixed(3)}`
      const cause = run.verdict?.title?.[language] ?? ''
      return [run.id, run.name, run.trainer, say(`runStatus.${run.status}`), cause, steps, reward, run.folder]
        .filter(Boolean)
        .join('  ')
    })
}

export function settingsLines(settings: Settings): string[] {
  const { language, theme, network, downloads, notify } = settings
  return [
    `language              ${language ?? '(system)'}`,
    `theme                 ${theme}`,
    ...networkSettingLines(network),
    `downloads.limit       ${downloads.limit === null ? '(as fast as it goes)' : `${downloads.limit} bytes/s`}`,
    `downloads.connections ${downloads.connections} of one download`,
    `downloads.atOnce      ${downloads.atOnce} at a time, the others wait`,
    `notify.kinds          ${notify.kinds.join(',') || '(nothing)'}`,
    `notify.quiet          ${notify.quiet === null ? '(at any hour)' : `${notify.quiet.from}-${notify.quiet.to}`}`,
  ]
}

export function networkSettingLines(network: Settings['network']): string[] {
  return [
    `network.proxy         ${network.proxy ?? '(as the system says)'}`,
    `network.caFile        ${network.caFile ?? '(what the system trusts)'}`,
    `network.packageIndex  ${network.packageIndex ?? '(as pip is set up)'}`,
    `network.torchIndex    ${network.torchIndex ?? '(as the recipe says)'}`,
    `network.condaChannels ${network.condaChannels ?? '(as conda knows them)'}`,
    `network.hubEndpoint   ${network.hubEndpoint ?? '(the hub itself)'}`,
  ]
}

/** "network.proxy", "http://..." -> a patch; "-" is null. BAD_INPUT for a name or value that is none. */
export function settingPatch(name: string, text: string): SettingsPatch {
  const [group, key] = name.split('.')
  const value = settingValue(name, group ?? '', text)
  const patch = SettingsPatch.strict().safeParse(
    key === undefined ? { [name]: value } : { [group ?? '']: { [key]: value } },
  )
  if (!patch.success || (!groups.has(group ?? '') && key !== undefined))
    throw new AppError('BAD_INPUT', { detail: `${name} = ${text}` })
  return patch.data
}

const groups = new Set(['network', 'downloads', 'notify'])

function settingValue(name: string, group: string, text: string): unknown {
  if (name === 'notify.kinds') return text === '-' ? [...noticeKinds] : text.split(',').filter((kind) => kind !== '')
  if (text === '-') return null
  if (group === 'downloads') return Number(text)
  if (name === 'network.caFile') return resolve(text)
  const [, from, to] = name === 'notify.quiet' ? (/^([\d:]+)-([\d:]+)$/.exec(text) ?? []) : []
  return from === undefined ? text : { from, to }
}
