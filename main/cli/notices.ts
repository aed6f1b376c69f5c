import type { Client } from '#contract'
import { AppError } from '#core'
import { inputLine } from './hub'
import type { Say } from './words'

interface NoticesCommand {
  client: Client
  say: Say
  print: (line: string) => void
}

/** `launchpad notices`: what happened, and the webhook it is sent to. The address is read from the input: it is a secret. */
export async function noticesCommand(
  { client, say, print }: NoticesCommand,
  action: string,
): Promise<{ value: unknown; code: number }> {
  const { notices } = client
  if (action === 'list') {
    const all = Object.values((await client.snapshot()).notices).sort((a, b) => a.at - b.at)
    for (const { at, kind, params } of all) print(`${new Date(at).toISOString()}  ${say(`notice.${kind}`, params)}`)
    return { value: all, code: 0 }
  }
  if (action === 'try') {
    const answer = await notices.tryWebhook()
    print(`HTTP ${answer.status}`)
    return { value: answer, code: 0 }
  }
  if (action === 'set') {
    const address = await inputLine()
    if (!URL.canParse(address)) throw new AppError('BAD_INPUT', { detail: 'webhook' })
    await notices.setWebhook({ address })
  } else if (action === 'forget') await notices.setWebhook({ address: null })
  else if (action !== 'webhook') throw new AppError('BAD_INPUT', { detail: `notices (${noticesActions.join(' | ')})` })
  const value = await notices.webhook()
  print(value?.host ?? '-')
  return { value, code: 0 }
}
export const noticesActions = ['list', 'webhook', 'set', 'forget', 'try']
