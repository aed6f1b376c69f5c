import { mkdir, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const unitName = 'verl-launchpad.service'

/** One word of ExecStart, as systemd.service(5) reads it: quoted, "%" and "$" doubled. */
const word = (text: string) =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`

/** A user unit that runs this command. `argv`: an absolute program and its arguments. */
const unitText = (argv: readonly string[]): string => `[Unit]
Description=Verl Launchpad, the page for a browser

[Service]
ExecStart=${argv.map(word).join(' ')}
Restart=on-failure
# Trainings outlive the server; systemd would otherwise end everything that it started.
KillMode=process
# Data and logs are this user's alone.
UMask=0077

[Install]
WantedBy=default.target
`

/** Writes it where systemd looks for this user's units; the file's path. */
export async function writeUnit(argv: readonly string[]): Promise<string> {
  const folder = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'systemd', 'user')
  const file = join(folder, unitName)
  await mkdir(folder, { recursive: true })
  await writeFile(`${file}.new`, unitText(argv))
  await rename(`${file}.new`, file)
  return file
}
