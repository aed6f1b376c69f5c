import { describe, expect, it } from 'vitest'
import { createGuard } from '../../../main/headless/guard'

const guard = (now?: () => number) => createGuard({ port: () => 4000, tls: null, ...(now && { now }) })

describe('who may come in', () => {
  it('a page of ours, from this machine', () => {
    expect(guard().refuseOrigin({ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' })).toBeNull()
    expect(guard().refuseOrigin({ host: 'localhost:4000' })).toBeNull()
  })

  it.each([
    [{ host: 'evil.example:4000' }],
    [{ host: '127.0.0.1.evil.example:4000' }],
    [{ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:8888' }],
    [{ host: '127.0.0.1:4000', origin: 'https://127.0.0.1:4000' }],
    [{ host: '10.0.0.5:4000' }],
    [{ host: '127.0.0.1:4000@evil.example' }],
    [{ host: '127.0.0.1:4000', origin: 'http://evil.example' }],
    [{ host: '127.0.0.1:4000', origin: 'null' }],
    [{ host: '127.0.0.1:4000', origin: 'http://localhost:4000' }],
    [{}],
  ])('not %j', (headers) => {
    expect(guard().refuseOrigin(headers)).not.toBeNull()
  })

  it('who has the token gets a cookie that scripts cannot read, and is known by it', () => {
    const door = guard()
    const cookie = door.admit(door.token) ?? ''
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Strict')
    expect(door.knows({ cookie: `other=1; ${cookie.split(';')[0] ?? ''}` })).toBe(true)
    expect(cookie).not.toContain(door.token)
  })

  it('through a tunnel whose near end has another port', () => {
    expect(guard().refuseOrigin({ host: '127.0.0.1:9000', origin: 'http://127.0.0.1:9000' })).toBeNull()
  })

  it('from another machine only by a name that the certificate has, and with a cookie that needs TLS', () => {
    const door = createGuard({ port: () => 4000, tls: { names: (name) => name === 'gpu.example' } })
    expect(door.refuseOrigin({ host: 'gpu.example:4000', origin: 'https://gpu.example:4000' })).toBeNull()
    expect(door.refuseOrigin({ host: 'gpu.example:4000', origin: 'http://gpu.example:4000' })).toBe('origin')
    expect(door.refuseOrigin({ host: 'rebound.example:4000' })).toBe('host')
    expect(door.admit(door.token)).toContain('; Secure')
  })

  it.each([[''], ['x'], [undefined], [{}], [123]])('a wrong token %j gets nothing', (token) => {
    const door = guard()
    expect(door.admit(token)).toBeNull()
    expect(door.knows({ cookie: 'launchpad_session_4000=x' })).toBe(false)
    expect(door.knows({})).toBe(false)
  })

  it('after ten wrong tokens in a minute even the right one waits', () => {
    let now = 0
    const door = guard(() => now)
    for (let tries = 0; tries < 10; tries++) door.admit('wrong')
    expect(door.admit(door.token)).toBeNull()
    now = 61_000
    expect(door.admit(door.token)).not.toBeNull()
  })
})
