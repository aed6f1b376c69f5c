/** What would go wrong with a dataset in training: what verl really does is in the sentence. */
const en = {
  DATA_ROW_ALL_NULL:
    '{{count}} rows are empty in every column; they come from lines that another program could not read.',
  DATA_PROMPT_MISSING: '{{count}} rows have no "prompt". verl stops with KeyError: \'prompt\'.',
  DATA_PROMPT_IS_TEXT:
    '"prompt" is a plain text in {{count}} rows. verl takes it apart into letters: with most chat templates the question is lost, without an error, and the model trains on an empty prompt.',
  DATA_PROMPT_EMPTY: '{{count}} rows have an empty question.',
  DATA_MESSAGES_BAD:
    'The conversation of {{count}} rows is not a list of {role, content} with something that the user says: {{detail}}',
  DATA_SOURCE_MISSING:
    '{{count}} rows have no data_source. verl stops after the first answers, for it chooses the reward by it.',
  DATA_SOURCE_UNKNOWN:
    'verl has no reward for the data source "{{source}}" ({{count}} rows). It stops at the first answer, unless the run has a reward function of its own.',
  DATA_TRUTH_MISSING: '{{count}} rows have no reward_model.ground_truth. verl stops after the first answers.',
  DATA_TRUTH_NOT_TEXT:
    'ground_truth is a {{type}} in {{count}} rows, e.g. {{truth}}. The rules compare texts: the reward is 0 for ever.',
  DATA_TRUTH_EMPTY: 'ground_truth is empty in {{count}} rows: no answer can be right.',
  DATA_ANSWER_EMPTY: '{{count}} rows have no answer.',
  DATA_ANSWER_NOT_FOUND: 'The rule "{{rule}}" finds no answer in {{count}} rows, e.g. in: {{text}}',
  DATA_EXTRA_NOT_STRUCT: 'extra_info is a text in {{count}} rows. verl needs a struct and stops with AttributeError.',
  DATA_INDEX_DOUBLE:
    'extra_info.index is not a whole number ({{type}}). verl joins files only when their types are the same.',
  DATA_INSTRUCTION_WRONG:
    'The prompts ask for {{asks}}, but the reward "{{rule}}" reads {{wants}}: right answers score 0 for ever ({{count}} rows).',
  DATA_INSTRUCTION_MISSING:
    '{{count}} prompts do not say that the answer is to be written as {{wants}}, which the reward "{{rule}}" reads. The model has to find that out by chance.',
  DATA_TRUTH_NEVER_RIGHT: 'The answer of {{count}} rows can never be right in the eyes of "{{rule}}", e.g. {{truth}}',
  DATA_TRUTH_SPOILED:
    'The answer of {{count}} rows is right only when the model writes it just so, e.g. {{truth}}: the reward "{{rule}}" compares texts.',
  DATA_GOLD_NOT_RIGHT: 'The solutions of {{count}} rows are not right in the eyes of the reward "{{rule}}".',
  DATA_ONLY_VERL_SCORES:
    'The reward "{{rule}}" is scored by verl alone; whether it accepts these answers was not tried. Score them in an environment.',
  DATA_PROMPT_TOO_LONG:
    '{{count}} prompts have more than {{limit}} tokens (the longest {{longest}}). verl does not cut them: the batch fails in the middle of training.',
  DATA_PROMPTS_LEFT_OUT:
    '{{count}} prompts have more than {{limit}} tokens (the longest {{longest}}); the run leaves them out.',
  DATA_FEWER_THAN_BATCH:
    'There are {{rows}} training rows for a batch of {{batch}}: verl makes no batch of them and stops with an empty dataloader.',
  DATA_DUPLICATED: '{{count}} rows ask what an earlier row asks.',
  DATA_LEAKED:
    '{{count}} training rows ask what a validation row asks: the validation then measures what was learnt by heart.',
  DATA_NO_VALIDATION: 'There are no validation rows. verl always opens data.val_files, also when it never validates.',
  DATA_LAYOUT_NOT_RL: 'The layout "{{layout}}" is for other tools: verl\'s RL cannot read it.',
  DATA_IMAGES:
    'There are pictures or videos in {{columns}}. Only a model that sees can use them; a text model gets the placeholder as a word.',
  DATA_TEMPLATE_DROPS_QUESTION:
    'The chat template loses the question in {{count}} rows, the first is row {{row}}. verl would train on an empty prompt, without an error.',
  DATA_TEMPLATE_FAILS:
    'The chat template fails on {{count}} rows, the first is row {{row}}: {{detail}}. verl drops such rows in silence.',
  DATA_ROW_DUPLICATE: 'asked before',
  DATA_ROW_LEAKED: 'also in the validation',
  DATA_ROW_NOT_SAMPLED: 'not in the sample',
}
const zhCN: typeof en = {
  DATA_ROW_ALL_NULL: '有 {{count}} 行所有列都为空；它们来自其他程序没能读取的行。',
  DATA_PROMPT_MISSING: "有 {{count}} 行没有“prompt”。verl 会以 KeyError: 'prompt' 停止。",
  DATA_PROMPT_IS_TEXT:
    '有 {{count}} 行的“prompt”是纯文本。verl 会把它拆成单个字符：在多数对话模板下问题会丢失且不报错，模型就在空提示上训练。',
  DATA_PROMPT_EMPTY: '有 {{count}} 行的问题为空。',
  DATA_MESSAGES_BAD: '有 {{count}} 行的对话不是含用户发言的 {role, content} 列表：{{detail}}',
  DATA_SOURCE_MISSING: '有 {{count}} 行没有 data_source。verl 靠它选择奖励，会在第一批回答之后停止。',
  DATA_SOURCE_UNKNOWN:
    'verl 没有数据来源“{{source}}”的奖励规则（{{count}} 行）。除非运行自带奖励函数，否则会在第一个回答处停止。',
  DATA_TRUTH_MISSING: '有 {{count}} 行没有 reward_model.ground_truth。verl 会在第一批回答之后停止。',
  DATA_TRUTH_NOT_TEXT:
    '有 {{count}} 行的 ground_truth 是 {{type}} 类型，例如 {{truth}}。规则按文本比较：奖励会永远为 0。',
  DATA_TRUTH_EMPTY: '有 {{count}} 行的 ground_truth 为空：没有任何回答会是对的。',
  DATA_ANSWER_EMPTY: '有 {{count}} 行没有答案。',
  DATA_ANSWER_NOT_FOUND: '规则“{{rule}}”在 {{count}} 行里找不到答案，例如：{{text}}',
  DATA_EXTRA_NOT_STRUCT: '有 {{count}} 行的 extra_info 是文本。verl 需要结构体，会以 AttributeError 停止。',
  DATA_INDEX_DOUBLE: 'extra_info.index 不是整数（{{type}}）。类型不同的文件 verl 无法合并。',
  DATA_INSTRUCTION_WRONG:
    '提示要求写 {{asks}}，但奖励“{{rule}}”读取的是 {{wants}}：正确答案也永远得 0 分（{{count}} 行）。',
  DATA_INSTRUCTION_MISSING: '有 {{count}} 条提示没有要求把答案写成奖励“{{rule}}”读取的 {{wants}}，模型只能碰运气。',
  DATA_TRUTH_NEVER_RIGHT: '在规则“{{rule}}”看来，有 {{count}} 行的答案永远不可能正确，例如 {{truth}}',
  DATA_TRUTH_SPOILED: '有 {{count}} 行的答案只有在模型原样写出时才算对，例如 {{truth}}：奖励“{{rule}}”按文本比较。',
  DATA_GOLD_NOT_RIGHT: '在奖励“{{rule}}”看来，有 {{count}} 行的解答不正确。',
  DATA_ONLY_VERL_SCORES: '奖励“{{rule}}”只能由 verl 打分，没有试过它是否接受这些答案。请在环境中打分。',
  DATA_PROMPT_TOO_LONG:
    '有 {{count}} 条提示超过 {{limit}} 个词元（最长 {{longest}}）。verl 不会截断：训练会在中途失败。',
  DATA_PROMPTS_LEFT_OUT: '有 {{count}} 条提示超过 {{limit}} 个词元（最长 {{longest}}），运行时会略过。',
  DATA_FEWER_THAN_BATCH:
    '只有 {{rows}} 行训练数据，而每批需要 {{batch}} 行：verl 凑不成一批，会因数据加载器为空而停止。',
  DATA_DUPLICATED: '有 {{count}} 行与前面的问题重复。',
  DATA_LEAKED: '有 {{count}} 行训练数据的问题也出现在验证集中：验证测到的只是记忆。',
  DATA_NO_VALIDATION: '没有验证数据。即使从不验证，verl 也总会打开 data.val_files。',
  DATA_LAYOUT_NOT_RL: '“{{layout}}”布局供其他工具使用：verl 的强化学习读不了。',
  DATA_IMAGES: '{{columns}} 中有图片或视频。只有视觉模型能用；文本模型会把占位符当作普通文字。',
  DATA_TEMPLATE_DROPS_QUESTION:
    '对话模板在 {{count}} 行里丢失了问题，第一个是第 {{row}} 行。verl 会在空提示上训练且不报错。',
  DATA_TEMPLATE_FAILS:
    '对话模板在 {{count}} 行上出错，第一个是第 {{row}} 行：{{detail}}。verl 会不声不响地丢掉这些行。',
  DATA_ROW_DUPLICATE: '问题重复',
  DATA_ROW_LEAKED: '也在验证集中',
  DATA_ROW_NOT_SAMPLED: '未被抽中',
}

export const lint = { en, 'zh-CN': zhCN }
