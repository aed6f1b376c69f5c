/** Findings of a plan: which limit, by how much, and what to do. */
const en = {
  NO_GPU:
    'There is no NVIDIA card here that verl could train on. The practice runs without one; a plan for another machine needs its report.',
  NO_SUCH_GPU: 'There is no card "{{gpu}}" in this report.',
  NO_RECIPE: 'No recipe fits {{gpu}}; what each one misses is listed below.',
  RECIPE_NOT_LINUX: 'verl trains on Linux only; this is {{platform}}. On Windows, use WSL 2.',
  RECIPE_ARCH: 'The packages are built for x86-64; this is {{arch}}.',
  RECIPE_CAPABILITY_UNKNOWN:
    'The compute capability of {{gpu}} is not known: the driver does not say and it is not in the table of cards.',
  RECIPE_CAPABILITY_LOW: 'Needs compute capability {{needs}}; {{gpu}} has {{has}}.',
  RECIPE_CAPABILITY_HIGH:
    'Goes up to compute capability {{upTo}}; {{gpu}} has {{has}}, for which its PyTorch has no code.',
  RECIPE_DRIVER_OLD: 'CUDA {{cuda}} needs driver {{needs}} or newer; {{has}} is installed.',
  RECIPE_GLIBC_OLD: 'Needs glibc {{needs}}; this system has {{has}}.',
  RECIPE_MUSL: 'Needs glibc {{needs}}; this system uses musl.',
  RECIPE_DISK_NOEXEC: '{{path}} is on a disk from which no program may be started (noexec).',
  RECIPE_GRPO_ONLY: 'Trains with GRPO only.',
  RECIPE_CRITIC_FLASH:
    "PPO's critic is loaded with FlashAttention-2 in verl {{verl}} whatever the options say, and no ready-made package of it exists. GRPO needs no critic.",
  MEMORY_GPU_SHORT:
    'Not enough memory on {{gpu}}: {{needs, memory}} needed at the peak ($t(phase.{{phase}})), {{has, memory}} there; {{short, memory}} are missing.',
  MEMORY_HOST_SHORT:
    'Not enough main memory: {{needs, memory}} needed at the peak ($t(phase.{{phase}})), {{has, memory}} free; {{short, memory}} are missing.',
  PLAN_MEMORY_HELD: '{{taken, memory}} of {{gpu}} are held by others. Closing them gives the plan more room.',
  PLAN_MODEL_INCOMPLETE:
    'The download of {{folder}} is not complete: {{missing, bytes}} are missing. The plan holds; training needs all of it.',
  PLAN_DISK_SHORT: 'The environment needs {{needs, bytes}} at {{path}}; {{has, bytes}} are free.',
  PLAN_TESTED_RAN: 'Recipe {{recipe}} trained on a real card ({{date}}), though not on one of this class.',
  PLAN_TESTED_RESOLVED:
    'The packages of recipe {{recipe}} were found to go together ({{date}}); it has not been run on a card yet.',
  PLAN_TESTED_UNRESOLVED:
    'Recipe {{recipe}} comes from an index that could not be reached ({{date}}); it has not been tried yet.',
  VALUE_UNREADABLE: 'That is no value for {{key}}.',
  VALUE_UNKNOWN_KEY: 'This version of verl has no option {{key}}; it is added, and may be read by nothing.',
  RULE_MICRO_MISSING: 'Must be set to at least 1: verl stops without it.',
  RULE_MICRO_LARGE: 'A micro batch of {{micro}} is larger than the {{answers}} answers of a mini batch.',
  RULE_MICRO_DIVIDES: '{{answers}} answers cannot be split into micro batches of {{micro}}.',
  RULE_MINI_LARGE: 'A mini batch of {{mini}} prompts is larger than the batch of {{batch}}.',
  RULE_MINI_REST: 'A batch of {{batch}} does not divide into mini batches of {{mini}}; the last one is smaller.',
  RULE_POSITIVE: 'Must be at least 1.',
  RULE_EQUAL_CHUNKS:
    '{{answers}} answers cannot be shared equally by {{workers}} workers; the first rollout would fail.',
  RULE_ONE_GPU: 'Must be 1 on one card.',
  RULE_GROUP: 'GRPO with one answer a prompt has nothing to compare and learns from the raw score.',
  RULE_POSITIONS: '{{needed}} tokens are more than the model can take ({{positions}}).',
  RULE_WINDOW_SMALL: 'A window of {{length}} tokens is shorter than prompt and answer ({{needed}}).',
  RULE_BATCHED_TOKENS:
    'With chunked prefill off, {{batched}} tokens a pass must hold a whole sequence ({{length}}); vLLM refuses.',
  RULE_BFLOAT16: 'bfloat16 needs compute capability 8.0; this card has {{capability}}.',
  RULE_FLOAT16: 'float16 computes too slowly and too coarsely on compute capability {{capability}}; use float32.',
  RULE_DTYPE: 'verl does not know the type "{{value}}": bfloat16, float16 or float32.',
  RULE_FLASH: 'Needs the package flash-attn, which is not in the recipe.',
  RULE_COMPILE: 'torch.compile needs compute capability 7.0; this card has {{capability}}.',
  RULE_ROLLOUT: 'The recipe {{recipe}} generates with {{has}}, not with "{{name}}".',
  RULE_LORA_FORMAT: 'With an adapter this must be safetensors, or vLLM starts from random weights.',
  RULE_BUCKET: 'The largest tensor ({{needed, memory}}) does not pass through {{has, memory}}.',
  RULE_ROWS: '{{rows}} rows are fewer than one batch of {{batch}}: verl would have nothing to train on.',
  RULE_PROMPTS_LOST:
    'More than 5 % of the prompts are longer than {{limit}} tokens and would be left out (95 %: {{p95}}, longest: {{longest}}).',
  RULE_PROMPTS_BREAK:
    'Prompts longer than {{limit}} tokens (longest: {{longest}}) would break the batch: leave the filter on.',
  RULE_LOGGER_FILE: 'verl 0.5.0 has no file logger.',
  RULE_LOGGER_WANDB: 'wandb asks for an account and the network; without both the start fails.',
}

const zhCN: Record<keyof typeof en, string> = {
  NO_GPU: '此处没有可供 verl 训练的 NVIDIA 显卡。练习不需要显卡；为其他机器做计划需要其报告。',
  NO_SUCH_GPU: '此报告中没有显卡“{{gpu}}”。',
  NO_RECIPE: '没有适合 {{gpu}} 的配方；各配方的欠缺见下。',
  RECIPE_NOT_LINUX: 'verl 只能在 Linux 上训练；当前是 {{platform}}。在 Windows 上请使用 WSL 2。',
  RECIPE_ARCH: '软件包为 x86-64 构建；当前是 {{arch}}。',
  RECIPE_CAPABILITY_UNKNOWN: '不知道 {{gpu}} 的计算能力：驱动没有给出，显卡表中也没有。',
  RECIPE_CAPABILITY_LOW: '需要计算能力 {{needs}}；{{gpu}} 为 {{has}}。',
  RECIPE_CAPABILITY_HIGH: '最高支持计算能力 {{upTo}}；{{gpu}} 为 {{has}}，其 PyTorch 没有对应代码。',
  RECIPE_DRIVER_OLD: 'CUDA {{cuda}} 需要驱动 {{needs}} 或更新；已安装 {{has}}。',
  RECIPE_GLIBC_OLD: '需要 glibc {{needs}}；本系统为 {{has}}。',
  RECIPE_MUSL: '需要 glibc {{needs}}；本系统使用 musl。',
  RECIPE_DISK_NOEXEC: '{{path}} 所在磁盘不允许运行程序（noexec）。',
  RECIPE_GRPO_ONLY: '只能用 GRPO 训练。',
  RECIPE_CRITIC_FLASH:
    'verl {{verl}} 中 PPO 的评论家固定使用 FlashAttention-2，且没有现成的软件包。GRPO 不需要评论家。',
  MEMORY_GPU_SHORT:
    '{{gpu}} 显存不足：峰值（$t(phase.{{phase}})）需要 {{needs, memory}}，可用 {{has, memory}}；还差 {{short, memory}}。',
  MEMORY_HOST_SHORT:
    '内存不足：峰值（$t(phase.{{phase}})）需要 {{needs, memory}}，空闲 {{has, memory}}；还差 {{short, memory}}。',
  PLAN_MEMORY_HELD: '{{gpu}} 的 {{taken, memory}} 被其他程序占用。关闭它们可以给计划更多空间。',
  PLAN_MODEL_INCOMPLETE: '{{folder}} 的下载尚未完成：还差 {{missing, bytes}}。计划有效，但训练需要全部文件。',
  PLAN_DISK_SHORT: '环境在 {{path}} 需要 {{needs, bytes}}；空闲 {{has, bytes}}。',
  PLAN_TESTED_RAN: '配方 {{recipe}} 已在真实显卡上训练过（{{date}}），但不是这一类显卡。',
  PLAN_TESTED_RESOLVED: '配方 {{recipe}} 的软件包已确认可以共存（{{date}}），尚未在显卡上运行。',
  PLAN_TESTED_UNRESOLVED: '配方 {{recipe}} 来自无法访问的索引（{{date}}），尚未试过。',
  VALUE_UNREADABLE: '这不是 {{key}} 的有效值。',
  VALUE_UNKNOWN_KEY: '此版本的 verl 没有选项 {{key}}；会添加它，但可能没有代码读取。',
  RULE_MICRO_MISSING: '必须至少为 1：否则 verl 会停止。',
  RULE_MICRO_LARGE: '微批 {{micro}} 大于小批的 {{answers}} 个回答。',
  RULE_MICRO_DIVIDES: '{{answers}} 个回答无法分成大小为 {{micro}} 的微批。',
  RULE_MINI_LARGE: '小批 {{mini}} 题大于批大小 {{batch}}。',
  RULE_MINI_REST: '批大小 {{batch}} 不能被小批 {{mini}} 整除；最后一个较小。',
  RULE_POSITIVE: '必须至少为 1。',
  RULE_EQUAL_CHUNKS: '{{answers}} 个回答无法由 {{workers}} 个工作进程平分；首次生成会失败。',
  RULE_ONE_GPU: '单卡时必须为 1。',
  RULE_GROUP: '每题只有一个回答时，GRPO 无从比较，只能学习原始分数。',
  RULE_POSITIONS: '{{needed}} 个词元超过模型上限（{{positions}}）。',
  RULE_WINDOW_SMALL: '窗口 {{length}} 个词元短于提示加回答（{{needed}}）。',
  RULE_BATCHED_TOKENS: '关闭分块预填充时，每次 {{batched}} 个词元必须容纳一条完整序列（{{length}}）；vLLM 会拒绝。',
  RULE_BFLOAT16: 'bfloat16 需要计算能力 8.0；此显卡为 {{capability}}。',
  RULE_FLOAT16: '计算能力 {{capability}} 的 float16 又慢又粗糙；请用 float32。',
  RULE_DTYPE: 'verl 不认识类型“{{value}}”：可用 bfloat16、float16 或 float32。',
  RULE_FLASH: '需要 flash-attn 软件包，而配方中没有。',
  RULE_COMPILE: 'torch.compile 需要计算能力 7.0；此显卡为 {{capability}}。',
  RULE_ROLLOUT: '配方 {{recipe}} 用 {{has}} 生成，而不是“{{name}}”。',
  RULE_LORA_FORMAT: '使用适配器时必须为 safetensors，否则 vLLM 从随机权重开始。',
  RULE_BUCKET: '最大的张量（{{needed, memory}}）无法通过 {{has, memory}}。',
  RULE_ROWS: '{{rows}} 行少于一批 {{batch}}：verl 将没有可训练的数据。',
  RULE_PROMPTS_LOST: '超过 5% 的提示长于 {{limit}} 个词元，将被略过（95%：{{p95}}，最长：{{longest}}）。',
  RULE_PROMPTS_BREAK: '长于 {{limit}} 个词元的提示（最长：{{longest}}）会使整批出错：请保持过滤开启。',
  RULE_LOGGER_FILE: 'verl 0.5.0 没有文件日志器。',
  RULE_LOGGER_WANDB: 'wandb 需要账号和网络；缺一就无法启动。',
}

export const plan = { en, 'zh-CN': zhCN }
