import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { dump } from 'js-yaml'
import { defaultSettings, type Settings } from '#contract'
import type { Recipe } from '../../main/core/env/recipe'

/** The built program beside resources that hold one recipe more: small enough to be made many times. */
export function copyApp(recipe: Recipe): string {
  const home = mkdtempSync(join(tmpdir(), 'launchpad-app-'))
  cpSync(resolve('dist', 'node'), join(home, 'dist', 'node'), { recursive: true })
  cpSync(resolve('resources'), join(home, 'resources'), { recursive: true })
  writeFileSync(join(home, 'resources', 'recipes', `${recipe.id}.yaml`), dump(recipe))
  writeFileSync(join(home, 'package.json'), '{"type":"module"}\n')
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'))
  return home
}

export function writeSettings(root: string, network: Partial<Settings['network']>): void {
  mkdirSync(root, { recursive: true })
  const settings: Settings = { ...defaultSettings, network: { ...defaultSettings.network, ...network } }
  writeFileSync(join(root, 'settings.json'), JSON.stringify(settings))
  appendFileSync(join(root, 'launchpad-root.json'), '{"version":1}\n')
}

export interface Running {
  child: ChildProcess
  lines: string[]
  ended: Promise<number | null>
}

export function launchpad(home: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [join(home, 'dist', 'node', 'launchpad.mjs'), ...args], {
    env: { ...process.env, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  return { child, lines, ended: new Promise((done) => child.on('close', done)) }
}
