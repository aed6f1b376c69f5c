import { basename, join } from 'node:path'

export interface ShellChoice {
  file: string
  args: string[]
  environment: Record<string, string>
}

/** Set by terminals that our own process was started in; a shell in ours would believe them. */
const ofOtherTerminals =
  /^(TMUX|STY|WINDOW|WINDOWID|TERMCAP|COLUMNS|LINES|TERM_PROGRAM|VTE_VERSION|KONSOLE|VSCODE)(_|$)/

/**
 * Which shell to start and how, so that the user has their own prompt and aliases and yet the programs in
 * `bin` come first. Their start-up file is read as always; a conda or pyenv in it would put another Python
 * in front, so `bin` is put first again after it: bash and zsh read our few lines in `shell/` of the
 * resources, fish takes them as an argument. A plain sh has no start-up file that matters.
 * `fallbacks`: shells that are there, best first. Pure.
 */
export function chooseShell(
  variables: Record<string, string>,
  options: { bin: string; resources: string; fallbacks: string[] },
): ShellChoice | null {
  const wanted = variables['SHELL'] ?? ''
  const file = known.has(basename(wanted)) ? wanted : options.fallbacks[0]
  if (file === undefined) return null
  const environment = { ...terminalVariables(variables), SHELL: file }
  const told = { ...environment, LAUNCHPAD_BIN: options.bin }
  const files = join(options.resources, 'shell')
  switch (basename(file)) {
    case 'bash':
      return { file, args: ['--rcfile', join(files, 'bash.rc')], environment: told }
    case 'zsh': {
      const own = variables['ZDOTDIR']
      const zsh = { ZDOTDIR: join(files, 'zsh'), ...(own === undefined ? {} : { LAUNCHPAD_ZDOTDIR: own }) }
      return { file, args: [], environment: { ...told, ...zsh } }
    }
    case 'fish':
      return { file, args: ['--init-command', fishLines], environment: told }
    default:
      return { file, args: [], environment }
  }
}

const known = new Set(['bash', 'zsh', 'fish', 'sh'])
const fishLines = 'set -gx PATH $LAUNCHPAD_BIN $PATH; set -e LAUNCHPAD_BIN; set -e PYTHONHOME; set -e PYTHONPATH'

function terminalVariables(variables: Record<string, string>): Record<string, string> {
  const kept = Object.fromEntries(Object.entries(variables).filter(([name]) => !ofOtherTerminals.test(name)))
  // Without any locale a shell takes 汉字 for single bytes, and its line editor draws them wrongly.
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].some((name) => (kept[name] ?? '') !== '') ? {} : { LANG: 'C.UTF-8' }
  // An activated conda asks these before it puts its base environment in front of ours.
  const conda = { CONDA_AUTO_ACTIVATE: 'false', CONDA_AUTO_ACTIVATE_BASE: 'false' }
  return { ...conda, ...kept, ...locale, TERM: 'xterm-256color', COLORTERM: 'truecolor' }
}
