import type { SettingsPatch } from '#contract'
import { AppError } from '../errors'
import { readCaFile } from './ca'
import { hasPassword, shown } from './proxy'

/**
 * Refuses what fits the schema and still cannot be used. Errors: CA_FILE_BAD; ADDRESS_WITH_PASSWORD, because
 * settings.json is a plain file that is copied, shown and sent along.
 */
export function checkNetwork({ caFile, ...addresses }: NonNullable<SettingsPatch['network']>): void {
  for (const address of Object.values(addresses)) {
    if (address && hasPassword(address)) throw new AppError('ADDRESS_WITH_PASSWORD', { address: shown(address) })
  }
  if (caFile) readCaFile(caFile)
}
