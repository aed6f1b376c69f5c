import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The config of a small Qwen2, with which the folders of the tests begin. */
export const config = {
  architectures: ['Qwen2ForCausalLM'],
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 128,
  vocab_size: 1000,
  max_position_embeddings: 512,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
}

type Shapes = Record<string, number[]>

/** Every tensor of that model, as transformers names them. */
export function tensors(): Shapes {
  const all: Shapes = { 'model.embed_tokens.weight': [1000, 64], 'model.norm.weight': [64] }
  for (let layer = 0; layer < config.num_hidden_layers; layer += 1) {
    const at = `model.layers.${layer}`
    Object.assign(all, {
      [`${at}.self_attn.q_proj.weight`]: [64, 64],
      [`${at}.self_attn.q_proj.bias`]: [64],
      [`${at}.self_attn.k_proj.weight`]: [32, 64],
      [`${at}.self_attn.k_proj.bias`]: [32],
      [`${at}.self_attn.v_proj.weight`]: [32, 64],
      [`${at}.self_attn.v_proj.bias`]: [32],
      [`${at}.self_attn.o_proj.weight`]: [64, 64],
      [`${at}.mlp.gate_proj.weight`]: [128, 64],
      [`${at}.mlp.up_proj.weight`]: [128, 64],
      [`${at}.mlp.down_proj.weight`]: [64, 128],
      [`${at}.input_layernorm.weight`]: [64],
      [`${at}.post_attention_layernorm.weight`]: [64],
    })
  }
  return all
}

const size = (shape: number[]) => shape.reduce((product, edge) => product * edge, 1)

/** A safetensors file with these tensors in bfloat16, all zeros. */
export function safetensors(shapes: Shapes): Buffer {
  let at = 0
  const header = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const from = at
      at += size(shape) * 2
      return [name, { dtype: 'BF16', shape, data_offsets: [from, at] }]
    }),
  )
  const text = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, Buffer.alloc(at)])
}

/** A model folder; `files` beside config.json, null leaves a file out. */
export async function modelFolder(folder: string, files: Record<string, string | Buffer | null> = {}): Promise<string> {
  await mkdir(folder, { recursive: true })
  const all = { 'config.json': JSON.stringify(config), 'model.safetensors': safetensors(tensors()), ...files }
  for (const [name, content] of Object.entries(all)) if (content !== null) await writeFile(join(folder, name), content)
  return folder
}

/** The same model in `count` shards with an index. */
export function shards(count: number, shapes: Shapes = tensors()): Record<string, string | Buffer | null> {
  const names = Object.keys(shapes)
  const file = (index: number) => `model-${index + 1}-of-${count}.safetensors`
  const map = Object.fromEntries(names.map((name, index) => [name, file(index % count)]))
  const parts = Array.from({ length: count }, (_, index) => {
    const own = Object.fromEntries(Object.entries(shapes).filter((_, at) => at % count === index))
    return [file(index), safetensors(own)] as const
  })
  const index = JSON.stringify({ metadata: {}, weight_map: map })
  return { 'model.safetensors': null, 'model.safetensors.index.json': index, ...Object.fromEntries(parts) }
}
