import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBackOff } from '../../../main/electron/core/back-off'
import { staysBehind } from '../../../main/electron/core/inherited-files'
import { findNode, isNewEnough } from '../../../main/electron/core/find-node'
import { parseOptions, userDataFolder } from '../../../main/electron/options'
import { answer } from '../../../main/electron/page/answer'
import { decideClosing, type ClosingFacts } from '../../../main/electron/window/closing'
import { firstState, openHostState, placeWindow } from '../../../main/electron/window/state'
import { fill, resolveLanguage, sayError } from '../../../main/electron/words'

describe('the command line', () => {
  test('is read in both forms, among switches of others', () => {
    expect(parseOptions(['.', '--no-sandbox', '--root', 'data', '--lang=en'], '/home/me')).toEqual({
      root: '/home/me/data',
      userData: null,
    })
    expect(parseOptions(['--root=/x y', '--user-data-dir=/z'], '/')).toEqual({ root: '/x y', userData: '/z' })
  })
  test('without a value counts as without the switch', () => {
    expect(parseOptions(['--root', '--no-sandbox'], '/')).toEqual({ root: null, userData: null })
    expect(parseOptions(['--root'], '/')).toEqual({ root: null, userData: null })
    expect(parseOptions(['--root='], '/')).toEqual({ root: null, userData: null })
  })
  test('gives each root its own window', () => {
    expect(userDataFolder({ root: '/data', userData: null })).toBe('/data/desktop')
    expect(userDataFolder({ root: '/data', userData: '/profile' })).toBe('/profile')
    expect(userDataFolder({ root: null, userData: null })).toBeNull()
  })
})

describe('the close button', () => {
  const facts: ClosingFacts = { quitting: false, platform: 'linux', working: true, hasTray: true, told: false }
  test('ends the app when nothing is under way', () => {
    expect(decideClosing({ ...facts, working: false })).toEqual({ what: 'close', say: null })
  })
  test('keeps the app while something is, and says so once', () => {
    expect(decideClosing(facts)).toEqual({ what: 'hide', say: 'hidden' })
    expect(decideClosing({ ...facts, told: true })).toEqual({ what: 'hide', say: null })
  })
  test('never hides a window that no tray can bring back', () => {
    expect(decideClosing({ ...facts, hasTray: false })).toEqual({ what: 'minimise', say: 'minimised' })
  })
  test('does not stand in the way of quitting', () => {
    expect(decideClosing({ ...facts, quitting: true })).toEqual({ what: 'close', say: null })
  })
  test('hides on a Mac, as windows do there', () => {
    expect(decideClosing({ ...facts, platform: 'darwin', working: false })).toEqual({ what: 'hide', say: null })
  })
})

describe('the window', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1040 }
  test('is where it was', () => {
    const saved = { x: 100, y: 50, width: 1000, height: 700 }
    expect(placeWindow(saved, [screen])).toEqual(saved)
  })
  test('comes back from a screen that is gone', () => {
    expect(placeWindow({ x: 2500, y: 50, width: 1000, height: 700 }, [screen])).toEqual({ width: 1000, height: 700 })
    expect(placeWindow({ x: 100, y: -900, width: 1000, height: 700 }, [screen])).toEqual({ width: 1000, height: 700 })
  })
  test('fits a small screen', () => {
    expect(placeWindow(null, [{ ...screen, width: 800, height: 600 }])).toEqual({ width: 800, height: 600 })
  })
  test('remembers, and takes a damaged file for none', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'window-')), 'window.json')
    openHostState(file).update({ theme: 'dark', maximized: true })
    expect(openHostState(file).read()).toEqual({ ...firstState, theme: 'dark', maximized: true })
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 9))
    expect(openHostState(file).read()).toEqual(firstState)
  })
})

describe('the page at its own address', () => {
  const assets = new Map([
    ['/index.html', { body: Buffer.from('<meta content="__NONCE__">'), type: 'text/html; charset=utf-8' }],
    ['/assets/a.js', { body: Buffer.from('1'), type: 'text/javascript; charset=utf-8' }],
  ])
  const ask = (address: string, method = 'GET') => answer(assets, method, address, () => 'n0nce')
  test('carries a content policy with the nonce that is in the page', () => {
    const { status, headers, body } = ask('app://launchpad/')
    expect(status).toBe(200)
    expect(body.toString()).toBe('<meta content="n0nce">')
    expect(headers['content-security-policy']).toContain("'nonce-n0nce'")
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/)
  })
  test('has the built files and no others', () => {
    expect(ask('app://launchpad/assets/a.js').status).toBe(200)
    for (const address of [
      'app://launchpad/../../etc/passwd',
      'app://launchpad/%2e%2e/x',
      'app://other/',
      'app://launchpad/assets/',
    ]) {
      expect(ask(address).status, address).toBe(404)
    }
  })
  test('takes no posts', () => {
    expect(ask('app://launchpad/', 'POST').status).toBe(405)
  })
})

describe('a core that ends', () => {
  test('is started again ever later, until one has lived', () => {
    const backOff = createBackOff(300, 1_000, 60_000)
    expect([0, 0, 0, 0].map(() => backOff.next(100))).toEqual([300, 600, 1_000, 1_000])
    expect(backOff.next(60_000)).toBe(300)
  })
  test('needs a Node that is new enough', () => {
    expect(['v20.19.0', 'v22.1.0', 'v100.0.0'].map(isNewEnough)).toEqual([true, true, true])
    expect(['v20.18.9', 'v16.20.0', '', 'nonsense'].map(isNewEnough)).toEqual([false, false, false, false])
    expect(findNode({ PATH: '' })).toBeNull()
    expect(findNode({ LAUNCHPAD_NODE: process.execPath })).toBe(process.execPath)
  })
})

describe('the words of the frame', () => {
  test('are in the chosen language, else in that of the system', () => {
    expect(resolveLanguage('en', 'zh-CN')).toBe('en')
    expect(resolveLanguage(null, 'zh-TW')).toBe('zh-CN')
    expect(resolveLanguage(null, 'de')).toBe('en')
  })
  test('take their values, and say the errors of the core', () => {
    expect(fill('{{a}} of {{ b, bytes }}{{c}}', { a: 1, b: 'two' })).toBe('1 of two')
    expect(sayError('en', { code: 'ROOT_UNUSABLE', params: { path: '/x', detail: 'EACCES' } })).toContain('/x')
  })
})

test('a file is handed down to other programs unless it is marked to stay behind', () => {
  expect(staysBehind('pos:\t0\nflags:\t02100000\nmnt_id:\t27\n')).toBe(true)
  expect(staysBehind('pos:\t0\nflags:\t0100002\n')).toBe(false)
  expect(staysBehind('')).toBe(false)
})
