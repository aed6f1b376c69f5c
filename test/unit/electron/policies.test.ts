import { describe, expect, test } from 'vitest'
import {
  decideAsker,
  decideNavigation,
  decideDownload,
  decidePermission,
  decideWindowOpen,
  externalAddress,
  isOurPage,
} from '../../../main/electron/security/policies'

const lookAlikes = [
  'app://launchpad.evil.example/',
  'app://evil/?app://launchpad/',
  'app://launchpad@evil/',
  'app://user:secret@launchpad/',
  'app://launchpad:8080/',
  'https://launchpad/',
  'file:///app://launchpad/',
  'data:text/html,app://launchpad/',
  'javascript:void(0)//app://launchpad/',
  'not an address',
  '',
]

describe('our page', () => {
  test.each(['app://launchpad/', 'app://launchpad/index.html', 'app://launchpad/assets/a.js?x=1#/runs/7'])(
    'is %s',
    (address) => {
      expect(isOurPage(address)).toBe(true)
    },
  )
  test.each(lookAlikes)('is not %s', (address) => {
    expect(isOurPage(address)).toBe(false)
  })
})

describe("what reaches the system's browser", () => {
  test('is the web, as the parser understood it', () => {
    expect(externalAddress('https://example.org/a b')).toBe('https://example.org/a%20b')
    expect(externalAddress('HTTP://EXAMPLE.org')).toBe('http://example.org/')
  })
  test.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,hello',
    'ssh://host/',
    'ms-msdt:/id',
    'vscode://file/x',
    'app://launchpad/',
    ' \thttp:\n//',
    'https://user:secret@example.org/',
    '//example.org/',
    'nonsense',
  ])('is not %s', (address) => {
    expect(externalAddress(address)).toBeNull()
  })
})

describe('a page that wants to go somewhere', () => {
  test('may move within itself', () => {
    expect(decideNavigation('app://launchpad/', true)).toEqual({ go: 'stay' })
  })
  test('is shown in the system browser when it leads to the web', () => {
    expect(decideNavigation('https://example.org/', true)).toEqual({ go: 'outside', address: 'https://example.org/' })
  })
  test('goes nowhere from a frame, or with any other scheme', () => {
    expect(decideNavigation('https://example.org/', false)).toEqual({ go: 'nowhere' })
    expect(decideNavigation('file:///etc/passwd', true)).toEqual({ go: 'nowhere' })
  })
  test('never gets a second window, not even of ourselves', () => {
    expect(decideWindowOpen('app://launchpad/')).toEqual({ go: 'nowhere' })
    expect(decideWindowOpen('about:blank')).toEqual({ go: 'nowhere' })
    expect(decideWindowOpen('https://example.org/')).toEqual({ go: 'outside', address: 'https://example.org/' })
  })
})

describe('permissions', () => {
  test('let our page write to the clipboard, and nothing more', () => {
    expect(decidePermission('clipboard-sanitized-write', 'app://launchpad/')).toBe(true)
    const others = [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'fullscreen',
      'usb',
      'unknown',
    ]
    for (const other of others) expect(decidePermission(other, 'app://launchpad/'), other).toBe(false)
  })
  test.each(lookAlikes)('are not given to %s', (address) => {
    expect(decidePermission('clipboard-sanitized-write', address)).toBe(false)
  })
})

test('only the main frame of our own page gets a line to the core', () => {
  expect(decideAsker({ address: 'app://launchpad/', isMainFrame: true })).toBe(true)
  expect(decideAsker({ address: 'app://launchpad/', isMainFrame: false })).toBe(false)
  expect(decideAsker({ address: 'https://example.org/', isMainFrame: true })).toBe(false)
  expect(decideAsker(null)).toBe(false)
})

test('only what the page made itself may be saved', () => {
  expect(decideDownload('blob:app://launchpad/0f1e')).toBe(true)
  for (const address of [
    'https://example.org/a.zip',
    'blob:https://example.org/1',
    'data:text/plain,x',
    'app://launchpad/x.js',
  ])
    expect(decideDownload(address), address).toBe(false)
})
