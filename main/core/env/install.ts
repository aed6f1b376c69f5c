import { AppError } from '../errors'
import type { StepContext } from '../jobs/step'
import { installedPackages, normalName, removePackages } from './records'
import { localFile, type LockedFile } from './lock'
import { findUv } from './uv'
import type { Workshop } from './workshop'

/**
 * Installs the locked files and nothing else: no index is asked and no dependency followed. Only what is not
 * whole is touched, so a try that was cut off goes on, and one deleted package costs one package.
 */
export async function install(shop: Workshop, context: StepContext): Promise<void> {
  const broken = await shop.unwhole(context.signal)
  if (broken.length === 0) return
  const left = broken.filter(({ state }) => state !== 'absent')
  await removePackages(
    shop.prefix,
    left.map(({ name }) => name),
  )
  const names = new Set(broken.map(({ name }) => name))
  const files = (await shop.lock()).filter(({ name }) => names.has(name))
  const wheels = files.filter(isWheel)
  const uv = await findUv(shop, context)
  const installer = { uv, anew: left.length > 0 }
  const stopCounting = countInstalled(shop, names, context)
  try {
    await run(shop, installer, wheels, context)
    // Built with what was just installed, for nothing may be fetched now: setuptools is among the locked.
    await run(
      shop,
      installer,
      files.filter((file) => !isWheel(file)),
      context,
    )
  } finally {
    stopCounting()
    await shop.changed(names)
  }
}

const isWheel = ({ url }: LockedFile) => new URL(url).pathname.endsWith('.whl')

interface Installer {
  uv: string | null
  /** uv links files from its cache; one altered in place is altered there too, so mending does not use it. */
  anew: boolean
}

async function run(shop: Workshop, { uv, anew }: Installer, files: LockedFile[], context: StepContext): Promise<void> {
  if (files.length === 0) return
  const paths = files.map((file) => localFile(shop.wheels, file))
  const common = ['--no-index', '--no-deps', '--no-build-isolation']
  const end = await shop.run(
    context,
    uv === null
      ? [shop.python, '-m', 'pip', 'install', ...common, ...quietPip, ...paths]
      : [
          uv,
          'pip',
          'install',
          '--offline',
          ...(anew ? ['--no-cache'] : []),
          '--python',
          shop.python,
          ...common,
          ...paths,
        ],
  )
  if (end.code !== 0) throw new AppError('INSTALL_FAILED', { detail: end.tail })
}

/** pip writes .pyc files for everything it installs; for torch that takes longer than the copying. */
const quietPip = ['--no-compile', '--no-warn-script-location', '--progress-bar', 'off']

function countInstalled(shop: Workshop, names: Set<string>, context: StepContext): () => void {
  const wanted = new Set([...names].map(normalName))
  const count = async () => {
    const there = (await installedPackages(shop.prefix)).filter(({ name }) => wanted.has(normalName(name)))
    context.progress({ done: there.length, total: wanted.size, unit: 'items', what: null })
  }
  const timer = setInterval(() => void count().catch(() => undefined), 500)
  return () => clearInterval(timer)
}
