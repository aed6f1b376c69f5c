import { resolve } from 'node:path'
import { SettingsPatch, type RunView, type Settings } from '#contract'
import { AppError } from '#core'
import type { Say } from './words'

export function runLines(runs: RunView[], say: Say): string[] {
  if (runs.length === 0) return ['No run yet. "launchpad practice" starts the first one.']
  return runs
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((run) => {
      const steps =
        run.lastStep === null ? '' : `step ${run.lastStep}${run.plannedSteps === null ? '' : `/${run.plannedSteps}`}`
      const reward = run.lastReward === null ? '' : `reward ${run.lastReward.toFixed(3)}`
      return [run.id, run.name, run.trainer, say(`runStatus.${run.status}`), steps, reward, run.folder]
        .filter(Boolean)
        .join('  ')
    })
}

export function settingsLines(settings: Settings): string[] {
  const { language, theme, network, downloads } = settings
  return [
    `language              ${language ?? '(system)'}`,
    `theme                 ${theme}`,
    ...networkSettingLines(network),
    `downloads.limit       ${downloads.limit === null ? '(as fast as it goes)' : `${downloads.limit} bytes/s`}`,
    `downloads.connections ${downloads.connections} of one download`,
    `downloads.atOnce      ${downloads.atOnce} at a time, the others wait`,
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
  const value =
    text === '-' ? null : group === 'downloads' ? Number(text) : name === 'network.caFile' ? resolve(text) : text
  const patch = SettingsPatch.strict().safeParse(
    key === undefined ? { [name]: value } : { [group ?? '']: { [key]: value } },
  )
  if (!patch.success || (group !== 'network' && group !== 'downloads' && key !== undefined))
    throw new AppError('BAD_INPUT', { detail: `${name} = ${text}` })
  return patch.data
}
