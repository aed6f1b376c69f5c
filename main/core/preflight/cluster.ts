import { access, constants } from 'node:fs/promises'
import { relative } from 'node:path'
import type { ClusterRef, ClusterView, PreflightArea, PreflightFinding } from '#contract'
import { sourcesOf } from '../checkpoint/sources'
import { toAppError } from '../errors'
import { reasonOf } from '../net/trouble'

/** What is about the machines of the cluster, which cannot be looked at from here. */
export const elsewhere: PreflightArea[] = ['environment', 'engine', 'gpu', 'machine', 'disk']

type Made = Pick<PreflightFinding, 'code' | 'severity' | 'area' | 'params'>
const made = (found: Made): PreflightFinding => ({ ...found, keys: [], remedy: null })

/** How the cluster cannot be asked, or null. */
export function notThere(thrown: unknown, { address }: ClusterRef): PreflightFinding {
  const { code, params } = toAppError(thrown).data
  const known = ['CLUSTER_REFUSED', 'CLUSTER_NOT_RAY'].includes(code) ? code : 'CLUSTER_UNREACHABLE'
  const detail = String(params['detail'] ?? reasonOf(thrown))
  return made({ code: `PREFLIGHT_${known}`, severity: 'error', area: 'machine', params: { address, detail } })
}

/** What the cluster itself and the places of the files say: whether it has cards, and whether its machines see the files. */
export async function clusterFindings(
  { nodes }: ClusterView,
  { address, shared }: ClusterRef,
  argv: readonly string[],
): Promise<PreflightFinding[]> {
  const found: PreflightFinding[] = []
  if (nodes.every(({ gpus }) => gpus < 1))
    found.push(made({ code: 'PREFLIGHT_CLUSTER_NO_CARDS', severity: 'error', area: 'gpu', params: { address } }))
  if (shared === null && nodes.length > 1)
    found.push(
      made({
        ...{ code: 'PREFLIGHT_CLUSTER_NO_SHARED', severity: 'warning', area: 'disk' },
        params: { count: nodes.length },
      }),
    )
  if (shared !== null) {
    const problem = await access(shared, constants.W_OK).then(() => null, reasonOf)
    if (problem !== null)
      found.push(
        made({
          ...{ code: 'PREFLIGHT_CLUSTER_SHARED', severity: 'error', area: 'disk' },
          params: { path: shared, detail: problem },
        }),
      )
  }
  const { base, validation, reward } = sourcesOf(argv)
  const apart = [base, validation, reward?.file ?? null].filter(
    (path): path is string => path !== null && path.startsWith('/') && !isBelow(path, shared),
  )
  if (apart.length > 0)
    found.push(
      made({
        ...{ code: 'PREFLIGHT_CLUSTER_PATHS', severity: 'warning', area: 'data' },
        params: { paths: apart.join(', ') },
      }),
    )
  return found
}

const isBelow = (path: string, folder: string | null) => folder !== null && !relative(folder, path).startsWith('..')
