import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import { UNKNOWN_ISSUER } from './trouble'

const DEADLINE_MS = 10_000

/**
 * Who issued the certificate that `url` shows, after a transfer was refused for it: organisation or
 * name of the topmost one shown; "?" where that cannot be learnt. Never throws. This is the only place
 * where a handshake is not verified, because a certificate that is not trusted can only be read this
 * way: nothing is sent after the handshake and nothing that arrives is read.
 */
export async function shownIssuer(url: URL, proxy: URL | null, deadlineMs = DEADLINE_MS): Promise<string> {
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    const way = proxy === null ? null : await tunnel(url, proxy, signal)
    return issuerOf(await certificateOf(url, way, signal))
  } catch {
    return UNKNOWN_ISSUER
  }
}

function certificateOf(url: URL, way: Socket | null, signal: AbortSignal): Promise<DetailedPeerCertificate> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const socket = connect({
      ...(way === null ? { host, port: Number(url.port || 443) } : { socket: way }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
    })
    const stop = () => socket.destroy(new Error('no certificate in time'))
    signal.addEventListener('abort', stop, { once: true })
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate(true)
      socket.destroy()
      resolve(certificate)
    })
    socket.once('error', reject)
    socket.once('close', () => {
      signal.removeEventListener('abort', stop)
      reject(new Error('closed before a certificate was shown'))
    })
  })
}

/** A way through the proxy to the host of `url`, asked for with the proxy's own user and password. */
function tunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const target = `${url.hostname}:${url.port || 443}`
  const { username, password } = proxy
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const asking = ask({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      path: target,
      headers: { host: target, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${login}` }) },
      signal,
    })
    asking.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) resolve(socket)
      else {
        socket.destroy()
        reject(new Error(`HTTP ${answer.statusCode ?? '?'}`))
      }
    })
    asking.once('error', reject)
    asking.end()
  })
}

/** A chain ends with one that issued itself, or is cut off below it: then the last one names who issued it. */
function issuerOf(certificate: DetailedPeerCertificate): string {
  let top = certificate
  const seen = new Set<string>()
  while (top.issuerCertificate !== undefined && !seen.has(top.fingerprint256)) {
    seen.add(top.fingerprint256)
    top = top.issuerCertificate
  }
  const { O, CN } = top.issuer
  return [O, CN].flat().find((name): name is string => typeof name === 'string' && name !== '') ?? UNKNOWN_ISSUER
}
