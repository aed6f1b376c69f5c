import { delimiter, dirname } from 'node:path'
import type { EnvironmentView } from '#contract'
import type { NetworkProfile } from '../net/profile'
import { bytecodeCache, childEnvironment } from '../proc/environment'

/**
 * The whole environment of a program that runs inside an environment: told of the network, with the
 * environment's programs first. To be replaced by what conda's activation scripts really set.
 */
export function environmentVariables(
  view: EnvironmentView,
  { network, layout }: { network: NetworkProfile; layout: { cache: string } },
): Record<string, string> {
  const bin = dirname(view.program)
  const plain = childEnvironment({ ...network.environment(), ...bytecodeCache(layout) })
  const own = view.engine === 'conda' ? {} : { VIRTUAL_ENV: dirname(bin) }
  return { ...plain, ...own, PATH: [bin, plain['PATH'] ?? ''].join(delimiter) }
}
