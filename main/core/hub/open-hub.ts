import type { HubSource } from '#contract'
import { openFolder, type FolderSource } from './sources/folder'
import { openSource, type SourceOptions } from './sources/open'
import type { Source } from './sources/source'
import type { Tokens } from './tokens'

/** A source of the contract, ready to be asked. */
export type Opened = { kind: 'network'; adapter: Source } | { kind: 'folder'; adapter: FolderSource }

/** Anew for each question or download: a source remembers where it was sent on to. */
export type OpenHub = (source: HubSource) => Opened

export function createOpenHub(options: Omit<SourceOptions, 'token'> & { tokens: Tokens }): OpenHub {
  return (source) =>
    source.kind === 'folder'
      ? { kind: 'folder', adapter: openFolder(source.path) }
      : {
          kind: 'network',
          adapter: openSource(source, { ...options, token: () => options.tokens.current(source.kind) }),
        }
}
