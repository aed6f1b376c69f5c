import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

export interface Asset {
  body: Buffer
  type: string
}

/** The built page, whole in memory and by path: a request can then name nothing but what was built. */
export async function loadAssets(folder: string): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>()
  // Walks by itself: readdir's own "recursive" is not in every Node that an Electron carries.
  async function read(below: string, path: string): Promise<void> {
    for (const entry of await readdir(below, { withFileTypes: true })) {
      const file = join(below, entry.name)
      if (entry.isDirectory()) await read(file, `${path}${entry.name}/`)
      const type = entry.isFile() ? types[extname(entry.name)] : undefined
      if (type !== undefined) assets.set(path + entry.name, { body: await readFile(file), type })
    }
  }
  await read(folder, '/')
  return assets
}
