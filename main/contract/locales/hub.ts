/** Findings about models and datasets before and after they arrive. */
const en = {
  MODEL_NO_TEMPLATE:
    '{{model}} has no chat template: it continues text and was not taught to answer. For training, take its "Instruct" or "Chat" version.',
  MODEL_TEMPLATE_BROKEN: 'The chat template of {{model}} cannot be drawn here: {{detail}}',
  MODEL_QUESTION_LOST: 'The chat template of {{model}} leaves the question out.',
  MODEL_TOKENIZER_MISSING:
    '{{model}} has no file of a tokenizer ({{files}}): it cannot read a question. The download is not complete.',
  MODEL_FILE_BAD: '{{file}} is no JSON: {{detail}}',
  MODEL_VOCABULARY_LARGER:
    'The tokenizer of {{model}} knows {{tokens}} tokens, the model has rows for {{rows}}. Tokens beyond them stop the training: tokenizer and weights do not belong together.',
  MODEL_EOS_OUTSIDE:
    'generation_config.json of {{model}} ends answers with token {{token}}, but the model knows {{rows}}: answers would never end.',
  MODEL_NOT_HERE: '{{model}} is not here yet: {{bytes, bytes}} to download.',
  DATASET_SCRIPT:
    '{{dataset}} is made by its own Python code ({{file}}), which is not run here. Look for a copy of it in Parquet or JSON.',
  DATASET_CARD_BAD: "The settings at the top of README.md cannot be read ({{detail}}); the files' names were used.",
  DATASET_FILE_BAD: '{{file}} cannot be read: $t(preview.{{detail}}).',
  DATASET_NO_DATA: '{{dataset}} holds no file with rows that can be read here.',
  DATASET_ROWS: '{{files}} files with {{rows}} rows were opened.',
  SAY_CARD_NO_CODE:
    'PyTorch of this environment has no code for {{gpu}} (compute capability {{capability}}): the processor computed.',
  SAY_CARD_FULL: '{{gpu}} has {{has, memory}} free and {{needs, memory}} are needed: the processor computed.',
  SAY_CARD_FAILED: '{{gpu}} failed ({{error}}): the processor computed.',
}

const zhCN: Record<keyof typeof en, string> = {
  MODEL_NO_TEMPLATE: '{{model}} 没有对话模板：它只会续写文字，没有学过回答。要训练，请使用其“Instruct”或“Chat”版本。',
  MODEL_TEMPLATE_BROKEN: '无法在此渲染 {{model}} 的对话模板：{{detail}}',
  MODEL_QUESTION_LOST: '{{model}} 的对话模板丢失了题目。',
  MODEL_TOKENIZER_MISSING: '{{model}} 没有分词器文件（{{files}}），无法读取题目。下载尚未完成。',
  MODEL_FILE_BAD: '{{file}} 不是有效的 JSON：{{detail}}',
  MODEL_VOCABULARY_LARGER:
    '{{model}} 的分词器有 {{tokens}} 个词元，模型只有 {{rows}} 行。超出的词元会使训练停止：分词器与权重不配套。',
  MODEL_EOS_OUTSIDE:
    '{{model}} 的 generation_config.json 以词元 {{token}} 结束回答，但模型只有 {{rows}} 个：回答将永不结束。',
  MODEL_NOT_HERE: '{{model}} 尚未下载：需下载 {{bytes, bytes}}。',
  DATASET_SCRIPT: '{{dataset}} 由自带的 Python 代码（{{file}}）生成，此处不会运行它。请查找其 Parquet 或 JSON 版本。',
  DATASET_CARD_BAD: '无法读取 README.md 开头的设置（{{detail}}），已按文件名处理。',
  DATASET_FILE_BAD: '无法读取 {{file}}：$t(preview.{{detail}})。',
  DATASET_NO_DATA: '{{dataset}} 中没有可在此读取的数据文件。',
  DATASET_ROWS: '已打开 {{files}} 个文件，共 {{rows}} 行。',
  SAY_CARD_NO_CODE: '此环境的 PyTorch 没有 {{gpu}}（计算能力 {{capability}}）的代码：已由处理器计算。',
  SAY_CARD_FULL: '{{gpu}} 空闲 {{has, memory}}，需要 {{needs, memory}}：已由处理器计算。',
  SAY_CARD_FAILED: '{{gpu}} 出错（{{error}}）：已由处理器计算。',
}

export const hub = { en, 'zh-CN': zhCN }

/** Why the first rows of a file are not shown: `detail` of PREVIEW_IMPOSSIBLE. */
const previewEn = {
  arrow: 'Arrow files can be looked at once they are here',
  format: 'this kind of file holds no rows that can be shown',
  groups: 'the file was written in one large piece, and its first rows cannot be read without it',
  damaged: 'the beginning of the file is damaged or not what its name says',
  encrypted: 'the file is encrypted',
  long: 'its first row is longer than a megabyte',
  empty: 'the file holds no rows',
}

const previewZh: Record<keyof typeof previewEn, string> = {
  arrow: 'Arrow 文件需下载后才能查看',
  format: '这种文件没有可显示的行',
  groups: '文件写成了一整块，不读取整块就无法读取前几行',
  damaged: '文件开头已损坏，或与其文件名不符',
  encrypted: '文件已加密',
  long: '第一行超过 1 MB',
  empty: '文件中没有行',
}

export type PreviewReason = keyof typeof previewEn
export const preview = { en: previewEn, 'zh-CN': previewZh }
