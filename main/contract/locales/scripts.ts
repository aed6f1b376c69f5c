/** Sentences for findings of the scripts and the core that are no errors of their own; codes not listed show their facts. */
const en = {
  TORCH_INDEX_UNREACHABLE:
    'The PyTorch index {{address}} did not answer ({{detail}}), so PyTorch comes from the package index.',
  ENGINE_FAILED: '{{engine}} could not make the environment, so the next tool was tried: {{detail}}',
  CONDA_PREFIX_TOO_LONG:
    'conda packages do not fit into {{path}}: its name is {{bytes}} bytes long, and they leave room for {{limit}}. Choose a data folder with a shorter name to use conda.',
  CONDA_PREFIX_CHARACTER:
    'conda packages do not work in {{path}}, because of "{{character}}" in its name. Choose another data folder to use conda.',
  DATA_READABLE: '{{file}} could not be read: {{reason}}',
  COLUMN_PRESENT: '{{file}} has no column "{{column}}".',
  COLUMN_TYPE: 'Column "{{column}}" of {{file}} is {{actual}}; {{expected}} is needed.',
  ROWS_PRESENT: '{{file}} holds no rows.',
  CELLS_FILLED: 'Empty cells in {{count}} rows of {{file}}, the first in row {{row}}.',
  DATA_SOURCE_KNOWN: '{{file}} names data sources that verl has no reward for: {{sources}}',
  TEMPLATE_PRESENT: 'The model {{model}} has no chat template.',
  TEMPLATE_RENDERS: 'The chat template fails on row {{row}} of {{file}}: {{reason}}',
  QUESTION_KEPT: 'The chat template loses the question in {{count}} rows of {{file}}, the first in row {{row}}.',
  REWARD_RUNS: 'The reward fails on row {{row}}: {{reason}}',
  GOLD_SCORES_ONE: 'The reward does not accept the right answer in {{count}} of {{of}} rows, the first in row {{row}}.',
  WRONG_SCORES_ZERO: 'The reward accepts a wrong answer in {{count}} of {{of}} rows, the first in row {{row}}.',
  PROMPTS_FIT: '{{count}} of {{of}} prompts are longer than {{limit}} tokens (longest: {{max}}); those are left out.',
  ANSWERS_FIT: '{{count}} of {{of}} answers are longer than {{limit}} tokens (longest: {{max}}); those are cut.',
}

const zhCN: Record<keyof typeof en, string> = {
  TORCH_INDEX_UNREACHABLE: 'PyTorch 索引 {{address}} 没有响应（{{detail}}），已改从软件包索引获取 PyTorch。',
  ENGINE_FAILED: '{{engine}} 无法创建环境，已改用下一个工具：{{detail}}',
  CONDA_PREFIX_TOO_LONG:
    'conda 软件包无法放入 {{path}}：路径长 {{bytes}} 字节，最多只能有 {{limit}} 字节。要使用 conda，请选择路径更短的数据文件夹。',
  CONDA_PREFIX_CHARACTER:
    'conda 软件包无法在 {{path}} 中使用，因为路径含有“{{character}}”。要使用 conda，请选择其他数据文件夹。',
  DATA_READABLE: '无法读取 {{file}}：{{reason}}',
  COLUMN_PRESENT: '{{file}} 中没有“{{column}}”列。',
  COLUMN_TYPE: '{{file}} 的“{{column}}”列是 {{actual}}，需要 {{expected}}。',
  ROWS_PRESENT: '{{file}} 中没有数据。',
  CELLS_FILLED: '{{file}} 中有 {{count}} 行存在空单元格，首次出现在第 {{row}} 行。',
  DATA_SOURCE_KNOWN: '{{file}} 中的数据来源在 verl 中没有对应的奖励：{{sources}}',
  TEMPLATE_PRESENT: '模型 {{model}} 没有对话模板。',
  TEMPLATE_RENDERS: '对话模板在 {{file}} 第 {{row}} 行出错：{{reason}}',
  QUESTION_KEPT: '对话模板在 {{file}} 中有 {{count}} 行丢失了题目，首次出现在第 {{row}} 行。',
  REWARD_RUNS: '奖励函数在第 {{row}} 行出错：{{reason}}',
  GOLD_SCORES_ONE: '{{of}} 行中有 {{count}} 行的正确答案没有得到奖励，首次出现在第 {{row}} 行。',
  WRONG_SCORES_ZERO: '{{of}} 行中有 {{count}} 行的错误答案也得到了奖励，首次出现在第 {{row}} 行。',
  PROMPTS_FIT: '{{of}} 条提示中有 {{count}} 条超过 {{limit}} 个词元（最长 {{max}}），将被略过。',
  ANSWERS_FIT: '{{of}} 条回答中有 {{count}} 条超过 {{limit}} 个词元（最长 {{max}}），将被截断。',
}

export const scripts = { en, 'zh-CN': zhCN }
