import { defaultSettings, Settings, type Finding, type SettingsPatch } from '#contract'
import { readJson, writeJson } from './atomic-file'

export interface SettingsStore {
  read(): Settings
  update(patch: SettingsPatch): Promise<Settings>
}

/** Opens the settings file; a damaged one is set aside and reported, and defaults are used. */
export async function openSettings(file: string, report: (finding: Finding) => void): Promise<SettingsStore> {
  const found = await readJson(file, Settings)
  let current = found.state === 'ok' ? found.value : defaultSettings
  if (found.state === 'damaged') {
    report({ code: 'FILE_DAMAGED', severity: 'warning', params: { file, setAside: found.setAside } })
  }
  // One write after the other: two quick changes must not overtake each other on the disk.
  let writing: Promise<unknown> = Promise.resolve()

  return {
    read: () => current,
    async update(patch) {
      current = merge(current, patch)
      const value = current
      writing = writing.catch(() => {}).then(() => writeJson(file, value))
      await writing
      return value
    },
  }
}

function merge(current: Settings, patch: SettingsPatch): Settings {
  return Settings.parse({
    ...current,
    ...definedOnly(patch),
    network: { ...current.network, ...definedOnly(patch.network ?? {}) },
    downloads: { ...current.downloads, ...definedOnly(patch.downloads ?? {}) },
    notify: { ...current.notify, ...definedOnly(patch.notify ?? {}) },
  })
}

function definedOnly<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>
}
