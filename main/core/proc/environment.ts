import { delimiter, isAbsolute, join } from 'node:path'

/** Variables of the caller's Python and conda that would leak into ours and change what is imported. */
const foreign = [
  /^_?CONDA/,
  // What conda's shell functions and its run script leave behind, and its compiler packages.
  /^_CE_/,
  /^_PYTHON/,
  /^_?MAMBA/,
  /^__MAMBA/,
  /^PIXI_/,
  /^PYTHON/,
  /^__PYVENV_LAUNCHER__$/,
  /^(_OLD_)?VIRTUAL_ENV/,
  /^_OLD_VIRTUAL_/,
  /^PIP_(TARGET|PREFIX|ROOT|USER|PYTHON|REQUIRE_VIRTUALENV|NO_DEPS|DRY_RUN)$/,
  /^UV_/,
  /^LAUNCHPAD_/,
  /^npm_/,
]
/** Set by an AppImage for its own libraries; Python would load those instead of the system's. */
const fromAppImage = [
  'LD_PRELOAD',
  'GTK_PATH',
  'GIO_MODULE_DIR',
  'GDK_PIXBUF_MODULE_FILE',
  'GSETTINGS_SCHEMA_DIR',
  'APPDIR',
  'APPIMAGE',
  'ARGV0',
  'OWD',
]
/** Lists in front of which it puts folders of its own (electron-builder's AppRun); what follows is the user's, e.g. CUDA's. */
const listsOfAppImage = ['LD_LIBRARY_PATH', 'PATH', 'XDG_DATA_DIRS']

/**
 * The environment for a child: this process's, without what is foreign, with UTF-8 and no user
 * site-packages, and `extra` on top. Pure, given `base`.
 */
export function childEnvironment(
  extra: Record<string, string>,
  base: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const kept: Record<string, string> = {}
  const dropped = base['APPIMAGE'] === undefined ? [] : fromAppImage
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || dropped.includes(name) || foreign.some((pattern) => pattern.test(name))) continue
    if (base['APPIMAGE'] !== undefined && listsOfAppImage.includes(name)) {
      const users = withoutMount(value, base['APPDIR'])
      if (users !== '') kept[name] = users
    } else {
      kept[name] = value
    }
  }
  return { ...kept, PYTHONUTF8: '1', PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1', ...extra }
}

/** An AppImage is mounted below a folder like /tmp/.mount_name; relative entries point into it, too. */
function withoutMount(list: string, appDir: string | undefined): string {
  const inside = (folder: string) =>
    !isAbsolute(folder) || /\/\.mount/.test(folder) || (appDir !== undefined && `${folder}/`.startsWith(`${appDir}/`))
  return list
    .split(delimiter)
    .filter((folder) => !inside(folder))
    .join(delimiter)
}

/**
 * Where Python keeps compiled files: below our root. An environment stays as it was sealed, and the
 * app's own folder, which may be read-only, is not written to.
 */
export function bytecodeCache(layout: { cache: string }): Record<string, string> {
  return { PYTHONPYCACHEPREFIX: join(layout.cache, 'pycache') }
}
