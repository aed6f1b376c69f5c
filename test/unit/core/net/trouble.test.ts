import { describe, expect, it } from 'vitest'
import { explainOutput } from '../../../../main/core/net/trouble'

/** What the programs really print; those of pip 23.2 and 26.3 and of uv 0.13 were taken from them. */
const cases: [name: string, output: string, expected: object][] = [
  [
    'pip 23, no listener',
    `Looking in indexes: http://mirror.test/simple
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7ff1109b77d0>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/one/
ERROR: Could not find a version that satisfies the requirement one (from versions: none)
ERROR: No matching distribution found for one`,
    { code: 'NETWORK_UNREACHABLE', address: 'mirror.test' },
  ],
  [
    'pip 26, no listener',
    `Looking in indexes: http://other.test/simple, http://mirror.test/simple
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError("HTTPConnection(host='mirror.test', port=9): Failed to establish a new connection: [Errno 111] Connection refused")': /simple/one/
ERROR: No matching distribution found for one`,
    { code: 'NETWORK_UNREACHABLE', address: 'mirror.test' },
  ],
  [
    'pip 26, a company reads along',
    `Looking in indexes: https://mirror.test:8812/simple, https://other.test/simple
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)'))': /simple/one/
Could not fetch URL https://mirror.test:8812/simple/one/: There was a problem confirming the ssl certificate: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006) - skipping
ERROR: No matching distribution found for one`,
    { code: 'TLS_INTERCEPTED', address: 'mirror.test:8812', issuer: '?' },
  ],
  [
    'pip 26, a proxy wants a password',
    `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'OSError('Tunnel connection failed: 407 Proxy Authentication Required')': /simple/one/
ERROR: No matching distribution found for one`,
    { code: 'PROXY_REFUSED', detail: 'HTTP 407' },
  ],
  [
    'pip, a file that is listed and not there',
    `Collecting gone
  ERROR: HTTP error 404 while getting http://mirror.test/files/gone-1.0%2Bcpu-py3-none-any.whl (from http://mirror.test/simple/gone/)
ERROR: Could not install requirement gone from http://mirror.test/files/gone-1.0-py3-none-any.whl because of HTTP error 404 Client Error: Not Found`,
    { code: 'FILE_NOT_OFFERED', file: 'gone-1.0+cpu-py3-none-any.whl', address: 'mirror.test', status: 404 },
  ],
  [
    'pip, wrong digest',
    `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
    hash from http://mirror.test/files/hash-1.0-py3-none-any.whl#sha256=0000:
        Expected sha256 0000`,
    { code: 'DIGEST_MISMATCH', file: 'hash-1.0-py3-none-any.whl' },
  ],
  [
    'pip, full disk',
    `ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device: '/data/汉 字/torch'`,
    { code: 'DISK_FULL', path: '/data/汉 字/torch' },
  ],
  [
    'pip, no such version',
    `ERROR: Could not find a version that satisfies the requirement one==2 (from versions: 1.0)
ERROR: No matching distribution found for one==2`,
    { code: 'PACKAGES_UNRESOLVED', detail: 'ERROR: No matching distribution found for one==2' },
  ],
  [
    'uv, no listener',
    `error: Failed to fetch: http://mirror.test/simple/one/
  cause: error sending request for url (http://mirror.test/simple/one/)
  cause: client error (Connect)
  cause: tcp connect error
  cause: Connection refused (os error 111)`,
    { code: 'NETWORK_UNREACHABLE', address: 'mirror.test', detail: 'Connection refused (os error 111)' },
  ],
  [
    'uv 0.8, out of order',
    `error: Failed to fetch: \`https://mirror.test/simple/one/\`
  Caused by: HTTP status server error (503 Service Unavailable) for url (https://mirror.test/simple/one/)`,
    { code: 'NETWORK_UNREACHABLE', address: 'mirror.test' },
  ],
  [
    'uv, a company reads along',
    `error: Failed to fetch: https://mirror.test:8812/simple/one/
  cause: error sending request for url (https://mirror.test:8812/simple/one/)
  cause: client error (Connect)
  cause: invalid peer certificate: UnknownIssuer`,
    { code: 'TLS_INTERCEPTED', address: 'mirror.test:8812' },
  ],
  [
    'uv, a proxy wants a password',
    `error: Failed to fetch: https://mirror.test/simple/one/
  cause: error sending request for url (https://mirror.test/simple/one/)
  cause: client error (Connect)
  cause: tunnel error: proxy authorization required`,
    { code: 'PROXY_REFUSED', detail: 'HTTP 407' },
  ],
  [
    'uv, a file that is listed and not there',
    `error: Failed to fetch: http://mirror.test/files/gone-1.0-py3-none-any.whl
  cause: HTTP status client error (404 Not Found) for url (http://mirror.test/files/gone-1.0-py3-none-any.whl)`,
    { code: 'FILE_NOT_OFFERED', file: 'gone-1.0-py3-none-any.whl', address: 'mirror.test', status: 404 },
  ],
  [
    'uv, wrong digest',
    'error: Failed to download `hash==1.0`\n  cause: Hash mismatch for `hash==1.0`\n\n         Expected:\n           sha256:0000',
    { code: 'DIGEST_MISMATCH', file: 'hash==1.0' },
  ],
  [
    'uv, no such version',
    `error: No solution found when resolving dependencies
  cause: Because there is no version of one==2 and you require one==2, we can conclude that your requirements are
         unsatisfiable.`,
    {
      code: 'PACKAGES_UNRESOLVED',
      detail:
        'Because there is no version of one==2 and you require one==2, we can conclude that your requirements are unsatisfiable.',
    },
  ],
  [
    'micromamba, no such host',
    `error    libmamba Download error (6) Could not resolve hostname [https://mirror.test/conda-forge/noarch/repodata.json.zst]
    Could not resolve host: mirror.test
critical libmamba Multiple errors occurred:`,
    { code: 'NETWORK_UNREACHABLE', address: 'mirror.test', detail: 'Download error (6) Could not resolve hostname' },
  ],
  [
    'micromamba, a company reads along',
    `critical libmamba Download error (60) SSL peer certificate or SSH remote key was not OK [https://mirror.test/conda-forge/noarch/repodata.json.zst]
    SSL certificate problem: self-signed certificate in certificate chain`,
    { code: 'TLS_INTERCEPTED', address: 'mirror.test' },
  ],
  [
    'micromamba, a proxy wants a password',
    `critical libmamba Download error (56) Failure when receiving data from the peer [https://mirror.test/conda-forge/noarch/repodata.json.zst]
    CONNECT tunnel failed, response 407`,
    { code: 'PROXY_REFUSED', detail: 'HTTP 407' },
  ],
  [
    'micromamba, a package that is listed and not there',
    `error    libmamba Failed to download package from https://mirror.test/conda-forge/noarch/tzdata-2025b-h78e105d_0.conda (status 404)`,
    { code: 'FILE_NOT_OFFERED', file: 'tzdata-2025b-h78e105d_0.conda', address: 'mirror.test', status: 404 },
  ],
  [
    'micromamba, nothing that fits',
    `error    libmamba Could not solve for environment specs
    The following package could not be installed
    └─ python 9 * does not exist (perhaps a typo or a missing channel).`,
    { code: 'PACKAGES_UNRESOLVED', detail: expect.stringContaining('python 9') as string },
  ],
  [
    'conda, a channel that is not there',
    `UnavailableInvalidChannel: HTTP 404 NOT FOUND for channel nope <https://mirror.test/nope>

The channel is not accessible or is invalid.`,
    { code: 'FILE_NOT_OFFERED', file: 'nope', address: 'mirror.test', status: 404 },
  ],
  [
    'conda, no connection',
    `CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://mirror.test/conda-forge/noarch/repodata.json>
Elapsed: -`,
    { code: 'NETWORK_UNREACHABLE', address: 'mirror.test' },
  ],
]

describe('what a failed program said', () => {
  it.each(cases)('%s', (_name, output, expected) => {
    expect(explainOutput(output)).toMatchObject(expected)
  })

  it('is repeated without a password', () => {
    const output =
      "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy http://me:secret@proxy.test:3128')': /simple/one/"
    expect(JSON.stringify(explainOutput(output))).not.toContain('secret')
    expect(explainOutput(output)).toMatchObject({ code: 'NETWORK_UNREACHABLE' })
  })
})
