import type { ComponentHealth, EnvironmentView } from '#contract'
import { componentIds } from '#contract'
import { peekJson } from '../state/atomic-file'
import type { Adopted, Book } from './book'
import { isBroken } from './health'
import { Checked, readManifest } from './manifest'
import { environmentId, type Recipe } from './recipe'
import { Made, Marker, prefixPython, whole } from './workshop'
import { join } from 'node:path'

/** One of ours, from the files in its folder; null: the folder does not carry our mark. */
export async function viewMade(
  folder: string,
  id: string,
  recipes: Map<string, Recipe>,
  book: Book,
): Promise<EnvironmentView | null> {
  const marker = whole(await peekJson(join(folder, 'environment.json'), Marker))
  if (marker === null) return null
  const [manifest, checked, made] = [
    await readManifest(folder),
    whole(await peekJson(join(folder, 'check.json'), Checked)),
    whole(await peekJson(join(folder, 'engine.json'), Made)),
  ]
  const { recipe } = marker
  const now = recipes.get(recipe.id)
  const health = (manifest === null ? null : checked?.health) ?? unknownHealth
  return {
    id,
    kind: 'made',
    recipe: recipe.id,
    path: folder,
    program: prefixPython(join(folder, 'prefix')),
    status: manifest === null ? 'unfinished' : isBroken(health) ? 'broken' : 'ready',
    current: book.read().current[recipe.id] === id,
    outdated: now !== undefined && environmentId(now) !== id,
    engine: manifest?.engine ?? made?.engine ?? null,
    python: manifest?.python ?? null,
    packages: manifest?.packages ?? [],
    bytes: manifest?.bytes ?? null,
    createdAt: manifest?.createdAt ?? null,
    checkedAt: manifest === null ? null : (checked?.at ?? null),
    health,
    probe: checked?.probe ?? manifest?.probe ?? null,
  }
}

export function viewYours({ id, path, program, python, packages, probe, at }: Adopted): EnvironmentView {
  const broken = probe.modules.some(({ error }) => error !== null)
  const imports: ComponentHealth = { id: 'imports', state: broken ? 'broken' : 'ok', findings: probe.findings }
  return {
    id,
    kind: 'yours',
    recipe: null,
    path,
    program,
    status: broken ? 'broken' : 'ready',
    current: false,
    outdated: false,
    engine: null,
    python,
    packages,
    bytes: null,
    createdAt: null,
    checkedAt: at,
    health: [imports],
    probe,
  }
}

const unknownHealth: ComponentHealth[] = componentIds.map((id) => ({ id, state: 'unknown', findings: [] }))
