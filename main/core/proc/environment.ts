import { join } from 'node:path'

/** Variables of the caller's Python and conda that would leak into ours and change what is imported. */
const foreign = [
  /^CONDA/,
  /^MAMBA/,
  /^PYTHON/,
  /^VIRTUAL_ENV/,
  /^PIP_(TARGET|PREFIX|USER|REQUIRE_VIRTUALENV)$/,
  /^UV_/,
  /^LAUNCHPAD_/,
  /^npm_/,
]
/** Set by an AppImage for its own libraries; Python would load those instead of the system's. */
const fromAppImage = [
  'LD_LIBRARY_PATH',
  'GTK_PATH',
  'GIO_MODULE_DIR',
  'GDK_PIXBUF_MODULE_FILE',
  'GSETTINGS_SCHEMA_DIR',
  'APPDIR',
  'APPIMAGE',
  'ARGV0',
  'OWD',
]

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
    kept[name] = value
  }
  return { ...kept, PYTHONUTF8: '1', PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1', ...extra }
}

/**
 * Where Python keeps compiled files: below our root. An environment stays as it was sealed, and the
 * app's own folder, which may be read-only, is not written to.
 */
export function bytecodeCache(layout: { cache: string }): Record<string, string> {
  return { PYTHONPYCACHEPREFIX: join(layout.cache, 'pycache') }
}
