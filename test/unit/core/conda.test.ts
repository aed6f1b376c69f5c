import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { load } from 'js-yaml'
import { condaPlaces, condaVariables, createCommand, rcText } from '../../../main/core/env/conda/commands'
import { condaProgress, explainConda } from '../../../main/core/env/conda/explain'
import { condaPackages, explicitLock } from '../../../main/core/env/conda/explicit'
import { condaCanUse } from '../../../main/core/env/conda/prefix-rule'
import { foundProgram, type CondaProgram } from '../../../main/core/env/conda/program'
import { condaPlatform, loadTools } from '../../../main/core/env/conda/tools'

const places = condaPlaces('/data 根/cache')
const program = (name: CondaProgram['name'], version: string): CondaProgram => ({ name, version, path: `/bin/${name}` })
const options = { prefix: '/data 根/envs/a/prefix', python: '3.11', channel: 'https://m/conda-forge', rcFile: '/rc' }

describe('the command', () => {
  it('for micromamba reads our rc file and no other, and asks one channel by its whole address', () => {
    const argv = createCommand(program('micromamba', '2.9.0'), options)
    expect(argv.slice(0, 4)).toEqual(['/bin/micromamba', 'create', '--rc-file', '/rc'])
    expect(argv).toContain('--override-channels')
    expect(argv[argv.indexOf('--channel') + 1]).toBe('https://m/conda-forge')
    // Its two words exclude each other in mamba.
    expect(argv).not.toContain('--no-rc')
    expect(argv.slice(-2)).toEqual(['python=3.11', 'pip'])
  })

  it('for mamba is of its version: 2 is micromamba, 1 is conda', () => {
    expect(createCommand(program('mamba', '2.1.1'), options)).toContain('--rc-file')
    expect(createCommand(program('mamba', '1.5.8'), options)).toContain('--no-default-packages')
    expect(condaVariables(program('mamba', '1.5.8'), places, {}, null)).toMatchObject({ CONDARC: places.rcFile })
    expect(condaVariables(program('mamba', '2.1.1'), places, {}, null)).not.toHaveProperty('CONDARC')
  })

  it('writes below our root only, and still finds passwords of mirrors', () => {
    for (const name of ['micromamba', 'conda'] as const) {
      const { NETRC, ...rest } = condaVariables(program(name, '2.9.0'), places, { HOME: '/home/me' }, null)
      expect(NETRC).toBe('/home/me/.netrc')
      for (const value of Object.values(rest)) expect(value.startsWith('/data 根/cache/conda/')).toBe(true)
    }
  })

  it('names our CA file where an inherited variable would win over the rc file', () => {
    const variables = condaVariables(program('conda', '26.9.0'), places, { HOME: '/home/me' }, '/ca.pem')
    expect(variables).toMatchObject({ REQUESTS_CA_BUNDLE: '/ca.pem', SSL_CERT_FILE: '/ca.pem' })
  })

  it('has a rc file that holds the channel, the CA file and the folders', () => {
    const rc = { channels: 'https://m', channel: 'https://m/conda-forge', caFile: '/etc/公司 ca.pem', places }
    expect(load(rcText(rc))).toMatchObject({
      channels: ['https://m/conda-forge'],
      channel_alias: 'https://m',
      channel_priority: 'strict',
      ssl_verify: '/etc/公司 ca.pem',
      pkgs_dirs: [places.packages],
      register_envs: false,
    })
    expect(load(rcText({ ...rc, caFile: null }))).toMatchObject({ ssl_verify: true })
  })
})

it('the program is the best that the machine has', () => {
  const [conda, micromamba] = [
    { name: 'conda', path: '/c', version: '24.1' },
    { name: 'micromamba', path: '/m', version: '2.0' },
  ]
  expect(foundProgram([conda, micromamba])?.name).toBe('micromamba')
  expect(foundProgram([conda])?.path).toBe('/c')
  expect(foundProgram([{ name: 'uv', path: '/u', version: '1' }])).toBeNull()
})

it('the data name a program for the usual platform', async () => {
  const tools = await loadTools(resolve('resources'))
  expect(tools.micromamba.builds[condaPlatform('linux', 'x64')]?.file).toContain(tools.micromamba.version)
  expect(condaPlatform('linux', 'arm64')).toBe('linux-aarch64')
})

/** Texts of mamba 2 (libmamba/src) and of conda 26.9, which said those marked so to us. */
const said = {
  'a name that does not resolve': [
    'critical libmamba Download error (6) Could not resolve hostname [https://conda.anaconda.org/conda-forge/noarch/repodata.json.zst]\nCould not resolve host: conda.anaconda.org',
    { code: 'NETWORK_UNREACHABLE', params: { address: 'conda.anaconda.org', detail: 'Could not resolve hostname' } },
  ],
  'a mirror that has gone to sleep': [
    'error    libmamba Download error (28) Timeout was reached [https://m.example/conda-forge/linux-64/python-3.11.9-h_0.conda]\nOperation too slow. Less than 30 bytes/sec transferred the last 60 seconds\ncritical libmamba Download error (28) Timeout was reached [https://m.example/conda-forge/linux-64/python-3.11.9-h_0.conda]',
    { code: 'NETWORK_UNREACHABLE', params: { address: 'm.example', detail: 'Timeout was reached' } },
  ],
  'a mirror that is busy': [
    'critical libmamba Transfer finalized, status: 503 [https://m.example/conda-forge/noarch/repodata.json] 12 bytes',
    { code: 'NETWORK_UNREACHABLE', params: { address: 'm.example', detail: 'status: 503' } },
  ],
  'a channel that mamba could not load': [
    'critical libmamba Multiple errors occurred:\nSubdir conda-forge/noarch not loaded!\n',
    { code: 'NETWORK_UNREACHABLE', params: { detail: 'Subdir conda-forge/noarch not loaded!' } },
  ],
  'a refused connection, from conda (seen)': [
    'CondaHTTPError: HTTP 000 CONNECTION FAILED for url <http://127.0.0.1:9/conda-forge/linux-64/current_repodata.json>\nElapsed: -\n\nAn HTTP error occurred when trying to retrieve this URL.',
    { code: 'NETWORK_UNREACHABLE', params: { address: '127.0.0.1:9', detail: 'HTTP 000 CONNECTION FAILED' } },
  ],
  'a missing package, from mamba': [
    'error    libmamba Failed to download package from https://m.example/conda-forge/linux-64/pip-24.conda (status 404)\nIf you see this message repeatedly, the state of your installation might be corrupted,',
    { code: 'FILE_NOT_OFFERED', params: { file: 'pip-24.conda', address: 'm.example', status: 404 } },
  ],
  'a missing package, from conda (seen)': [
    'CondaHTTPError: HTTP 404 File not found for url <http://127.0.0.1:8972/conda-forge/linux-64/python-3.11.7-0.conda>\nElapsed: 00:00.002842',
    { code: 'FILE_NOT_OFFERED', params: { file: 'python-3.11.7-0.conda', address: '127.0.0.1:8972', status: 404 } },
  ],
  'a missing channel, from conda (seen)': [
    'UnavailableInvalidChannel: HTTP 404 File not found for channel nochannel <http://127.0.0.1:8971/nochannel>\n\nThe channel is not accessible or is invalid.',
    { code: 'FILE_NOT_OFFERED', params: { file: 'nochannel', status: 404 } },
  ],
  'a damaged package, from mamba': [
    'error    libmamba File not valid: SHA256 doesn\'t match expectation "/c/pkgs/python-3.11.9-h_0.conda"\nExpected: aa\nActual: bb\n\npython-3.11.9-h_0.conda tarball has incorrect SHA256\ncritical libmamba Found incorrect downloads. Aborting',
    { code: 'DIGEST_MISMATCH', params: { file: 'python-3.11.9-h_0.conda' } },
  ],
  'a damaged package, from conda (seen)': [
    "ChecksumMismatchError: Conda detected a mismatch between the expected content and downloaded content\nfor url 'http://127.0.0.1:8972/conda-forge/linux-64/python-3.11.7-0.conda'.\n  download saved to: /tmp/pk gs/python-3.11.7-0.conda",
    { code: 'DIGEST_MISMATCH', params: { file: 'python-3.11.7-0.conda' } },
  ],
  'a request that cannot be met, from mamba': [
    'error    libmamba Could not solve for environment specs\n    The following package could not be installed\n    └─ python =3.99 * does not exist (perhaps a typo or a missing channel).\ncritical libmamba Could not solve for environment specs',
    {
      code: 'PACKAGES_UNRESOLVED',
      params: {
        detail:
          'The following package could not be installed └─ python =3.99 * does not exist (perhaps a typo or a missing channel).',
      },
    },
  ],
  'a request that cannot be met, from conda (seen)': [
    'Solving environment: ...working... failed\nPackagesNotFoundInChannelsError: The following packages are not available from current channels:\n\n  - python=3.99\n',
    {
      code: 'PACKAGES_UNRESOLVED',
      params: { detail: 'The following packages are not available from current channels: - python=3.99' },
    },
  ],
  'a full disk, whatever else it broke': [
    'error    libmamba Error when extracting package: Write failed: No space left on device\npython-3.11.9-h_0.conda extraction failed\ncritical libmamba Found incorrect downloads. Aborting',
    { code: 'DISK_FULL', params: { path: '/p', neededBytes: 0, freeBytes: 0 } },
  ],
  'a lock that another holds': [
    "critical libmamba LockFile acquisition failed, aborting: LockFile can't be set at '/c/pkgs'",
    { code: 'BUSY', params: { what: "LockFile can't be set at '/c/pkgs'" } },
  ],
  'a certificate that is not trusted, from mamba': [
    'critical libmamba Download error (60) SSL peer certificate or SSH remote key was not OK [https://m.example/conda-forge/noarch/repodata.json.zst]\nSSL certificate problem: self-signed certificate in certificate chain',
    { code: 'TLS_INTERCEPTED', params: { address: 'm.example', issuer: '?' } },
  ],
  'a certificate that is not trusted, from conda (seen)': [
    "CondaSSLError: Encountered an SSL error. Most likely a certificate verification issue.\n\nException: HTTPSConnectionPool(host='127.0.0.1', port=8973): Max retries exceeded with url: /conda-forge/linux-64/current_repodata.json.zst (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)')))",
    { code: 'TLS_INTERCEPTED', params: { address: '127.0.0.1:8973', issuer: '?' } },
  ],
  'a proxy that wants a password, from conda (seen)': [
    "Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'OSError('Tunnel connection failed: 407 Proxy Authentication Required')': /conda-forge/linux-64/current_repodata.json.zst\nProxyError: Conda cannot proceed due to an error in your proxy configuration.",
    {
      code: 'PROXY_REFUSED',
      params: { proxy: 'proxy.example:3128', detail: 'Tunnel connection failed: 407 Proxy Authentication Required' },
    },
  ],
  'a proxy that conda asks the password of, with nobody to ask (seen)': [
    '      File "/conda/gateways/connection/session.py", line 424, in handle_407\n    EOFError: EOF when reading a line',
    { code: 'PROXY_REFUSED', params: { proxy: 'proxy.example:3128' } },
  ],
  'a proxy that wants a password': [
    'critical libmamba Download error (56) Failure when receiving data from the peer [https://m.example/conda-forge/noarch/repodata.json.zst]\nCONNECT tunnel failed, response 407',
    { code: 'PROXY_REFUSED', params: { proxy: 'proxy.example:3128', detail: 'CONNECT tunnel failed, response 407' } },
  ],
  'anything else': [
    'critical libmamba filesystem error: cannot create directories: Permission denied [/p]',
    { code: 'ENVIRONMENT_UNAVAILABLE' },
  ],
} as const

describe('what the program said names the cause:', () => {
  it.each(Object.entries(said))('%s', (_, [output, expected]) => {
    expect(explainConda(output, { prefix: '/p', proxy: 'proxy.example:3128' })).toMatchObject(expected)
  })

  it('and no password of an address is repeated', () => {
    const output = 'critical libmamba could not use https://me:secret@m.example/x'
    expect(JSON.stringify(explainConda(output, { prefix: '/p', proxy: null }))).not.toContain('secret')
  })
})

it('progress counts the packages that are linked, of those the table promises', () => {
  const read = condaProgress()
  const lines = ['Transaction', '  Install: 2 packages', 'Linking pip-24-0', 'noise', 'Linking python-3.11-0']
  expect(lines.map(read).filter((seen) => seen !== null)).toEqual([
    { done: 0, total: 2, what: 'conda' },
    { done: 1, total: 2, what: 'pip-24-0' },
    { done: 2, total: 2, what: 'python-3.11-0' },
  ])
})

describe('a prefix', () => {
  it('may hold spaces and 汉字 above its name', () => {
    expect(condaCanUse('/data dir 数据/envs/a/prefix')).toBeNull()
  })

  it('may be 255 bytes long and no more', () => {
    expect(condaCanUse(`/${'x'.repeat(254)}`)).toBeNull()
    expect(condaCanUse(`/${'汉'.repeat(85)}`)).toMatchObject({ code: 'CONDA_PREFIX_TOO_LONG', params: { bytes: 256 } })
  })

  it.each(['/a:b/prefix', '/a"b/prefix', '/a$HOME/prefix', '/a\\b/prefix', '/a\nb/prefix', '/a/my prefix'])(
    '%j is refused',
    (path) => {
      expect(condaCanUse(path)).toMatchObject({ code: 'CONDA_PREFIX_CHARACTER' })
    },
  )
})

describe('the packages of a prefix', () => {
  const folder = () => {
    const prefix = mkdtempSync(join(tmpdir(), 'launchpad-meta-'))
    mkdirSync(join(prefix, 'conda-meta'))
    return prefix
  }

  it('make an explicit lock without the secrets of their addresses', async () => {
    const prefix = folder()
    const record = { version: '1', build: '0', md5: 'ab', sha256: 'cd', size: 5, subdir: 'linux-64', files: ['x'] }
    const put = (name: string, url: string) =>
      writeFileSync(join(prefix, 'conda-meta', `${name}.json`), JSON.stringify({ ...record, name, url }))
    put('b', 'https://me:secret@m.example/t/tk-123/c/linux-64/b-1-0.conda')
    put('a', 'https://m.example/c/linux-64/a-1-0.tar.bz2')
    writeFileSync(join(prefix, 'conda-meta', 'history'), '')
    const packages = await condaPackages(prefix)
    expect(packages[0]).toMatchObject({ name: 'a', build: '0', size: 5, platform: 'linux-64' })
    expect(explicitLock(packages, 'linux-64')).toBe(
      '# platform: linux-64\n@EXPLICIT\nhttps://m.example/c/linux-64/a-1-0.tar.bz2#ab\nhttps://m.example/c/linux-64/b-1-0.conda#ab\n',
    )
  })

  it('cannot be told where a record is damaged, or where there are none', async () => {
    const prefix = folder()
    writeFileSync(join(prefix, 'conda-meta', 'a.json'), '{"name": "a"')
    await expect(condaPackages(prefix)).rejects.toMatchObject({ data: { code: 'NOT_AN_ENVIRONMENT' } })
    await expect(condaPackages('/nonexistent')).rejects.toMatchObject({ data: { code: 'NOT_AN_ENVIRONMENT' } })
  })
})
