import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, assert, beforeAll, describe, expect, it } from 'vitest'
import { defaultSettings } from '../../main/contract'
import { AppError } from '../../main/core/errors'
import {
  presentFiles,
  readManifest,
  recordFile,
  repoFolder,
  writeManifest,
  writeTree,
  type Manifest,
} from '../../main/core/hub/layout'
import { copyVerified, hashFile } from '../../main/core/hub/sources/copy'
import { openFolder } from '../../main/core/hub/sources/folder'
import { openSource } from '../../main/core/hub/sources/open'
import { createNetworkProfile } from '../../main/core/net/profile'
import { hubPython, hubPythons, type HubPython } from '../support/hub-python'
import { startHub, type HubServer } from '../support/hub-server'
import { config, safetensors, tensors } from '../support/model'

const root = mkdtempSync(join(tmpdir(), '启动 台-layout-'))
const signal = () => AbortSignal.timeout(60_000)
const network = createNetworkProfile(() => ({ ...defaultSettings.network }), { environment: {} })
const tokenizer = {
  ...{ version: '1.0', truncation: null, padding: null, normalizer: null, post_processor: null, decoder: null },
  added_tokens: [
    { id: 0, content: '<unk>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  ],
  pre_tokenizer: { type: 'Whitespace' },
  model: { type: 'WordLevel', vocab: { '<unk>': 0, '1': 1, '+': 2, '=': 3 }, unk_token: '<unk>' },
}
const files = {
  'config.json': JSON.stringify({ model_type: 'qwen2', ...config }),
  'tokenizer.json': JSON.stringify(tokenizer),
  'tokenizer_config.json': JSON.stringify({ tokenizer_class: 'PreTrainedTokenizerFast', unk_token: '<unk>' }),
  'chat_template.jinja': '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}',
  'model.safetensors': safetensors(tensors()),
  'sub folder/汉字 #1.json': '{}',
  '.gitattributes': '',
}
const id = 'Qwen/Tiny'
let hub: HubServer
let folder: string

beforeAll(async () => {
  hub = await startHub({ repositories: [{ kind: 'model', id, files }] })
  folder = await download(join(root, 'hub 库'))
})
afterAll(async () => {
  await Promise.all([hub.close(), network.dispose()])
  await rm(root, { recursive: true })
})

/** A repository as our download leaves it. */
async function download(into: string): Promise<string> {
  const options = { network, hubs: { huggingface: hub.endpoint, modelscope: '' }, token: () => null, environment: {} }
  const source = openSource({ kind: 'huggingface', endpoint: null }, options)
  const repo = await source.resolve({ kind: 'model', id }, null, signal())
  const target = repoFolder(into, 'model', repo.id)
  const kept: Manifest['files'] = []
  const listed = await source.list(repo, signal())
  await writeTree(target, repo.commit, listed)
  for (const file of listed) {
    const { url, headers } = source.address(repo, file.path)
    const arrived = join(into, 'arrived')
    await mkdir(into, { recursive: true })
    await writeFile(arrived, Buffer.from(await (await fetch(url, { headers })).arrayBuffer()))
    const digest = await copyVerified(arrived, join(target, file.path), file.size, file.digest, signal())
    await recordFile(target, repo.commit, { ...file, digest })
    kept.push({ ...file, digest, promised: true })
  }
  await writeManifest(target, manifestOf(repo.commit, kept))
  return target
}

function manifestOf(commit: string, kept: Manifest['files']): Manifest {
  return {
    ...{ version: 1, kind: 'model', id, source: { kind: 'huggingface', endpoint: null }, revision: 'main', commit },
    ...{ files: kept, include: null, exclude: [], addedAt: 1, verifiedAt: 2 },
  }
}

/** Runs Python with nothing of this machine's own tokens or cache, and returns what it printed last as JSON. */
async function python(version: HubPython, code: string, argv: string[], environment: Record<string, string> = {}) {
  const home = join(root, 'home')
  // Another name than that of the storage host: huggingface_hub 1.33 follows to a host by its name, without the port.
  const endpoint = hub.endpoint.replace('127.0.0.1', 'localhost')
  const child = spawn(hubPython(version), ['-c', code, ...argv], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: home, HF_HOME: join(home, 'hf'), HF_ENDPOINT: endpoint },
      ...{ HF_HUB_DISABLE_XET: '1', HF_HUB_DISABLE_TELEMETRY: '1', NO_PROXY: '127.0.0.1,localhost', PYTHONUTF8: '1' },
      ...environment,
    },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()))
  const exit = await new Promise((done) => child.on('close', done))
  expect(exit, err).toBe(0)
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as unknown
}

const snapshot = `
import json, sys
from huggingface_hub import hf_hub_download, snapshot_download
folder, revision = sys.argv[1], sys.argv[2] or None
path = snapshot_download('${id}', local_dir=folder, revision=revision)
one = hf_hub_download('${id}', 'model.safetensors', local_dir=folder, revision=revision)
print(json.dumps([path, one]))`

const load = `
import json, sys
from transformers import AutoConfig, AutoTokenizer
folder = sys.argv[1]
config = AutoConfig.from_pretrained(folder)
tokenizer = AutoTokenizer.from_pretrained(folder)
text = tokenizer.apply_chat_template([{'role': 'user', 'content': '1 + 1'}], tokenize=False)
print(json.dumps([config.hidden_size, tokenizer('1+1=')['input_ids'], text]))`

describe.each(Object.keys(hubPythons) as HubPython[])('huggingface_hub %s', (version) => {
  const minutes = { timeout: 600_000 }
  it('takes every file of our folder as it is', minutes, async () => {
    hubPython(version)
    for (const revision of ['', hub.commitOf('model', id)]) {
      hub.requests.length = 0
      const mine = join(root, `copy-${version}-${revision}`)
      await cp(folder, mine, { recursive: true, preserveTimestamps: true })
      // Offline first: nothing of theirs is there yet but what we wrote.
      for (const environment of [{ HF_HUB_OFFLINE: '1' }, {}, { HF_HUB_OFFLINE: '1' }]) {
        const found = await python(version, snapshot, [mine, revision], environment)
        expect(found).toEqual([mine, join(mine, 'model.safetensors')])
        expect(hub.sent()).toBe(0)
      }
      // With the listing at a commit the newer ones ask nothing at all.
      const nothing = revision !== '' && version !== '0.36'
      expect(hub.requests.length > 0).toBe(!nothing)
      // What they wrote in passing leaves ours as it was.
      const wanted = (await readManifest(mine)) as Manifest
      expect((await presentFiles(mine, wanted.files)).verified).toHaveLength(Object.keys(files).length)
    }
  })

  it.skipIf(version === '0.36')('writes the listing of a commit as we do', minutes, async () => {
    const theirs = join(root, `tree-${version}`)
    await python(version, snapshot, [theirs, ''])
    const file = join('.cache', 'huggingface', 'trees', `${hub.commitOf('model', id)}.json`)
    // The id of an LFS file's pointer is not among what the test's hub says.
    const read = async (from: string) =>
      JSON.parse(await readFile(join(from, file), 'utf8'), (key, value: unknown) =>
        key === 'blob_id' ? '' : value,
      ) as unknown
    expect(await read(folder)).toEqual(await read(theirs))
  })

  it('fetches a file again that was changed after its record', minutes, async () => {
    const mine = join(root, `changed-${version}`)
    await cp(folder, mine, { recursive: true, preserveTimestamps: true })
    hub.requests.length = 0
    await writeFile(join(mine, 'config.json'), '{"broken": true}')
    await utimes(join(mine, 'config.json'), new Date(), new Date(Date.now() + 60_000))
    await python(version, snapshot, [mine, ''])
    expect(hub.sent('config.json')).toBe(files['config.json'].length)
    expect(hub.sent('model.safetensors')).toBe(0)
  })

  it('writes folders that we import with the digests of its records', minutes, async () => {
    for (const kind of ['local_dir', 'cache_dir']) {
      const theirs = join(root, `${kind}-${version}`)
      const code = `
import json, sys
from huggingface_hub import snapshot_download
print(json.dumps(snapshot_download('${id}', ${kind}=sys.argv[1])))`
      const path = String(await python(version, code, [theirs]))
      const cache = join(theirs, 'models--Qwen--Tiny')
      for (const asked of kind === 'local_dir' ? [path] : [path, cache]) {
        const from = openFolder(asked)
        const repo = await from.resolve({ kind: 'model', id }, null, signal())
        expect(repo.commit).toBe(hub.commitOf('model', id))
        const listed = await from.list(repo, signal())
        expect(listed.map((file) => file.path).sort()).toEqual(Object.keys(files).sort())
        for (const { path: name, size, digest } of listed) {
          expect(digest, name).not.toBeNull()
          await copyVerified(from.file(name), join(root, 'imported', name), size, digest, signal())
        }
        expect(await from.guess()).toEqual(kind === 'local_dir' ? null : { kind: 'model', id })
      }
    }
  })
})

describe.each(['0.36', '1.33'] as const)('transformers beside huggingface_hub %s', (version) => {
  it('loads config, tokenizer and template from our folder, offline', { timeout: 600_000 }, async () => {
    hub.requests.length = 0
    const found = await python(version, load, [folder], { HF_HUB_OFFLINE: '1' })
    expect(found).toEqual([64, [1, 2, 1, 3], '<user>1 + 1'])
    expect(hub.requests).toEqual([])
  })
})

describe('our records', () => {
  const fresh = async (name: string) => {
    const mine = join(root, name)
    await cp(folder, mine, { recursive: true, preserveTimestamps: true })
    const manifest = (await readManifest(mine)) as Manifest
    return { mine, manifest, wanted: manifest.files.map(({ path, size, digest }) => ({ path, size, digest })) }
  }

  it('count a file as verified until it is touched, cut or gone', async () => {
    const { mine, manifest, wanted } = await fresh('touched')
    const digest = wanted.find(({ path }) => path === 'tokenizer.json')?.digest ?? assert.fail()
    await truncate(join(mine, 'model.safetensors'), 100)
    await appendFile(join(mine, '.launchpad', 'verified.jsonl'), '{"path":"config.json","si')
    await utimes(join(mine, 'tokenizer.json'), 1, 1)
    await rm(join(mine, 'config.json'))
    const { verified, unverified, missing } = await presentFiles(mine, wanted)
    expect(missing.map(({ path }) => path).sort()).toEqual(['config.json', 'model.safetensors'])
    expect(unverified.map(({ path }) => path)).toEqual(['tokenizer.json'])
    expect(verified).toHaveLength(wanted.length - 3)
    // Verified again: the line that was cut off does not take the new one with it, and none is kept twice for long.
    for (let n = 0; n < 3; n++)
      for (const file of unverified) await recordFile(mine, manifest.commit, { ...file, digest })
    expect((await presentFiles(mine, unverified)).verified).toHaveLength(1)
    for (let n = 0; n < 20; n++)
      for (const file of unverified) await recordFile(mine, manifest.commit, { ...file, digest })
    await writeManifest(mine, manifest)
    expect((await readFile(join(mine, '.launchpad', 'verified.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(
      wanted.length,
    )
    expect((await presentFiles(mine, unverified)).verified).toHaveLength(1)
  })

  it('do not take a changed file of another commit, nor one that somebody else fetched, for verified', async () => {
    const { mine, wanted } = await fresh('commits')
    const changed = wanted.map((file) =>
      file.path === 'config.json' ? { ...file, digest: { ...file.digest, hex: 'a'.repeat(40) } } : file,
    )
    expect((await presentFiles(mine, changed)).unverified.map(({ path }) => path)).toEqual(['config.json'])
    await rm(join(mine, '.launchpad'), { recursive: true })
    expect((await presentFiles(mine, wanted)).verified).toEqual([])
    expect((await presentFiles(mine, [{ path: 'sub folder', size: 1, digest: null }])).missing).toHaveLength(1)
  })

  it('are passed by by git and backups', async () => {
    for (const place of ['.cache/huggingface/.gitignore', '.cache/huggingface/CACHEDIR.TAG', '.launchpad/.gitignore']) {
      expect(existsSync(join(folder, place)), place).toBe(true)
    }
    expect(await readFile(join(folder, '.cache/huggingface/CACHEDIR.TAG'), 'utf8')).toMatch(
      /^Signature: 8a477f597d28d172789f06886806bc55\n/,
    )
  })

  it('never let one repository take the folder of another, nor lie outside', async () => {
    const { mine, manifest } = await fresh('twins')
    await expect(writeManifest(mine, { ...manifest, id: 'qwen/tiny' })).rejects.toMatchObject({
      data: { code: 'FILE_NAME_IMPOSSIBLE', params: { detail: 'twin' } },
    })
    expect(() => repoFolder('/hub', 'model', '../x')).toThrow(AppError)
    expect(repoFolder('/hub', 'dataset', 'a/b')).toBe(join('/hub', 'datasets', 'a', 'b'))
    await writeFile(join(mine, '.launchpad', 'repo.json'), '{')
    expect(await readManifest(mine)).toBe('damaged')
    expect(await readManifest(join(root, 'nothing'))).toBeNull()
  })
})

describe('a folder to import from', () => {
  const listed = async (path: string, revision: string | null = null) => {
    const from = openFolder(path)
    const repo = await from.resolve({ kind: 'model', id: 'a/b' }, revision, signal())
    return { from, repo, names: (await from.list(repo, signal())).map(({ path: name }) => name).sort() }
  }

  it('of ours brings its commit and what the hub promised', async () => {
    const { from, repo, names } = await listed(folder)
    expect(repo).toMatchObject({ commit: hub.commitOf('model', id), page: null })
    expect(names).toEqual(Object.keys(files).sort())
    expect(await from.guess()).toEqual({ kind: 'model', id })
  })

  it('of plain files has no digests, and no link leads out of it', async () => {
    const plain = join(root, '普通 plain')
    await mkdir(join(plain, 'a', '.git'), { recursive: true })
    await writeFile(join(root, 'secret'), 'x')
    await Promise.all(['config.json', 'a/x.bin', 'a/.git/config'].map((name) => writeFile(join(plain, name), name)))
    await symlink(join(root, 'secret'), join(plain, 'out.json'))
    await symlink('..', join(plain, 'a', 'round'))
    await symlink('config.json', join(plain, 'inside.json'))
    const { from, repo, names } = await listed(plain)
    expect(names).toEqual(['a/x.bin', 'config.json', 'inside.json'])
    expect(await from.list(repo, signal())).toContainEqual({ path: 'config.json', size: 11, digest: null })
    expect(() => from.file('out.json')).toThrow(AppError)
    await expect(listed(join(root, 'none'))).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } })
  })

  it('is a cache whose links became texts, or whose revision is another', async () => {
    const cache = join(root, 'models--a--b')
    const [first, second] = ['1'.repeat(40), '2'.repeat(40)]
    for (const name of ['blobs', 'refs', `snapshots/${first}/sub`, `snapshots/${second}`])
      await mkdir(join(cache, name), { recursive: true })
    await writeFile(join(root, 'blob'), 'tensors')
    const { hex } = await hashFile(join(root, 'blob'), 'sha256', signal())
    await writeFile(join(cache, 'blobs', hex), 'tensors')
    await writeFile(join(cache, 'refs', 'main'), first)
    await writeFile(join(cache, 'snapshots', first, 'sub', 'model.safetensors'), `../../../blobs/${hex}`)
    await writeFile(join(cache, 'snapshots', second, 'other.json'), '{}')
    const { from, repo } = await listed(cache)
    expect(repo.commit).toBe(first)
    const digest = { algorithm: 'sha256', hex }
    expect(await from.list(repo, signal())).toEqual([{ path: 'sub/model.safetensors', size: 7, digest }])
    expect(from.file('sub/model.safetensors')).toContain('blobs')
    expect((await listed(cache, second)).names).toEqual(['other.json'])
    // A download goes on after a restart with what was resolved before it.
    const before = await openFolder(cache).resolve({ kind: 'model', id: 'a/b' }, second, signal())
    expect(await openFolder(cache).list(before, signal())).toMatchObject([{ path: 'other.json' }])
    expect(await openFolder(cache).list(repo, signal())).toMatchObject([{ path: 'sub/model.safetensors' }])
    await expect(listed(cache, 'v9')).rejects.toMatchObject({ data: { code: 'HUB_REVISION_MISSING' } })
    await expect(listed(cache, '../../x')).rejects.toMatchObject({ data: { code: 'HUB_REVISION_MISSING' } })
  })
})

describe('a verified copy', () => {
  it('appears only when it is right', async () => {
    const [from, to] = [join(root, 'from'), join(root, 'to 到', 'x')]
    await writeFile(from, 'hello')
    await chmod(from, 0o444)
    const right = await hashFile(from, 'git-sha1', signal())
    expect(right.hex).toBe('b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0')
    const wrong = { ...right, hex: 'a'.repeat(40) }
    await expect(copyVerified(from, to, 5, wrong, signal())).rejects.toMatchObject({
      data: { code: 'DIGEST_MISMATCH' },
    })
    await expect(copyVerified(from, to, 6, right, signal())).rejects.toMatchObject({
      data: { code: 'FILE_SIZE_WRONG' },
    })
    await expect(copyVerified(from, to, 6, null, signal())).rejects.toMatchObject({ data: { code: 'FILE_SIZE_WRONG' } })
    await expect(copyVerified(from, to, 5, right, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    expect(existsSync(join(root, 'to 到', 'x'))).toBe(false)
    const seen: number[] = []
    expect(await copyVerified(from, to, 5, right, signal(), (bytes) => seen.push(bytes))).toEqual(right)
    expect(seen).toEqual([5])
    expect((await copyVerified(from, to, 5, null, signal())).algorithm).toBe('sha256')
    expect((await stat(to)).size).toBe(5)
  })
})
