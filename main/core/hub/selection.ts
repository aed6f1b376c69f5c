import type { RepoFile, RepoKind } from '#contract'
import { isUnsafe } from './file-names'
import { fnmatch } from './fnmatch'
import type { RemoteFile } from './types'

/** Which files a person wants; null: what training needs. Patterns as huggingface_hub takes them. */
export interface Choice {
  include: string[] | null
  exclude: string[]
}

type Skipped = RepoFile['skipped']

/** Every file of the repository, with whether it is fetched and else why not. */
export function selectFiles(kind: RepoKind, files: RemoteFile[], choice: Choice): RepoFile[] {
  const reason = kind === 'model' ? modelReasons(files) : datasetReasons(files)
  const included = choice.include === null ? null : matcher(choice.include)
  const excluded = matcher(choice.exclude)
  return files.map((file) => {
    const skipped = isUnsafe(file.path) ? 'unsafe' : reason(file)
    const asked = included === null ? skipped === null : included(file.path) && skipped !== 'unsafe'
    return { ...file, wanted: asked && !excluded(file.path), skipped }
  })
}

/** As huggingface_hub filters (utils/_paths.py, filter_repo_objects): any of the patterns, "dir/" is all below it. */
export function matcher(patterns: string[]): (path: string) => boolean {
  const tests = patterns.map((pattern) => fnmatch(pattern.endsWith('/') ? `${pattern}*` : pattern))
  return (path) => tests.some((test) => test.test(path))
}

const picklePattern = /\.(bin|pt|pth|ckpt|pkl|pickle|joblib)$/i
const safetensors = /\.safetensors$/i
/** Weights for programs that do not train: llama.cpp, ONNX, Flax, TensorFlow, OpenVINO, Core ML, Rust, TensorRT. */
const otherFormat =
  /\.(gguf|ggml|llamafile|onnx|onnx_data|onnx\.data|msgpack|h5|pb|tflite|mlmodel|ot|engine|plan|nemo|rten|xml)$|(^|\/)(onnx|openvino|coreml|saved_model|[^/]*\.mlpackage|[^/]*\.mlmodelc)\/|(^|\/)openvino_|(^|\/)(tf_model|flax_model)/i
/** State of an optimizer, as trainers leave it beside a model; nothing of it is the model. */
const trainerState =
  /(^|\/)(training_args|optimizer|scheduler|scaler|rng_state[^/]*|random_states[^/]*)\.(bin|pt|pth|pkl)$/i
/** Meta's and Mistral's own spelling of the weights that are also there for transformers. */
const original =
  /(^|\/)original\/|(^|\/)consolidated[^/]*\.(safetensors|pth|pt)$|(^|\/)checkpoint-\d+\/|(^|\/)params\.json$/i
const neededText =
  /\.(json|txt|jinja|model|tiktoken|spm|vocab|bpe|yaml|yml)$|(^|\/)(merges|vocab|tokenizer\.model)[^/]*$/i
const results = /(^|\/)(trainer_state|all_results|train_results|eval_results|README_[^/]*)\.(json|txt)$/i
const forPeople = /^(readme(\.md|\.txt)?|licen[cs]e[^/]*|notice[^/]*|use_policy[^/]*|usage_policy[^/]*|copying)$/i
const SMALL = 1024 * 1024

function modelReasons(files: RemoteFile[]): (file: RemoteFile) => Skipped {
  const usable = files.map(({ path }) => path).filter((path) => !isUnsafe(path) && !otherFormat.test(path))
  const regular = usable.filter((path) => safetensors.test(path) && !original.test(path))
  const tensors = regular.length > 0 ? regular : usable.filter((path) => safetensors.test(path))
  const pickles = usable.filter((path) => picklePattern.test(path) && !trainerState.test(path))
  const weights =
    tensors.length > 0
      ? tensors
      : pickles.some((p) => !original.test(p))
        ? pickles.filter((p) => !original.test(p))
        : pickles
  const main = new Set(atTop(weights))
  return (file) => {
    const { path } = file
    if (main.has(path)) return null
    if (trainerState.test(path)) return 'extra'
    if (otherFormat.test(path)) return 'otherFormat'
    if (picklePattern.test(path)) return tensors.length > 0 ? 'pickle' : 'duplicate'
    if (safetensors.test(path)) return 'duplicate'
    return textReason(file, main)
  }
}

/**
 * Of weights at the top and in folders, those at the top: the others are copies in another precision, checkpoints
 * or adapters. A single file is what transformers takes first (modeling_utils.py), so shards beside it are copies.
 */
function atTop(weights: string[]): string[] {
  const top = weights.filter((path) => !path.includes('/'))
  // A mixed set of files: a pipeline's or an embedder's, whose parts are folders.
  if (top.length === 0) return weights
  const single = top.find((path) => /^(model\.safetensors|pytorch_model\.bin)$/i.test(path))
  // "model.fp16.safetensors" and the like are variants (a variant is asked for by name).
  const plain = top.filter((path) => !/\.(fp16|fp32|bf16|fp8|int8|non_ema|ema)[.-]/i.test(path))
  const rest = plain.length > 0 ? plain : top
  return single === undefined ? rest : rest.filter((path) => path === single || !/-\d{4,}-of-\d{4,}\./.test(path))
}

function textReason({ path, size }: RemoteFile, main: Set<string>): Skipped {
  const name = path.split('/').at(-1) ?? path
  if (original.test(path)) return 'duplicate'
  const index = /^(.*?)\.(safetensors|bin)\.index\.(?:\w+\.)?json$/i.exec(name)
  if (index !== null) return indexReason(path, index[2] ?? '', main)
  if (forPeople.test(name)) return size <= SMALL && !path.includes('/') ? null : 'extra'
  if (results.test(path)) return 'extra'
  if (!neededText.test(path)) return 'extra'
  // Configurations of parts lie in folders; what is large there is data of someone's evaluation.
  return path.includes('/') && size > SMALL ? 'extra' : null
}

/** An index is of use with the shards that it names. */
function indexReason(path: string, format: string, main: Set<string>): Skipped {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const ours = [...main].some(
    (weight) => weight.startsWith(folder) && weight.endsWith(`.${format}`) && /-of-\d+\./.test(weight),
  )
  if (ours) return null
  return format === 'bin' ? 'pickle' : 'duplicate'
}

/** Data is whatever a dataset's author made it of; only what is surely none is left out. */
function datasetReasons(files: RemoteFile[]): (file: RemoteFile) => Skipped {
  const isExtra = (path: string) =>
    /\.(py|pyc|ipynb|sh|bat|ps1|gitignore|gitattributes)$|(^|\/)(\.gitattributes|\.gitignore|\.DS_Store|__pycache__\/.*)$/i.test(
      path,
    )
  const isPickle = (path: string) => /\.(pkl|pickle|joblib|pt|pth)$/i.test(path)
  const isText = (path: string) =>
    forPeople.test(path) || /(^|\/)(dataset_infos?|dataset_dict|state)\.json$/i.test(path)
  const other = files.some(({ path }) => !isExtra(path) && !isPickle(path) && !isText(path) && !isUnsafe(path))
  return ({ path }) => (isExtra(path) ? 'extra' : isPickle(path) && other ? 'pickle' : null)
}
