import type { ModelFacts } from '#contract'
import * as z from 'zod'

/**
 * The fields of a config.json that say how large a model is, by the names transformers gives them.
 * Families: decoder-only, gated MLP, grouped attention, as Llama's (transformers/models/llama, qwen2, qwen3, ...).
 */
export const ModelShape = z.object({
  architectures: z.array(z.string()).min(1),
  hidden_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive().optional(),
  head_dim: z.number().int().positive().nullish(),
  intermediate_size: z.number().int().positive(),
  vocab_size: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  // transformers takes true when a config does not say (configuration_utils.py).
  tie_word_embeddings: z.boolean().default(true),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
})
export type ModelShape = z.infer<typeof ModelShape>

/** Architectures the formulas hold for: what each adds to the plain block. */
const families: Record<string, { attentionBias: boolean; headNorm: boolean; norms: number }> = {
  Qwen2ForCausalLM: { attentionBias: true, headNorm: false, norms: 2 },
  Qwen3ForCausalLM: { attentionBias: false, headNorm: true, norms: 2 },
  LlamaForCausalLM: { attentionBias: false, headNorm: false, norms: 2 },
  MistralForCausalLM: { attentionBias: false, headNorm: false, norms: 2 },
  Phi3ForCausalLM: { attentionBias: false, headNorm: false, norms: 2 },
  GemmaForCausalLM: { attentionBias: false, headNorm: false, norms: 2 },
  Gemma2ForCausalLM: { attentionBias: false, headNorm: false, norms: 4 },
  Gemma3ForCausalLM: { attentionBias: false, headNorm: true, norms: 4 },
  SmolLM3ForCausalLM: { attentionBias: false, headNorm: false, norms: 2 },
}

export const knownArchitecture = (architecture: string): boolean => Object.hasOwn(families, architecture)

/** Facts of a model of this shape; parameters are counted, not estimated, for a known architecture. */
export function sizeOf(name: string, shape: ModelShape, folder: string | null = null): ModelFacts {
  const architecture = shape.architectures[0] ?? ''
  const family = families[architecture] ?? { attentionBias: false, headNorm: false, norms: 2 }
  const hidden = shape.hidden_size
  const heads = shape.num_attention_heads
  const kvHeads = shape.num_key_value_heads ?? heads
  const headDim = shape.head_dim ?? hidden / heads
  const query = heads * headDim
  const keyValue = 2 * kvHeads * headDim
  const block =
    hidden * (2 * query + keyValue) +
    (family.attentionBias ? query + keyValue : 0) +
    (family.headNorm ? 2 * headDim : 0) +
    3 * hidden * shape.intermediate_size +
    family.norms * hidden
  const embeddingParameters = shape.vocab_size * hidden
  const parameters =
    shape.num_hidden_layers * block + embeddingParameters * (shape.tie_word_embeddings ? 1 : 2) + hidden
  const dtype = shape.dtype ?? shape.torch_dtype ?? null
  return {
    name,
    folder,
    architecture,
    parameters,
    embeddingParameters,
    hidden,
    layers: shape.num_hidden_layers,
    heads,
    kvHeads,
    headDim,
    intermediate: shape.intermediate_size,
    vocab: shape.vocab_size,
    tied: shape.tie_word_embeddings,
    maxPositions: shape.max_position_embeddings,
    weightBytes: parameters * (dtype === 'float32' ? 4 : 2),
    missingBytes: 0,
    dtype,
  }
}
