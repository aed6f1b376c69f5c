/** Findings about models that were made of checkpoints. */
const en = {
  MODEL_SAVED_BF16:
    "verl's merger writes the weights as bfloat16, whatever they were trained in. Every recent program loads them; on a card older than Ampere choose float16 or float32 when loading.",
  ASK_NO_BASE: 'The model before the training is not there any more ({{model}}): only the trained one answered.',
}

const zhCN: Record<keyof typeof en, string> = {
  MODEL_SAVED_BF16:
    'verl 的合并工具总是以 bfloat16 保存权重，与训练时的精度无关。常用程序都能加载；在 Ampere 之前的显卡上，加载时请选择 float16 或 float32。',
  ASK_NO_BASE: '训练前的模型已不在（{{model}}）：只有训练后的模型作了回答。',
}

export const takeHome = { en, 'zh-CN': zhCN }
