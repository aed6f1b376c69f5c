import type { Digest, RepoKind } from '#contract'
import type { AppError } from '../errors'

/** One file of a repository at a commit, as the source lists it. Nothing about it was checked yet. */
export interface RemoteFile {
  /** Relative, with "/". */
  path: string
  size: number
  /** null: the source gives none. */
  digest: Digest | null
}

export interface RepoRef {
  kind: RepoKind
  /** "org/name", or "name" of the oldest models of the hub. */
  id: string
}

/** A repository at one commit. */
export interface Resolved extends RepoRef {
  revision: string
  commit: string
  gated: boolean
  private: boolean
  license: string | null
  /** The page that people read; null: a folder. */
  page: string | null
  /** Who answered in the end, with its path prefix, without a trailing slash. */
  endpoint: string
}

/** How one file is asked for. */
export interface FileAddress {
  url: string
  /** For the origin of `url` only, never for where it redirects to: a token is among them. */
  headers: Record<string, string>
}

/** An answer that is no file, for `explain`. `body`: its first kilobytes. */
export interface RefusedAnswer {
  status: number
  url: string
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** What speaks a hub's protocol. Every call fails with HUB_* codes or those of the network. */
export interface HubAdapter {
  resolve(ref: RepoRef, revision: string | null, signal: AbortSignal): Promise<Resolved>
  /** The whole tree, at the commit. */
  list(repo: Resolved, signal: AbortSignal): Promise<RemoteFile[]>
  address(repo: Resolved, path: string): FileAddress
  /** What an answer of `address` means that is neither 200, 206 nor a redirection. */
  explain(repo: Resolved, path: string, answer: RefusedAnswer): AppError
}

/** One file to transfer. The engine knows nothing of repositories. */
export interface TransferFile {
  /** As it is shown. */
  path: string
  size: number
  digest: Digest | null
  /** Absolute; it appears there only when every byte is right. */
  target: string
  /** Asked again for each connection: an address may expire, a token may change. */
  address: () => FileAddress
  explain: (answer: RefusedAnswer) => AppError
}
