import { join } from 'node:path'
import { dump } from 'js-yaml'
import type { CondaProgram } from './program'

/** What conda's family writes, all below our root. */
export function condaPlaces(cache: string) {
  const folder = join(cache, 'conda')
  return {
    /** What the program takes for the home folder: see `condaVariables`. */
    home: join(folder, 'home'),
    packages: join(folder, 'pkgs'),
    rootPrefix: join(folder, 'root'),
    environments: join(folder, 'root', 'envs'),
    rcFile: join(folder, 'condarc.yaml'),
  }
}
export type CondaPlaces = ReturnType<typeof condaPlaces>

export interface RcOptions {
  /** Base address of the channels. */
  channels: string
  /** The address of the one channel that is asked. */
  channel: string
  /** A file with certificates, or null for the program's own. */
  caFile: string | null
  places: CondaPlaces
}

/**
 * Our rc file, read by all of the family; each ignores the keys it does not know. The proxy is not
 * in it: it may hold a password, and all of them read it from the environment.
 */
export function rcText({ channels, channel, caFile, places }: RcOptions): string {
  return dump({
    channels: [channel],
    channel_alias: channels,
    channel_priority: 'strict',
    ssl_verify: caFile ?? true,
    remote_connect_timeout_secs: 20,
    remote_read_timeout_secs: 60,
    remote_max_retries: 3,
    remote_backoff_factor: 1,
    pkgs_dirs: [places.packages],
    envs_dirs: [places.environments],
    // conda alone reads what follows. Notices would be one more request, and one more text in the output.
    register_envs: false,
    number_channel_notices: 0,
    notify_outdated_conda: false,
    auto_update_conda: false,
    report_errors: false,
    create_default_packages: [],
    always_yes: true,
  })
}

/** From version 2 on mamba is micromamba's code; version 1 is a layer on conda and takes conda's options. */
const isLibmamba = ({ name, version }: CondaProgram) =>
  name === 'micromamba' || (name === 'mamba' && Number.parseInt(version, 10) >= 2)

export interface PrefixOptions {
  prefix: string
  /** Minor version, e.g. "3.11". */
  python: string
  channel: string
  rcFile: string
}

/**
 * Makes a prefix with Python and pip. The channel is a whole address: a name could be sent elsewhere
 * by `custom_channels` of a rc file of the machine, which conda reads whatever CONDARC says.
 *
 * micromamba: `--rc-file` reads that file and no other (libmamba/src/api/configuration.cpp,
 * set_rc_values); it must not go with `--no-rc`. Its output is not asked for as JSON: that silences
 * every line until the end.
 */
export function createCommand(program: CondaProgram, options: PrefixOptions): [string, ...string[]] {
  const common = ['--yes', '--prefix', options.prefix, '--override-channels', '--channel', options.channel]
  const packages = [`python=${options.python}`, 'pip']
  if (isLibmamba(program)) return [program.path, 'create', '--rc-file', options.rcFile, ...common, ...packages]
  return [program.path, 'create', ...common, '--no-default-packages', ...packages]
}

/**
 * Variables for the program, over `childEnvironment`. HOME is a folder of ours: mamba enters every
 * prefix into ~/.conda/environments.txt and no option stops it (core/environments_manager.cpp;
 * `register_envs` is not among its options), and conda before 23.9 does so too. Passwords for a
 * mirror are still read from the user's .netrc. The CA file is named here, too: requests lets an
 * inherited REQUESTS_CA_BUNDLE win over what conda takes from `ssl_verify` (seen with conda 26.9).
 */
export function condaVariables(
  program: CondaProgram,
  places: CondaPlaces,
  base: NodeJS.ProcessEnv,
  caFile: string | null,
) {
  const { home, rcFile, rootPrefix } = places
  const variables: Record<string, string> = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
  }
  const netrc = base['NETRC'] ?? (base['HOME'] === undefined ? undefined : join(base['HOME'], '.netrc'))
  if (netrc !== undefined) variables['NETRC'] = netrc
  if (caFile !== null)
    for (const name of ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE']) variables[name] = caFile
  if (isLibmamba(program)) variables['MAMBA_ROOT_PREFIX'] = rootPrefix
  else variables['CONDARC'] = rcFile
  return variables
}
