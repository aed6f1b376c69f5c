import { mkdtempSync } from 'node:fs'
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openSecretFile, type SecretStore } from '../../../../main/core/hub/secret-file'
import { createTokens } from '../../../../main/core/hub/tokens'

let root: string
let file: string
let environment: NodeJS.ProcessEnv
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'launchpad 令牌-'))
  file = join(root, 'secrets.json')
  environment = { HOME: root }
})
const open = (store: SecretStore = openSecretFile(file)) => createTokens({ store, environment })

describe('tokens', () => {
  it('are kept between starts, in a file for its owner alone, and forgotten', async () => {
    const tokens = await open()
    expect(tokens.view().map(({ kept }) => kept)).toEqual(['none', 'none'])
    expect(await tokens.set('huggingface', ' "hf_secret"\n')).toContainEqual({ service: 'huggingface', kept: 'file' })
    await tokens.set('modelscope', 'ms_secret')
    expect(tokens.current('huggingface')).toBe('hf_secret')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const again = await open()
    expect([again.current('huggingface'), again.current('modelscope')]).toEqual(['hf_secret', 'ms_secret'])
    await again.set('huggingface', null)
    expect(again.current('huggingface')).toBeNull()
    expect(await readFile(file, 'utf8')).not.toContain('hf_secret')
    expect(await readdir(root)).toEqual(['secrets.json'])
  })

  it('close a file that others could read', async () => {
    await (await open()).set('huggingface', 'hf_secret')
    await chmod(file, 0o644)
    expect((await open()).current('huggingface')).toBe('hf_secret')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('of the environment win, and cannot be changed from here', async () => {
    await (await open()).set('huggingface', 'hf_stored')
    environment = {
      HOME: root,
      HUGGING_FACE_HUB_TOKEN: 'hf_old',
      HF_TOKEN: 'hf_given ',
      MODELSCOPE_API_TOKEN: 'ms_given',
    }
    const tokens = await open()
    expect([tokens.current('huggingface'), tokens.current('modelscope')]).toEqual(['hf_given', 'ms_given'])
    expect(tokens.view().map(({ kept }) => kept)).toEqual(['environment', 'environment'])
    const fixed = { data: { code: 'TOKEN_FIXED', params: { service: 'huggingface' } } }
    await expect(tokens.set('huggingface', 'x')).rejects.toMatchObject(fixed)
    await expect(tokens.set('huggingface', null)).rejects.toMatchObject(fixed)
    environment = { ...environment, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }
    expect((await open()).current('huggingface')).toBe('hf_stored')
  })

  it('of "hf auth login" are found, where huggingface_hub keeps them, and are not ours to delete', async () => {
    await mkdir(join(root, '.cache', 'huggingface'), { recursive: true })
    await writeFile(join(root, '.cache', 'huggingface', 'token'), 'hf_login\n')
    const tokens = await open()
    expect(tokens.current('huggingface')).toBe('hf_login')
    expect(tokens.view()).toContainEqual({ service: 'huggingface', kept: 'file' })
    await expect(tokens.set('huggingface', null)).rejects.toMatchObject({ data: { code: 'TOKEN_FIXED' } })
    await tokens.set('huggingface', 'hf_ours')
    expect(tokens.current('huggingface')).toBe('hf_ours')
    await tokens.set('huggingface', null)
    expect(tokens.current('huggingface')).toBe('hf_login')
    await writeFile(join(root, 'elsewhere'), 'hf_path')
    environment = { HOME: root, HF_TOKEN_PATH: join(root, 'elsewhere') }
    expect((await open()).current('huggingface')).toBe('hf_path')
    environment = { HOME: root, HF_HOME: '~/.cache/huggingface', HF_HUB_DISABLE_IMPLICIT_TOKEN: 'true' }
    expect((await open()).current('huggingface')).toBeNull()
  })

  it('that are none are refused without being named', async () => {
    const tokens = await open()
    for (const text of ['  ', 'hf_a b', 'hf_a\r\nx-evil: 1', 'hf_汉', 'a;b']) {
      const thrown: unknown = await tokens.set('huggingface', text).catch((reason: unknown) => reason)
      expect(thrown).toMatchObject({ data: { code: 'BAD_INPUT' } })
      expect(String(thrown)).not.toContain('evil')
    }
  })

  it('that cannot be kept say so, without the token', async () => {
    const write = () => Promise.reject(new Error('keychain is locked for hf_secret'))
    const tokens = await open({ kind: 'keychain', read: () => Promise.reject(new Error('locked')), write })
    await expect(tokens.set('huggingface', 'hf_secret')).rejects.toMatchObject({
      data: { code: 'TOKEN_NOT_KEPT', params: { detail: 'keychain is locked for ***' } },
    })
    expect(tokens.current('huggingface')).toBeNull()
    await writeFile(file, '{"token": "hf_half')
    const broken = await open()
    expect(broken.current('huggingface')).toBeNull()
    const thrown: unknown = await broken.set('huggingface', 'hf_new').catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ data: { code: 'TOKEN_NOT_KEPT' } })
    expect(String(thrown)).not.toContain('hf_')
  })

  it('are taken out of texts, old ones too', async () => {
    environment = { HOME: root, MODELSCOPE_API_TOKEN: 'ms_given' }
    const tokens = await open()
    await tokens.set('huggingface', 'hf_first')
    tokens.current('huggingface')
    await tokens.set('huggingface', 'hf_first_longer')
    const text = 'Bearer hf_first_longer, hf_first, m_session_id=ms_given, http://me:pass@proxy/'
    expect(tokens.redact(text)).toBe('Bearer ***, ***, m_session_id=***, http://proxy/')
  })
})
