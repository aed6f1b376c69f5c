/** What preflight finds (resources/python/preflight_*.py, main/core/preflight). */
export const preflight = {
  en: {
    PREFLIGHT_AREA_BROKE: 'This part could not be checked: {{detail}}',
    PREFLIGHT_PROGRAM_MISSING: 'There is no program "{{program}}" that could be started.',
    PREFLIGHT_NO_VERL: 'verl is not installed in this environment.',
    PREFLIGHT_MODULE_MISSING: 'The package "{{module}}" is not in the environment, and this configuration needs it.',
    PREFLIGHT_VERL_IMPORT: 'verl cannot be imported here: {{detail}}',
    PREFLIGHT_TRANSFORMERS_NEW:
      'transformers {{installed}} is too new for this verl, which needs one before 5 (it imports AutoModelForVision2Seq).',
    PREFLIGHT_WANDB_KEY:
      'The logger wandb asks for a key, and there is none: the training would wait for it or end. Log to the console, or set WANDB_API_KEY or WANDB_MODE=offline.',
    PREFLIGHT_FLASH_PADDING: 'use_remove_padding imports flash_attn, which is not installed. Set it to False.',
    PREFLIGHT_FLASH_ATTENTION:
      'The model is loaded with flash_attention_2, the default of verl, and flash_attn is not installed. Set the attention to sdpa or eager (on a command line with "+" before the option).',
    PREFLIGHT_FLASH_FIXED:
      'This verl has flash_attention_2 in its source: the option for attention is not read, and flash_attn is not installed. Use verl 0.6.1 or later, or the patches of the app.',
    PREFLIGHT_CRITIC_FLASH:
      'PPO with a critic (adv_estimator=gae) loads the critic with flash_attention_2 whatever the options say, and flash_attn is not installed. verl then says "please install trl". Use GRPO, which has no critic.',
    PREFLIGHT_VARIABLE_UNREAD: 'Nothing reads the variable {{name}}: not verl, not vLLM, not Triton. It does nothing.',
    PREFLIGHT_VARIABLE_OPTION: 'Nothing reads the variable {{name}}. What it is meant for is the option {{use}}.',
    PREFLIGHT_EXPANDABLE_SEGMENTS:
      '{{name}} asks for expandable segments, which vLLM refuses ("not compatible with memory pool"). Take it out; verl sets it where it can be used.',

    PREFLIGHT_CLUSTER_UNREACHABLE: 'No Ray cluster answers at {{address}}: {{detail}}',
    PREFLIGHT_CLUSTER_REFUSED: 'The Ray cluster at {{address}} wants a token, or another one.',
    PREFLIGHT_CLUSTER_NOT_RAY: 'What answers at {{address}} is no Ray dashboard: {{detail}}',
    PREFLIGHT_CLUSTER_NO_CARDS:
      'No machine of the cluster at {{address}} offers a whole card to Ray: the training would wait for one without end.',
    PREFLIGHT_CLUSTER_NO_SHARED:
      'The cluster has {{count}} machines and no shared folder was named: checkpoints stay on the machine that writes them and do not come home.',
    PREFLIGHT_CLUSTER_SHARED: 'The shared folder {{path}} cannot be written from here: {{detail}}',
    PREFLIGHT_CLUSTER_PATHS:
      'These do not lie in the shared folder, and from here nobody can see whether every machine of the cluster has them under this very path: {{paths}}',

    PREFLIGHT_OVERRIDE_UNREADABLE: 'Hydra cannot read "{{override}}": {{detail}}',
    PREFLIGHT_OVERRIDE_UNQUOTED:
      'Hydra cannot read "{{override}}": a value with such signs needs quotes of its own, inside those of the shell. Write {{best}}',
    PREFLIGHT_OVERRIDE_REFUSED: 'verl does not take "{{override}}": {{detail}}',
    PREFLIGHT_KEY_MOVED: 'This verl has no option {{key}}. It is called {{use}} here.',
    PREFLIGHT_KEY_NEAR: 'This verl has no option {{key}}. Was {{use}} meant?',
    PREFLIGHT_KEY_UNKNOWN: 'This verl has no option {{key}}.',
    PREFLIGHT_KEY_IGNORED: 'No code of verl reads {{key}}: it has no effect. What is read is {{use}}.',
    PREFLIGHT_KEY_UNREAD: 'No code of verl reads {{key}}: it has no effect.',
    PREFLIGHT_PLUS_TOO_MANY: '{{key}} exists already, so Hydra refuses "+". Write it without.',
    PREFLIGHT_PLUS_MISSING: '{{key}} is not in the configuration of verl; Hydra adds it only with "+" before it.',
    PREFLIGHT_WRONG_TYPE: '{{key}}={{value}} is of the wrong kind: the default of verl is {{default}}.',
    PREFLIGHT_VALUE_MISSING: '{{key}} has no value, and verl has no default for it.',
    PREFLIGHT_VERL_REFUSES: 'verl itself refuses this configuration ({{node}}): {{detail}}',

    PREFLIGHT_BATCH_UNEVEN:
      'One step has {{answers}} answers (train_batch_size × rollout.n), which {{gpus}} GPUs cannot share evenly.',
    PREFLIGHT_MICRO_MISSING: '{{key}} has to be set: verl has no default for it.',
    PREFLIGHT_MICRO_BOTH: '{{key}} and {{use}} are both set. Only the second is read; take out the first.',
    PREFLIGHT_LOSS_MODE: 'There is no loss_agg_mode "{{value}}". There are: {{known}}.',
    PREFLIGHT_MINI_OVER_BATCH:
      '{{key}} = {{mini}} is more than train_batch_size = {{batch}}: an update cannot have more prompts than a step.',
    PREFLIGHT_MICRO_OVER_MINI:
      '{{key}} = {{micro}} is more than the {{mini}} answers that a GPU gets in one update. The worker refuses it when it starts.',
    PREFLIGHT_MINI_UNEVEN:
      'The {{mini}} answers that a GPU gets in one update cannot be cut into pieces of {{key}} = {{micro}}. {{best}} can.',
    PREFLIGHT_SEQUENCE_PARALLEL: '{{key}} above 1 needs use_remove_padding=True.',
    PREFLIGHT_AGENT_WORKERS:
      'The {{answers}} answers of a step cannot be shared among {{workers}} agent workers: this verl dies at the first rollout ("only support equal chunk"). With num_workers=1 every batch works.',
    PREFLIGHT_TEMPERATURE_ZERO: 'Validation is to draw samples (do_sample), which needs a temperature above 0.',
    PREFLIGHT_TENSOR_PARALLEL:
      'The engine is to be spread over {{tensor}} GPUs (the default of verl is 2), and there are {{gpus}}.',
    PREFLIGHT_PIPELINE_PARALLEL: 'verl has no pipeline parallelism for vLLM.',
    PREFLIGHT_HF_ROLLOUT_GONE:
      'The rollout "hf" was taken out of verl with 0.6.0. Use vllm, or verl 0.5.0 for a card that has no vLLM.',
    PREFLIGHT_SYNC_GONE: 'rollout.mode=sync was taken out of verl with 0.7.0. Take the option out.',
    PREFLIGHT_WINDOW_SHORT:
      'max_model_len = {{window}} is less than prompt and answer together ({{needed}}): answers would be cut off or refused.',
    PREFLIGHT_WINDOW_LONG: 'Prompt and answer need {{window}} tokens; the model can hold {{most}}.',
    PREFLIGHT_BATCHED_TOKENS:
      'max_num_batched_tokens = {{tokens}} is less than the window of {{window}} tokens, which the engine refuses (verl 0.9 raises it by itself). Set {{key}} to {{best}}.',
    PREFLIGHT_GRPO_SINGLE:
      'GRPO compares the answers to one prompt, and rollout.n is 1: there is nothing to compare. Take 4 or more.',
    PREFLIGHT_KL_DEAD: 'kl_coef has no effect: since verl 0.4 it is read only with algorithm.use_kl_in_reward=True.',
    PREFLIGHT_KL_LOSS_DEAD: 'kl_loss_coef has no effect without use_kl_loss=True.',
    PREFLIGHT_NO_KL: 'Nothing holds the model near where it began: there is no KL term and no reference model.',
    PREFLIGHT_KL_TWICE: 'KL is counted twice, in the reward and in the loss. One of them is enough.',
    PREFLIGHT_BATCH_ONE:
      'A step has one single answer. An empty or one-token answer then ends the training ("The sum of the mask is one"), and nothing is learnt from one sample.',
    PREFLIGHT_BUCKET_SMALL:
      'The largest tensor of the model has {{needed}} MB and does not fit in the bucket of {{bucket}} MB ({{key}}).',
    PREFLIGHT_PATH_SLASH: '{{key}} ends with a slash, which verl takes for an empty name. Write {{best}}.',
    PREFLIGHT_VAL_FILES: 'data.val_files is not set: verl would look for a file below ~/data and not find it.',
    PREFLIGHT_RESUME_PATH: 'resume_from_path = {{path}} is no folder global_step_N.',

    PREFLIGHT_MODEL_MISSING: 'There is no model folder {{path}}.',
    PREFLIGHT_TOKENIZER: 'The tokenizer of {{path}} cannot be loaded here: {{detail}}',
    PREFLIGHT_NO_TEMPLATE: 'The model {{path}} has no chat template; verl needs one. Take an instruct model.',
    PREFLIGHT_DATA_MISSING: 'There is no file {{file}}.',
    PREFLIGHT_DATA_UNREAD: 'verl cannot read {{file}}: {{detail}}',
    PREFLIGHT_DATA_PREFERENCES:
      '{{file}} has the layout of preferences ({{columns}}). That is not for reinforcement learning: verl needs data_source, prompt, reward_model and extra_info. Prepare the data anew.',
    PREFLIGHT_COLUMN_MISSING: '{{file}} has no column "{{column}}" (it has: {{columns}}).',
    PREFLIGHT_PROMPT_PLAIN:
      '{{file}}, row {{row}}: the prompt is plain text. verl needs a list of messages; with text the question is lost and the model is trained on nothing.',
    PREFLIGHT_PROMPT_EMPTY: '{{file}}, row {{row}}: the prompt is empty.',
    PREFLIGHT_TRUTH_MISSING: '{{file}}, row {{row}}: reward_model has no ground_truth.',
    PREFLIGHT_TRUTH_TYPE:
      '{{file}}, row {{row}}: ground_truth is {{kind}}, not text. The reward compares texts, so nothing would ever be right.',
    PREFLIGHT_EXTRA_INFO: '{{file}}, row {{row}}: extra_info is text; verl needs a structure.',
    PREFLIGHT_BOXED:
      '{{file}}, row {{row}}: the prompt asks for \\boxed{}, and the reward for GSM8K reads "#### 42". Every answer would score 0.',
    PREFLIGHT_ROWS_FEW:
      'There are {{rows}} rows, fewer than one batch of {{batch}}: verl drops the last batch, so none is left.',
    PREFLIGHT_PROMPTS_ALL_LONG:
      '{{file}}: every prompt is longer than max_prompt_length = {{limit}} (the longest: {{longest}} tokens).',
    PREFLIGHT_PROMPTS_LONG:
      '{{file}}: {{count}} of {{of}} prompts are longer than max_prompt_length = {{limit}} (the longest: {{longest}}), and nothing filters them: the training dies at the first of them.',
    PREFLIGHT_PROMPTS_FILTERED:
      '{{file}}: {{count}} of {{of}} prompts are longer than max_prompt_length = {{limit}} and will be left out.',
    PREFLIGHT_REWARD_BROKEN: 'The reward function {{name}} in {{file}} cannot be loaded: {{detail}}',
    PREFLIGHT_REWARD_UNKNOWN:
      'verl has no reward for data_source "{{source}}". Give the data a source that it knows, or set a reward function of your own.',
    PREFLIGHT_REWARD_RAISES: 'The reward raises for row {{row}}: {{detail}}',
    PREFLIGHT_REWARD_FLAT:
      'Row {{row}}: the right answer scores {{gold}}, a wrong one {{wrong}}. A model can learn nothing from that.',

    PREFLIGHT_ENGINE_UNKNOWN: 'This verl has no rollout engine "{{name}}". It has: {{known}}.',
    PREFLIGHT_ENGINE_MISSING: 'The rollout engine {{name}} is not installed in the environment.',
    PREFLIGHT_ENGINE_CAPABILITY:
      'The installed {{name}} needs compute capability {{least}}; the card has {{capability}}.',
    PREFLIGHT_NO_GPU: 'torch {{torch}} (CUDA: {{built}}) sees no GPU, and verl trains on nothing else.',
    PREFLIGHT_GPUS_FEW: 'n_gpus_per_node is {{asked}}, and there are {{gpus}} GPUs: verl would wait for the others.',
    PREFLIGHT_TORCH_ARCH:
      'This torch has no code for the card (compute capability {{capability}}; it has {{archs}}): "no kernel image is available".',
    PREFLIGHT_BF16: '{{key}} is bfloat16, which needs compute capability 8.0; the card has {{capability}}.',
    PREFLIGHT_VRAM:
      '{{freeBytes, memory}} of the card are free, and the training needs {{neededBytes, memory}}. End other programs on it.',
    PREFLIGHT_RAY_CPUS:
      'Ray would have {{cpus}} CPUs, and verl needs {{needed}} for one GPU: with fewer it waits for ever and says nothing. They are tickets, not cores: {{key}}={{wanted}} helps.',
    PREFLIGHT_SHM_SMALL:
      '/dev/shm has {{freeBytes, bytes}} free; Ray and vLLM want {{neededBytes, bytes}} (of a container: --shm-size=10g).',
    PREFLIGHT_RAM:
      '{{freeBytes, memory}} of main memory are free, and the weights alone need {{neededBytes, memory}} while they are loaded.',
    PREFLIGHT_NO_PORT: 'No port can be opened on this machine: {{detail}}. Ray needs several.',
    PREFLIGHT_TMPDIR_LONG:
      '{{folder}} has {{length}} characters, and Ray makes sockets below it, for which {{most}} are the most. Set RAY_TMPDIR to a short folder.',
    PREFLIGHT_TMPDIR_CLOSED: 'Ray cannot write to {{folder}}. Set RAY_TMPDIR to a folder that can be written.',
    PREFLIGHT_OPEN_FILES: 'A program may open {{limit}} files here; Ray wants {{needed}} and more (ulimit -n 65536).',
    PREFLIGHT_DISK_CLOSED: '{{folder}} cannot be written.',
    PREFLIGHT_DISK_FULL: '{{folder}} has only {{freeBytes, bytes}} free.',
    PREFLIGHT_DISK_CHECKPOINTS:
      '{{count}} checkpoints of {{eachBytes, bytes}} need {{neededBytes, bytes}}, and {{freeBytes, bytes}} are free. Keep fewer, or save less often.',
    PREFLIGHT_MANY_CHECKPOINTS:
      '{{count}} checkpoints of {{eachBytes, bytes}} will be kept: {{neededBytes, bytes}}. Keep fewer, or save less often.',
  },
  'zh-CN': {
    PREFLIGHT_AREA_BROKE: '这一部分无法检查：{{detail}}',
    PREFLIGHT_PROGRAM_MISSING: '没有可以启动的程序“{{program}}”。',
    PREFLIGHT_NO_VERL: '此环境中没有安装 verl。',
    PREFLIGHT_MODULE_MISSING: '环境中缺少此配置需要的软件包“{{module}}”。',
    PREFLIGHT_VERL_IMPORT: '无法在此导入 verl：{{detail}}',
    PREFLIGHT_TRANSFORMERS_NEW:
      'transformers {{installed}} 对此版本的 verl 过新，它需要 5 以前的版本（它会导入 AutoModelForVision2Seq）。',
    PREFLIGHT_WANDB_KEY:
      '日志 wandb 需要密钥，而这里没有：训练会等待输入或直接结束。请改为输出到控制台，或设置 WANDB_API_KEY 或 WANDB_MODE=offline。',
    PREFLIGHT_FLASH_PADDING: 'use_remove_padding 会导入 flash_attn，而它没有安装。请设为 False。',
    PREFLIGHT_FLASH_ATTENTION:
      '模型按 verl 的默认值以 flash_attention_2 加载，而 flash_attn 没有安装。请把注意力设为 sdpa 或 eager（命令行中选项前要加“+”）。',
    PREFLIGHT_FLASH_FIXED:
      '此版本的 verl 在源码中写死了 flash_attention_2：注意力选项不会被读取，而 flash_attn 没有安装。请使用 verl 0.6.1 及以上，或本应用的补丁。',
    PREFLIGHT_CRITIC_FLASH:
      '带评论家的 PPO（adv_estimator=gae）无论选项如何都用 flash_attention_2 加载评论家，而 flash_attn 没有安装；verl 此时只会说 “please install trl”。请使用没有评论家的 GRPO。',
    PREFLIGHT_VARIABLE_UNREAD: '变量 {{name}} 不会被任何程序读取（verl、vLLM、Triton 都不读），没有作用。',
    PREFLIGHT_VARIABLE_OPTION: '变量 {{name}} 不会被任何程序读取。真正起作用的是选项 {{use}}。',
    PREFLIGHT_EXPANDABLE_SEGMENTS:
      '{{name}} 要求可扩展内存段，vLLM 会拒绝（“not compatible with memory pool”）。请去掉；verl 会在可用时自行设置。',

    PREFLIGHT_CLUSTER_UNREACHABLE: '{{address}} 没有 Ray 集群应答：{{detail}}',
    PREFLIGHT_CLUSTER_REFUSED: '{{address}} 的 Ray 集群需要令牌，或需要另一个令牌。',
    PREFLIGHT_CLUSTER_NOT_RAY: '{{address}} 应答的不是 Ray 仪表盘：{{detail}}',
    PREFLIGHT_CLUSTER_NO_CARDS: '{{address}} 的集群中没有一台机器向 Ray 提供整张显卡：训练会一直等下去。',
    PREFLIGHT_CLUSTER_NO_SHARED:
      '集群有 {{count}} 台机器，但没有指定共享文件夹：检查点会留在写入它的机器上，无法取回。',
    PREFLIGHT_CLUSTER_SHARED: '无法从这台机器写入共享文件夹 {{path}}：{{detail}}',
    PREFLIGHT_CLUSTER_PATHS:
      '这些文件不在共享文件夹中，从这里无法得知集群的每台机器在同一路径下是否都有它们：{{paths}}',

    PREFLIGHT_OVERRIDE_UNREADABLE: 'Hydra 无法读取“{{override}}”：{{detail}}',
    PREFLIGHT_OVERRIDE_UNQUOTED:
      'Hydra 无法读取“{{override}}”：含有这类字符的值除了 shell 的引号还需要自己的引号。请写成 {{best}}',
    PREFLIGHT_OVERRIDE_REFUSED: 'verl 不接受“{{override}}”：{{detail}}',
    PREFLIGHT_KEY_MOVED: '此版本的 verl 没有选项 {{key}}，它在这里叫 {{use}}。',
    PREFLIGHT_KEY_NEAR: '此版本的 verl 没有选项 {{key}}。是否想写 {{use}}？',
    PREFLIGHT_KEY_UNKNOWN: '此版本的 verl 没有选项 {{key}}。',
    PREFLIGHT_KEY_IGNORED: 'verl 的代码不读取 {{key}}，它没有作用。真正被读取的是 {{use}}。',
    PREFLIGHT_KEY_UNREAD: 'verl 的代码不读取 {{key}}，它没有作用。',
    PREFLIGHT_PLUS_TOO_MANY: '{{key}} 已经存在，Hydra 会拒绝“+”。请去掉加号。',
    PREFLIGHT_PLUS_MISSING: '{{key}} 不在 verl 的配置中；Hydra 只有在前面加“+”时才会添加。',
    PREFLIGHT_WRONG_TYPE: '{{key}}={{value}} 的类型不对：verl 的默认值是 {{default}}。',
    PREFLIGHT_VALUE_MISSING: '{{key}} 没有值，verl 也没有默认值。',
    PREFLIGHT_VERL_REFUSES: 'verl 自身拒绝此配置（{{node}}）：{{detail}}',

    PREFLIGHT_BATCH_UNEVEN: '每步有 {{answers}} 个回答（train_batch_size × rollout.n），{{gpus}} 张 GPU 无法均分。',
    PREFLIGHT_MICRO_MISSING: '必须设置 {{key}}：verl 没有默认值。',
    PREFLIGHT_MICRO_BOTH: '{{key}} 与 {{use}} 同时被设置。只有后者会被读取，请去掉前者。',
    PREFLIGHT_LOSS_MODE: '没有 loss_agg_mode “{{value}}”。可用的有：{{known}}。',
    PREFLIGHT_MINI_OVER_BATCH: '{{key}} = {{mini}} 大于 train_batch_size = {{batch}}：一次更新的提示数不能多于一步的。',
    PREFLIGHT_MICRO_OVER_MINI:
      '{{key}} = {{micro}} 大于一张 GPU 在一次更新中得到的 {{mini}} 个回答，进程启动时会报错。',
    PREFLIGHT_MINI_UNEVEN:
      '一张 GPU 在一次更新中得到的 {{mini}} 个回答不能按 {{key}} = {{micro}} 均分。可以用 {{best}}。',
    PREFLIGHT_SEQUENCE_PARALLEL: '{{key}} 大于 1 时需要 use_remove_padding=True。',
    PREFLIGHT_AGENT_WORKERS:
      '每步的 {{answers}} 个回答无法分给 {{workers}} 个 agent worker：此版本的 verl 会在第一次采样时崩溃（“only support equal chunk”）。设 num_workers=1 则任何批量都可以。',
    PREFLIGHT_TEMPERATURE_ZERO: '验证要采样（do_sample），温度必须大于 0。',
    PREFLIGHT_TENSOR_PARALLEL: '推理引擎要分布在 {{tensor}} 张 GPU 上（verl 默认 2），而只有 {{gpus}} 张。',
    PREFLIGHT_PIPELINE_PARALLEL: 'verl 不支持 vLLM 的流水线并行。',
    PREFLIGHT_HF_ROLLOUT_GONE: 'verl 自 0.6.0 起去掉了 “hf” 采样。请用 vllm；显卡不支持 vLLM 时请用 verl 0.5.0。',
    PREFLIGHT_SYNC_GONE: 'verl 自 0.7.0 起去掉了 rollout.mode=sync。请去掉该选项。',
    PREFLIGHT_WINDOW_SHORT: 'max_model_len = {{window}} 小于提示与回答之和（{{needed}}）：回答会被截断或拒绝。',
    PREFLIGHT_WINDOW_LONG: '提示与回答需要 {{window}} 个 token，而模型最多容纳 {{most}} 个。',
    PREFLIGHT_BATCHED_TOKENS:
      'max_num_batched_tokens = {{tokens}} 小于窗口 {{window}}，引擎会拒绝（verl 0.9 会自行调大）。请把 {{key}} 设为 {{best}}。',
    PREFLIGHT_GRPO_SINGLE: 'GRPO 比较同一提示的多个回答，而 rollout.n 为 1，没有可比较的。请取 4 或更多。',
    PREFLIGHT_KL_DEAD: 'kl_coef 没有作用：自 verl 0.4 起，只有 algorithm.use_kl_in_reward=True 时才会读取它。',
    PREFLIGHT_KL_LOSS_DEAD: '没有 use_kl_loss=True 时 kl_loss_coef 不起作用。',
    PREFLIGHT_NO_KL: '没有任何机制让模型保持在起点附近：既没有 KL 项，也没有参考模型。',
    PREFLIGHT_KL_TWICE: 'KL 同时计入奖励和损失，重复了。保留一个即可。',
    PREFLIGHT_BATCH_ONE:
      '每步只有一个回答。遇到空回答或仅一个 token 的回答时训练会中断（“The sum of the mask is one”），而且单个样本学不到东西。',
    PREFLIGHT_BUCKET_SMALL: '模型最大的张量为 {{needed}} MB，放不进 {{bucket}} MB 的缓冲（{{key}}）。',
    PREFLIGHT_PATH_SLASH: '{{key}} 以斜杠结尾，verl 会把它当作空名字。请写成 {{best}}。',
    PREFLIGHT_VAL_FILES: '没有设置 data.val_files：verl 会去 ~/data 下找文件而找不到。',
    PREFLIGHT_RESUME_PATH: 'resume_from_path = {{path}} 不是 global_step_N 文件夹。',

    PREFLIGHT_MODEL_MISSING: '没有模型文件夹 {{path}}。',
    PREFLIGHT_TOKENIZER: '无法在此加载 {{path}} 的分词器：{{detail}}',
    PREFLIGHT_NO_TEMPLATE: '模型 {{path}} 没有对话模板，而 verl 需要它。请使用 instruct 模型。',
    PREFLIGHT_DATA_MISSING: '没有文件 {{file}}。',
    PREFLIGHT_DATA_UNREAD: 'verl 无法读取 {{file}}：{{detail}}',
    PREFLIGHT_DATA_PREFERENCES:
      '{{file}} 是偏好数据的格式（{{columns}}），不能用于强化学习：verl 需要 data_source、prompt、reward_model 和 extra_info。请重新准备数据。',
    PREFLIGHT_COLUMN_MISSING: '{{file}} 没有列“{{column}}”（现有：{{columns}}）。',
    PREFLIGHT_PROMPT_PLAIN:
      '{{file}} 第 {{row}} 行：提示是纯文本。verl 需要消息列表；用文本时问题会丢失，模型等于在空问题上训练。',
    PREFLIGHT_PROMPT_EMPTY: '{{file}} 第 {{row}} 行：提示为空。',
    PREFLIGHT_TRUTH_MISSING: '{{file}} 第 {{row}} 行：reward_model 没有 ground_truth。',
    PREFLIGHT_TRUTH_TYPE:
      '{{file}} 第 {{row}} 行：ground_truth 是 {{kind}} 而不是文本。奖励按文本比较，因此永远不会判对。',
    PREFLIGHT_EXTRA_INFO: '{{file}} 第 {{row}} 行：extra_info 是文本，verl 需要结构体。',
    PREFLIGHT_BOXED: '{{file}} 第 {{row}} 行：提示要求 \\boxed{}，而 GSM8K 的奖励读取 “#### 42”，所有回答都会得 0 分。',
    PREFLIGHT_ROWS_FEW: '只有 {{rows}} 行，少于一个批次的 {{batch}}：verl 会丢弃最后不满的批次，因此一个也不剩。',
    PREFLIGHT_PROMPTS_ALL_LONG: '{{file}}：所有提示都长于 max_prompt_length = {{limit}}（最长 {{longest}} 个 token）。',
    PREFLIGHT_PROMPTS_LONG:
      '{{file}}：{{of}} 个提示中有 {{count}} 个长于 max_prompt_length = {{limit}}（最长 {{longest}}），且没有过滤：训练遇到第一个就会中断。',
    PREFLIGHT_PROMPTS_FILTERED:
      '{{file}}：{{of}} 个提示中有 {{count}} 个长于 max_prompt_length = {{limit}}，会被略去。',
    PREFLIGHT_REWARD_BROKEN: '无法加载 {{file}} 中的奖励函数 {{name}}：{{detail}}',
    PREFLIGHT_REWARD_UNKNOWN:
      'verl 没有针对 data_source “{{source}}” 的奖励。请换成它认识的来源，或设置自己的奖励函数。',
    PREFLIGHT_REWARD_RAISES: '奖励函数在第 {{row}} 行出错：{{detail}}',
    PREFLIGHT_REWARD_FLAT: '第 {{row}} 行：正确答案得 {{gold}} 分，错误答案得 {{wrong}} 分，模型无从学习。',

    PREFLIGHT_ENGINE_UNKNOWN: '此版本的 verl 没有采样引擎“{{name}}”。可用的有：{{known}}。',
    PREFLIGHT_ENGINE_MISSING: '环境中没有安装采样引擎 {{name}}。',
    PREFLIGHT_ENGINE_CAPABILITY: '已安装的 {{name}} 需要计算能力 {{least}}，而显卡为 {{capability}}。',
    PREFLIGHT_NO_GPU: 'torch {{torch}}（CUDA：{{built}}）看不到 GPU，而 verl 只能在 GPU 上训练。',
    PREFLIGHT_GPUS_FEW: 'n_gpus_per_node 为 {{asked}}，而只有 {{gpus}} 张 GPU：verl 会一直等待。',
    PREFLIGHT_TORCH_ARCH:
      '此 torch 没有这张显卡的代码（计算能力 {{capability}}，它有 {{archs}}）：“no kernel image is available”。',
    PREFLIGHT_BF16: '{{key}} 为 bfloat16，需要计算能力 8.0，而显卡为 {{capability}}。',
    PREFLIGHT_VRAM: '显卡空闲 {{freeBytes, memory}}，而训练需要 {{neededBytes, memory}}。请结束占用显卡的其他程序。',
    PREFLIGHT_RAY_CPUS:
      'Ray 只有 {{cpus}} 个 CPU，而 verl 每张 GPU 需要 {{needed}} 个：不足时会无声地一直等待。它们只是名额而非核心：设 {{key}}={{wanted}} 即可。',
    PREFLIGHT_SHM_SMALL:
      '/dev/shm 仅剩 {{freeBytes, bytes}}，Ray 与 vLLM 需要 {{neededBytes, bytes}}（容器可用 --shm-size=10g）。',
    PREFLIGHT_RAM: '内存空闲 {{freeBytes, memory}}，而仅加载权重就需要 {{neededBytes, memory}}。',
    PREFLIGHT_NO_PORT: '无法在本机打开端口：{{detail}}。Ray 需要若干端口。',
    PREFLIGHT_TMPDIR_LONG:
      '{{folder}} 有 {{length}} 个字符，Ray 要在其下建立套接字，最多 {{most}} 个字符。请把 RAY_TMPDIR 设为较短的文件夹。',
    PREFLIGHT_TMPDIR_CLOSED: 'Ray 无法写入 {{folder}}。请把 RAY_TMPDIR 设为可写的文件夹。',
    PREFLIGHT_OPEN_FILES: '此处一个程序最多可打开 {{limit}} 个文件，Ray 需要 {{needed}} 个以上（ulimit -n 65536）。',
    PREFLIGHT_DISK_CLOSED: '{{folder}} 不可写。',
    PREFLIGHT_DISK_FULL: '{{folder}} 仅剩 {{freeBytes, bytes}}。',
    PREFLIGHT_DISK_CHECKPOINTS:
      '{{count}} 个检查点每个 {{eachBytes, bytes}}，共需 {{neededBytes, bytes}}，而只剩 {{freeBytes, bytes}}。请少保留一些，或降低保存频率。',
    PREFLIGHT_MANY_CHECKPOINTS:
      '将保留 {{count}} 个检查点，每个 {{eachBytes, bytes}}：共 {{neededBytes, bytes}}。请少保留一些，或降低保存频率。',
  },
}

/** How to mend it, in a terminal; the kinds of PreflightRemedy. */
export const preflightTerminal = {
  en: {
    set: 'set {{key}}={{value}}',
    remove: 'take out {{key}}',
    words: 'write {{value}}',
    environment: 'choose or make another environment',
    data: 'prepare the data anew',
    passed: 'Everything that could be checked is right ({{verl}}, {{seconds}} s).',
    failed: '{{count}} error(s) would stop this training ({{verl}}, {{seconds}} s).',
    areas: {
      environment: 'Environment',
      config: 'Configuration',
      batch: 'Batch sizes',
      data: 'Data',
      reward: 'Reward',
      engine: 'Engine for answers',
      gpu: 'Graphics card',
      machine: 'Machine',
      disk: 'Disk',
    },
    states: { passed: 'right', failed: 'not right', skipped: 'not checked here' },
    reasons: {
      'no-gpu-wanted': 'it is for another machine',
      'no-data': 'the data cannot be read',
      'no-truth': 'the data has no answers to compare with',
      'no-verl': 'there is no verl to ask',
      'not-verl': 'this does not start verl',
      'on-cluster': 'it is about the machines of the cluster, which cannot be looked at from here',
    },
  },
  'zh-CN': {
    set: '设置 {{key}}={{value}}',
    remove: '去掉 {{key}}',
    words: '写成 {{value}}',
    environment: '选择或新建另一个环境',
    data: '重新准备数据',
    passed: '能检查的都没有问题（{{verl}}，{{seconds}} 秒）。',
    failed: '有 {{count}} 个错误会使训练失败（{{verl}}，{{seconds}} 秒）。',
    areas: {
      environment: '环境',
      config: '配置',
      batch: '批量',
      data: '数据',
      reward: '奖励',
      engine: '采样引擎',
      gpu: '显卡',
      machine: '机器',
      disk: '磁盘',
    },
    states: { passed: '正常', failed: '有问题', skipped: '此处未检查' },
    reasons: {
      'no-gpu-wanted': '用于另一台机器',
      'no-data': '数据无法读取',
      'no-truth': '数据中没有可比较的答案',
      'no-verl': '没有可以询问的 verl',
      'not-verl': '这不会启动 verl',
      'on-cluster': '这与集群的机器有关，从这里无法查看',
    },
  },
}
