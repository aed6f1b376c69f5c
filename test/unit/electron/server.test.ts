import { describe, expect, test } from 'vitest'
import { decideDownload, decideNavigation, decidePermission, isPageOf } from '../../../main/electron/security/policies'
import { parseAddress, parseSsh, sshArguments, sshFailure, type SshTarget } from '../../../main/electron/server/target'

describe('a host for ssh', () => {
  test.each([
    ['gpu', 'gpu', null],
    ['me@gpu.example', 'me@gpu.example', null],
    [' me@10.0.0.5:2222 ', 'me@10.0.0.5', 2222],
    ['[fe80::1]:22', 'fe80::1', 22],
  ])('%s', (text, destination, port) => {
    expect(parseSsh(text, '')).toEqual({ destination, port, program: 'launchpad' })
  })
  test.each([
    '',
    '-oProxyCommand=id',
    'me@-oProxyCommand=id',
    'gpu -oProxyCommand=id',
    'gpu;id',
    'gpu\nid',
    '$(id)@gpu',
    'a b@gpu',
    'gpu:0',
    'gpu:99999',
    'ssh://gpu',
  ])('not %j', (text) => {
    expect(parseSsh(text, '')).toMatchObject({ code: 'SSH_HOST_BAD' })
  })
  test.each(['launchpad; id', '$(id)', '`id`', '-x', 'a b', 'a|b', "a'b", 'a\nb'])('nor a program %j', (program) => {
    expect(parseSsh('gpu', program)).toMatchObject({ code: 'SSH_NO_LAUNCHPAD' })
  })
  test('never asks, never takes an unknown key, and options end before the host', () => {
    const argv = sshArguments(parseSsh('me@gpu:2222', '~/bin/launchpad') as SshTarget, 1111, 2222)
    expect(argv).toContain('BatchMode=yes')
    expect(argv.join(' ')).not.toMatch(/StrictHostKeyChecking|token/)
    expect(argv.slice(argv.indexOf('--'), argv.indexOf('--') + 4)).toEqual(['--', 'me@gpu', '~/bin/launchpad', 'serve'])
    expect(argv).toContain('127.0.0.1:1111:127.0.0.1:2222')
  })
  test('what ssh said is in the error', () => {
    const target = parseSsh('gpu', '') as SshTarget
    expect(sshFailure(target, 255, 'x\n\ngpu: Permission denied (publickey).\n')).toEqual({
      code: 'SSH_FAILED',
      params: { host: 'gpu', detail: 'x\ngpu: Permission denied (publickey).' },
    })
    expect(sshFailure(target, 127, 'sh: launchpad: not found')).toMatchObject({ code: 'SSH_NO_LAUNCHPAD' })
  })
})

describe('an address of a server', () => {
  test('is HTTPS, or on this machine', () => {
    expect(parseAddress('https://gpu.example:8118/#token=abc')).toEqual({
      origin: 'https://gpu.example:8118',
      token: 'abc',
    })
    expect(parseAddress('http://127.0.0.1:8118')).toEqual({ origin: 'http://127.0.0.1:8118', token: '' })
  })
  test.each([
    'http://gpu.example/',
    'http://127.0.0.1.evil.example/',
    'https://a:b@gpu/',
    'file:///x',
    'app://launchpad',
    'x',
  ])('not %s', (address) => expect(parseAddress(address)).toMatchObject({ code: 'SERVER_ADDRESS_BAD' }))
  test('an error never repeats a token', () => {
    expect(JSON.stringify(parseAddress('http://gpu.example/#token=secret'))).not.toContain('secret')
  })
})

describe("a window that shows a server's page", () => {
  const server = 'http://127.0.0.1:4000'
  test('has that origin, exactly, and nothing of ours', () => {
    expect(isPageOf(server, `${server}/#/runs`)).toBe(true)
    for (const other of [
      'http://127.0.0.1:4001/',
      'https://127.0.0.1:4000/',
      'app://launchpad/',
      'http://a@127.0.0.1:4000/',
      'http://127.0.0.1:4000.evil.example/',
    ])
      expect(isPageOf(server, other), other).toBe(false)
    expect(decideNavigation(`${server}/x`, true, server)).toEqual({ go: 'stay' })
    expect(decideNavigation('app://launchpad/', true, server)).toEqual({ go: 'nowhere' })
    expect(decideNavigation('http://127.0.0.1:4001/', true, server)).toMatchObject({ go: 'outside' })
    expect(decideNavigation(`${server}/`, true)).toMatchObject({ go: 'outside' })
  })
  test('may copy and save what it made, as ours may', () => {
    expect(decidePermission('clipboard-sanitized-write', `${server}/`, server)).toBe(true)
    expect(decidePermission('clipboard-read', `${server}/`, server)).toBe(false)
    expect(decideDownload(`blob:${server}/0f1e`, server)).toBe(true)
    expect(decideDownload('blob:app://launchpad/0f1e', server)).toBe(false)
  })
})
