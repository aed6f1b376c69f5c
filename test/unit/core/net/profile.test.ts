import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultSettings, isChosen, presetPatch, Settings, SettingsPatch } from '#contract'
import { parsePipConfig, uvIndexArguments } from '../../../../main/core/net/pip-config'
import { loadPresets, presetViews, torchSource } from '../../../../main/core/net/presets'
import { createNetworkProfile } from '../../../../main/core/net/profile'
import { chooseProxy, proxyFor } from '../../../../main/core/net/proxy'

const profileOf = (network: Partial<Settings['network']>, environment: NodeJS.ProcessEnv = {}) =>
  createNetworkProfile(() => ({ ...defaultSettings.network, ...network }), { environment })

describe('the settings', () => {
  it('of an earlier version are read, with the new ones empty', () => {
    const { caFile, hubEndpoint, condaChannels, ...old } = defaultSettings.network
    expect([caFile, hubEndpoint, condaChannels]).toEqual([null, null, null])
    expect(Settings.parse({ ...defaultSettings, network: old })).toEqual(defaultSettings)
  })

  it('keep what a patch does not name', () => {
    expect(SettingsPatch.parse({ network: { proxy: null } })).toEqual({ network: { proxy: null } })
  })
})

describe('the environment of a child', () => {
  it('says nothing when nothing is set', () => {
    expect(profileOf({}).environment()).toEqual({})
  })

  it('names every address in the words of each program', () => {
    const environment = profileOf({
      proxy: 'http://p:1',
      packageIndex: 'https://m/simple',
      hubEndpoint: 'https://hub/',
      condaChannels: 'https://m/cloud',
    }).environment()
    expect(environment).toEqual({
      HTTP_PROXY: 'http://p:1',
      HTTPS_PROXY: 'http://p:1',
      http_proxy: 'http://p:1',
      https_proxy: 'http://p:1',
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      PIP_INDEX_URL: 'https://m/simple',
      UV_DEFAULT_INDEX: 'https://m/simple',
      HF_ENDPOINT: 'https://hub',
      CONDA_CHANNEL_ALIAS: 'https://m/cloud',
      MAMBA_CHANNEL_ALIAS: 'https://m/cloud',
    })
  })

  it('keeps this machine off a proxy that it inherits, too', () => {
    expect(profileOf({}, { https_proxy: 'http://p:1', NO_PROXY: 'a.b, localhost' }).environment()).toEqual({
      NO_PROXY: 'a.b,localhost,127.0.0.1',
      no_proxy: 'a.b,localhost,127.0.0.1',
    })
  })
})

describe('the proxy on the way', () => {
  it.each([
    ['https://a.test/x', 'http://s:1/'],
    ['http://a.test/x', 'http://h:1/'],
    ['http://127.0.0.1:8000/', null],
    ['https://inner.corp.test/', null],
    ['https://corp.test/', null],
    ['https://port.test:8443/', null],
    ['https://port.test/', 'http://s:1/'],
  ])('to %s is %s', (url, expected) => {
    const environment = { HTTP_PROXY: 'http://h:1', HTTPS_PROXY: 'http://s:1', NO_PROXY: '.corp.test port.test:8443' }
    expect(proxyFor(new URL(url), chooseProxy(null, environment))?.href ?? null).toBe(expected)
  })

  it('is none when NO_PROXY is "*", also with one in the settings', () => {
    expect(proxyFor(new URL('https://a.test/'), chooseProxy('http://s:1', { no_proxy: '*' }))).toBeNull()
  })
})

describe('presets', () => {
  it('set what they offer and leave the rest, so that two go together', async () => {
    const mirrors = await loadPresets(resolve('resources'))
    const views = presetViews(mirrors)
    const find = (id: string) => views.find((preset) => preset.id === id) ?? { id, name: id, sources: [] }
    expect(presetPatch(find('tuna'))).toEqual({
      packageIndex: 'https://pypi.tuna.tsinghua.edu.cn/simple',
      condaChannels: 'https://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud',
    })
    const network = { ...defaultSettings.network, ...presetPatch(find('tuna')), ...presetPatch(find('hf-mirror')) }
    expect(views.filter((preset) => isChosen(preset, network)).map(({ id }) => id)).toEqual(['tuna', 'hf-mirror'])
    const back = { ...network, ...presetPatch(find('official')) }
    expect(back).toEqual(defaultSettings.network)
    for (const { sources } of views)
      expect(SettingsPatch.parse({ network: presetPatch({ id: '', name: '', sources }) }))
  })

  it("take the build's name over from the recipe, and know which of them are plain lists", async () => {
    const mirrors = await loadPresets(resolve('resources'))
    const recipe = 'https://download.example/whl/cu118'
    expect(torchSource(null, recipe, mirrors)).toEqual({ address: recipe, layout: 'index' })
    expect(torchSource(null, null, mirrors)).toBeNull()
    expect(torchSource('https://mirrors.aliyun.com/pytorch-wheels/', recipe, mirrors)).toEqual({
      address: 'https://mirrors.aliyun.com/pytorch-wheels/cu118',
      layout: 'files',
    })
    expect(torchSource('https://mirror.sjtu.edu.cn/pytorch-wheels', recipe, mirrors)).toEqual({
      address: 'https://mirror.sjtu.edu.cn/pytorch-wheels/cu118',
      layout: 'index',
    })
    expect(torchSource('https://mirror.sjtu.edu.cn/pytorch-wheels', null, mirrors)).toBeNull()
    expect(torchSource('https://own.test/whl/cu126', recipe, mirrors)).toEqual({
      address: 'https://own.test/whl/cu126',
      layout: 'index',
    })
  })
})

describe("pip's configuration", () => {
  // As `python -m pip config list` of pip 23.2 and 26.3 prints it.
  const listed = `:env:.cert='/etc/ssl/ca.crt'
:env:.find-links='/opt/my-wheels'
global.cert='/etc/other.crt'
global.extra-index-url='file:///opt/a/simple file:///opt/b%20c/simple'
global.find-links='/opt/wheels\\nhttps://h.test/list'
global.index-url='https://one.test/simple'
install.index-url="https://two.test/it's"
download.index-url='https://three.test/'
global.trusted-host='one.test'
WARNING: something else`

  it('is read with the order of its places', () => {
    expect(parsePipConfig(listed)).toEqual({
      indexUrl: "https://two.test/it's",
      extraIndexUrls: ['file:///opt/a/simple', 'file:///opt/b%20c/simple'],
      findLinks: ['/opt/my-wheels'],
      cert: '/etc/ssl/ca.crt',
      trustedHosts: ['one.test'],
    })
    expect(parsePipConfig(listed.replace(/^:env:.*\n/gm, '')).findLinks).toEqual(['/opt/wheels', 'https://h.test/list'])
    expect(parsePipConfig('')).toMatchObject({ indexUrl: null, extraIndexUrls: [], findLinks: [], cert: null })
  })

  it('becomes arguments of uv, with the settings above it', () => {
    const config = parsePipConfig(listed)
    const argv = uvIndexArguments(config, profileOf({ packageIndex: 'https://set.test/simple' }))
    expect(argv).toEqual(
      ['--default-index', 'https://set.test/simple']
        .concat(['--extra-index-url', 'file:///opt/a/simple', '--extra-index-url', 'file:///opt/b%20c/simple'])
        .concat(['--find-links', '/opt/my-wheels'])
        .concat(['--index-strategy', 'unsafe-best-match']),
    )
    expect(uvIndexArguments(parsePipConfig(''), profileOf({}))).toEqual([])
  })
})
