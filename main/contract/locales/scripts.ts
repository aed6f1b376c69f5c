/** Sentences for findings of the scripts and the core that are no errors of their own; codes not listed show their facts. */
const en = {
  TORCH_INDEX_UNREACHABLE:
    'The PyTorch index {{address}} did not answer ({{detail}}), so PyTorch comes from the package index.',
  ENGINE_FAILED: '{{engine}} could not make the environment, so the next tool was tried: {{detail}}',
  CONDA_CHANNEL_UNREACHABLE: 'The conda channel {{address}} does not answer ({{detail}}), so conda was passed over.',
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
  GLIBC_TOO_OLD:
    '{{module}} was built for a newer Linux: it needs {{needs}}, this system has glibc {{has}}. glibc cannot be replaced: use a recipe with older packages, or a newer system or container.',
  LIBSTDCXX_OLD:
    '{{module}} needs a newer C++ library (libstdc++ with {{needs}}) than the one that was found. Install libstdcxx-ng from conda-forge into the environment, and remove old library folders from LD_LIBRARY_PATH.',
  CPU_INSTRUCTION:
    '{{module}} uses instructions that this processor does not have (often AVX). Use a machine with a newer processor, or a build of {{module}} made for older ones.',
  CUDA_DRIVER_MISSING:
    '{{module}} needs {{library}}, which comes with the NVIDIA driver. Install the driver; in a container, start it with access to the cards.',
  SHARED_LIBRARY_MISSING:
    '{{module}} needs the library {{library}}, which is not there. It was mostly built for another version of CUDA or PyTorch: repair the packages, or choose the build that fits this PyTorch.',
  UNDEFINED_SYMBOL:
    '{{module}} was built for another version of PyTorch or CUDA ({{symbol}} is missing). Repair the packages so that versions fit; if LD_LIBRARY_PATH names a CUDA of the system, remove it.',
  CUDA_DRIVER_TOO_OLD:
    'The NVIDIA driver is too old: it can do CUDA {{has}}, PyTorch was built for CUDA {{needs}}. Update the driver, or choose a recipe with an older CUDA.',
  CUDA_UNUSABLE:
    'There is an NVIDIA card, but PyTorch cannot use it: {{error}}. See whether nvidia-smi works; after an update of the driver, restart the machine.',
  CUDA_BUILD_MISSING:
    'There is an NVIDIA card, but this PyTorch ({{version}}) is the build for processors only. Choose a recipe for cards to use it.',
  NUMPY_ABI:
    '{{module}} was built for another major version of numpy than the one installed. Repair the packages: verl before 0.9 needs numpy 1, verl 0.9 needs numpy 2.',
  NO_KERNEL_FOR_CARD:
    'PyTorch has no code for card {{gpu}} (compute capability {{capability}}; built for {{archList}}). Nothing can run on it: choose a recipe for this card.',
  MODULE_NOT_FOUND: '{{by}} does not load: the module {{module}} is not installed. Repair the packages.',
  IMPORT_FAILED: '{{module}} does not load: {{error}}. Repair the packages; if that does not help, the text says more.',
  PRODUCT_FAILED:
    'Card {{gpu}} failed at multiplying matrices in {{type}}: {{error}}. See whether another program uses the card, and whether the driver is healthy (nvidia-smi).',
  BFLOAT16_EMULATED:
    'Card {{gpu}} (compute capability {{capability}}) has no units for bfloat16: it works, but slowly. Use float16 or float32.',
  FLASH_ATTENTION_CARD:
    'flash-attn is installed, but card {{gpu}} (compute capability {{capability}}) is too old for it: 8.0 is needed. Use sdpa attention.',
  NCCL_FAILED:
    'The cards could not exchange data (NCCL): {{error}}. Training on one card still works; for more, look at /dev/shm in a container and at the setting NCCL_P2P_DISABLE=1.',
  UNDECLARED_MODULE:
    'verl loads the module {{module}}, which is not installed (verl does not declare all it needs). Training would stop at it: add it to the environment.',
}

const zhCN: Record<keyof typeof en, string> = {
  TORCH_INDEX_UNREACHABLE: 'PyTorch 索引 {{address}} 没有响应（{{detail}}），已改从软件包索引获取 PyTorch。',
  ENGINE_FAILED: '{{engine}} 无法创建环境，已改用下一个工具：{{detail}}',
  CONDA_CHANNEL_UNREACHABLE: 'conda 源 {{address}} 无法访问（{{detail}}），因此未使用 conda。',
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
  GLIBC_TOO_OLD:
    '{{module}} 是为更新的 Linux 编译的：需要 {{needs}}，本系统的 glibc 是 {{has}}。glibc 无法替换：请使用软件包较旧的配方，或更新的系统或容器。',
  LIBSTDCXX_OLD:
    '{{module}} 需要更新的 C++ 库（含 {{needs}} 的 libstdc++）。请把 conda-forge 的 libstdcxx-ng 装入该环境，并从 LD_LIBRARY_PATH 中去掉旧的库目录。',
  CPU_INSTRUCTION:
    '{{module}} 使用了本机处理器没有的指令（多为 AVX）。请换用较新处理器的机器，或为旧处理器编译的 {{module}}。',
  CUDA_DRIVER_MISSING:
    '{{module}} 需要 {{library}}，它随 NVIDIA 驱动提供。请安装驱动；若在容器中，请在启动时允许访问显卡。',
  SHARED_LIBRARY_MISSING:
    '{{module}} 需要的库 {{library}} 不存在。多半是为另一个版本的 CUDA 或 PyTorch 编译的：请修复软件包，或选择与当前 PyTorch 一致的版本。',
  UNDEFINED_SYMBOL:
    '{{module}} 是为另一个版本的 PyTorch 或 CUDA 编译的（缺少 {{symbol}}）。请修复软件包使版本一致；若 LD_LIBRARY_PATH 指向系统的 CUDA，请去掉。',
  CUDA_DRIVER_TOO_OLD:
    'NVIDIA 驱动太旧：最高支持 CUDA {{has}}，而 PyTorch 是为 CUDA {{needs}} 编译的。请更新驱动，或选择 CUDA 较旧的配方。',
  CUDA_UNUSABLE:
    '本机有 NVIDIA 显卡，但 PyTorch 无法使用：{{error}}。请检查 nvidia-smi 是否正常；更新驱动后请重启机器。',
  CUDA_BUILD_MISSING:
    '本机有 NVIDIA 显卡，但此 PyTorch（{{version}}）是仅用处理器的版本。要使用显卡，请选择用于显卡的配方。',
  NUMPY_ABI:
    '{{module}} 是为另一个主版本的 numpy 编译的。请修复软件包：0.9 之前的 verl 需要 numpy 1，verl 0.9 需要 numpy 2。',
  NO_KERNEL_FOR_CARD:
    'PyTorch 中没有适用于显卡 {{gpu}} 的代码（计算能力 {{capability}}；编译目标为 {{archList}}）。它上面什么也运行不了：请选择适合这块显卡的配方。',
  MODULE_NOT_FOUND: '{{by}} 无法加载：没有安装模块 {{module}}。请修复软件包。',
  IMPORT_FAILED: '{{module}} 无法加载：{{error}}。请修复软件包；若仍无效，请参看这段文字。',
  PRODUCT_FAILED:
    '显卡 {{gpu}} 以 {{type}} 做矩阵乘法失败：{{error}}。请查看是否有其他程序占用显卡，以及驱动是否正常（nvidia-smi）。',
  BFLOAT16_EMULATED:
    '显卡 {{gpu}}（计算能力 {{capability}}）没有 bfloat16 计算单元：可以用，但很慢。请使用 float16 或 float32。',
  FLASH_ATTENTION_CARD:
    '已安装 flash-attn，但显卡 {{gpu}}（计算能力 {{capability}}）太旧：需要 8.0。请使用 sdpa 注意力。',
  NCCL_FAILED:
    '显卡之间无法交换数据（NCCL）：{{error}}。单卡训练仍可进行；若要多卡，请检查容器的 /dev/shm，并尝试设置 NCCL_P2P_DISABLE=1。',
  UNDECLARED_MODULE:
    'verl 会加载模块 {{module}}，但它没有安装（verl 没有声明它所需的全部模块）。训练会因此停止：请把它加入环境。',
}

export const scripts = { en, 'zh-CN': zhCN }
