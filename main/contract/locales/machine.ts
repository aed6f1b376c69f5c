/** Findings of the machine report: what is wrong, and what to do about it. */
const en = {
  GPU_NONE: 'There is no NVIDIA graphics card here. Practice trains on the processor; verl needs an NVIDIA card.',
  GPU_AMD:
    'The graphics card is from AMD ({{gpu}}). The verl recipes of this app are for NVIDIA; practice trains on the processor.',
  GPU_APPLE:
    "The graphics card is Apple's ({{gpu}}). verl does not train on it; practice trains on the processor. For verl, run this app on a Linux machine with an NVIDIA card (launchpad serve).",
  GPU_DRIVER_MISSING:
    'An NVIDIA card is in this machine, but its driver is not installed (there is no nvidia-smi). Install the driver of your system, restart, then measure again.',
  GPU_NOT_GIVEN:
    'The host has an NVIDIA card, but this container was not given it. Start the container with --gpus all (Docker) or --nv (Apptainer).',
  GPU_DRIVER_OLD:
    'The NVIDIA driver {{driver}} is too old for every recipe; {{needs}} or newer is needed. Update the driver, restart, then measure again.',
  GPU_DRIVER_MISMATCH:
    'The NVIDIA driver was updated while the old one is still loaded ({{reason}}). Restart the machine, then measure again.',
  GPU_DRIVER_NOT_LOADED:
    'The NVIDIA driver is installed but not running ({{reason}}). Restart; if that does not help, install it again for the kernel in use.',
  GPU_LOST:
    'A card does not answer the driver any more ({{reason}}). Restart the machine; if it comes back, check its power cables and its slot.',
  GPU_SILENT:
    'The driver did not answer in time ({{reason}}). It may be busy with a card that hangs: wait and measure again, or restart the machine.',
  GPU_NO_DEVICES:
    'The NVIDIA driver runs but finds no card ({{reason}}). In a virtual machine or container, check that the card was passed to it.',
  GPU_UNREADABLE:
    'The graphics card could not be looked at: {{reason}}. Run "nvidia-smi" in a terminal to see the same; nothing is assumed about the card.',
  GPU_HELD:
    '{{heldBytes, memory}} of {{gpu}} (card {{index}}) are held by {{who}}; {{freeBytes, memory}} are free. End that program, or plan with what is free.',
  GPU_HELD_UNSEEN:
    '{{heldBytes, memory}} of {{gpu}} (card {{index}}) are in use, and the driver does not say by whom: another container, another user or Windows. {{freeBytes, memory}} are free.',
  GPU_DISPLAY:
    '{{gpu}} (card {{index}}) also draws the screen. The desktop takes some of its memory, more when a browser is open, and stutters while training.',
  GPU_MIG_UNSLICED:
    '{{gpu}} (card {{index}}) is in MIG mode without a slice, so nothing can run on it. Make one (sudo nvidia-smi mig -cgi 0 -C), or leave the mode (sudo nvidia-smi -i {{index}} -mig 0).',
  GPU_MIG_SLICED:
    '{{gpu}} (card {{index}}) is cut into {{count}} MIG slices. A training runs on one slice, not on the whole card.',
  RAM_SMALL:
    'This machine has {{bytes, memory}} of memory; verl on one GPU wants {{needsBytes, memory}}. Small models may still fit; close other programs before training.',
  RAM_LIMITED:
    'This container or job may use {{bytes, memory}} of memory; verl on one GPU wants {{needsBytes, memory}}. Give it more (docker run --memory, sbatch --mem).',
  WSL_MEMORY_CAP:
    'WSL has {{bytes, memory}} of memory, by default half of what Windows has; verl on one GPU wants {{needsBytes, memory}}. Write "memory=" under [wsl2] in %UserProfile%\\.wslconfig, then run "wsl --shutdown".',
  SHM_SMALL:
    'Shared memory (/dev/shm) holds {{bytes, bytes}}; Ray then keeps its objects on the disk, and loaders can die with a bus error. Start the container with --shm-size=8g or --ipc=host.',
  DISK_SHORT:
    '{{freeBytes, bytes}} are free at {{path}}; an environment, a model and its checkpoints want {{needsBytes, bytes}}. Free some space or choose another data folder.',
  DISK_INODES:
    'The disk of {{path}} can hold only {{count}} more files, whatever their size; an environment has tens of thousands. Remove old environments or choose another data folder.',
  DISK_NOEXEC:
    'Nothing may be run from {{path}} (mounted noexec), so no environment can work there. Choose another data folder.',
  DISK_NETWORK:
    '{{path}} is on another machine ({{type}}). Environments start slowly from there and checkpoints take long; a local disk is better.',
  DISK_WINDOWS:
    "{{path}} is on a drive of Windows, seen through WSL. That is many times slower than WSL's own disk: choose a folder below your Linux home.",
  DISK_SILENT: 'The disk of {{path}} did not answer in time. A network mount may be gone; choose another data folder.',
  CPU_NO_AVX2:
    'The processor has no AVX2, which many packages are built for; they may end with "Illegal instruction". In a virtual machine, set its processor type to "host".',
  CPU_FEW: 'This process may use {{count}} processor threads; Ray wants {{needs}} before it starts a training.',
  COMPILER_MISSING:
    'No C compiler was found; Triton and vLLM build small parts of theirs when they start. Install one (apt install gcc, dnf install gcc).',
  HOST_MUSL:
    'This system uses musl instead of glibc; PyTorch is not built for it. Use a distribution or container with glibc (Debian, Ubuntu, Rocky).',
  RAY_RUNNING:
    'A Ray cluster already runs here (process {{pids}}). A training would join it and share its GPU bookkeeping: end it first ("ray stop") unless it is yours.',
  PYTHON_NONE: 'Neither Python nor conda nor uv was found. Install one of them; uv and conda bring their own Python.',
  NETWORK_NONE:
    'No download source answered. What is here can be used; for anything new, set a proxy or a mirror (Settings, Network).',
  HUB_MIRROR: '{{hub}} does not answer from here; {{mirror}} does, and can be used instead.',
}

const zhCN: Record<keyof typeof en, string> = {
  GPU_NONE: '本机没有 NVIDIA 显卡。练习会在处理器上训练；verl 需要 NVIDIA 显卡。',
  GPU_AMD: '显卡是 AMD 的（{{gpu}}）。本应用的 verl 配方面向 NVIDIA；练习会在处理器上训练。',
  GPU_APPLE:
    '显卡是 Apple 的（{{gpu}}），verl 不能在其上训练；练习会在处理器上训练。如需 verl，请在带 NVIDIA 显卡的 Linux 机器上运行本应用（launchpad serve）。',
  GPU_DRIVER_MISSING:
    '机器里有 NVIDIA 显卡，但没有安装驱动（找不到 nvidia-smi）。请安装适合本系统的驱动，重启后重新检测。',
  GPU_NOT_GIVEN: '宿主机有 NVIDIA 显卡，但没有分配给这个容器。请用 --gpus all（Docker）或 --nv（Apptainer）启动容器。',
  GPU_DRIVER_OLD:
    'NVIDIA 驱动 {{driver}} 过旧，不满足任何配方；需要 {{needs}} 或更新版本。请更新驱动，重启后重新检测。',
  GPU_DRIVER_MISMATCH: 'NVIDIA 驱动已更新，但旧驱动仍在运行（{{reason}}）。请重启机器后重新检测。',
  GPU_DRIVER_NOT_LOADED: 'NVIDIA 驱动已安装但没有运行（{{reason}}）。请重启；若无效，请为当前内核重新安装驱动。',
  GPU_LOST: '有一块显卡不再响应驱动（{{reason}}）。请重启机器；若反复出现，请检查供电线和插槽。',
  GPU_SILENT: '驱动没有及时响应（{{reason}}）。可能有显卡卡住：请稍后重新检测，或重启机器。',
  GPU_NO_DEVICES: 'NVIDIA 驱动在运行，但没有找到显卡（{{reason}}）。若在虚拟机或容器中，请确认显卡已直通。',
  GPU_UNREADABLE: '无法检测显卡：{{reason}}。在终端运行“nvidia-smi”可看到同样的结果；对显卡不作任何假设。',
  GPU_HELD:
    '{{gpu}}（{{index}} 号卡）有 {{heldBytes, memory}} 被 {{who}} 占用，剩余 {{freeBytes, memory}}。请结束该程序，或按剩余显存制定计划。',
  GPU_HELD_UNSEEN:
    '{{gpu}}（{{index}} 号卡）有 {{heldBytes, memory}} 已被占用，驱动没有说明占用者：可能是其他容器、其他用户或 Windows。剩余 {{freeBytes, memory}}。',
  GPU_DISPLAY: '{{gpu}}（{{index}} 号卡）同时负责显示画面。桌面会占用部分显存（打开浏览器时更多），训练时画面会卡顿。',
  GPU_MIG_UNSLICED:
    '{{gpu}}（{{index}} 号卡）处于 MIG 模式但没有切片，无法运行任何任务。请创建切片（sudo nvidia-smi mig -cgi 0 -C）或退出该模式（sudo nvidia-smi -i {{index}} -mig 0）。',
  GPU_MIG_SLICED: '{{gpu}}（{{index}} 号卡）被分成 {{count}} 个 MIG 切片。训练在一个切片上运行，而不是整块卡。',
  RAM_SMALL:
    '本机内存为 {{bytes, memory}}；单卡运行 verl 建议 {{needsBytes, memory}}。小模型或许仍可运行，训练前请关闭其他程序。',
  RAM_LIMITED:
    '本容器或作业最多可用 {{bytes, memory}} 内存；单卡运行 verl 建议 {{needsBytes, memory}}。请调高限制（docker run --memory、sbatch --mem）。',
  WSL_MEMORY_CAP:
    'WSL 的内存为 {{bytes, memory}}，默认是 Windows 内存的一半；单卡运行 verl 建议 {{needsBytes, memory}}。请在 %UserProfile%\\.wslconfig 的 [wsl2] 下设置“memory=”，然后运行“wsl --shutdown”。',
  SHM_SMALL:
    '共享内存（/dev/shm）只有 {{bytes, bytes}}；Ray 会改用磁盘保存对象，数据加载可能因总线错误而崩溃。请用 --shm-size=8g 或 --ipc=host 启动容器。',
  DISK_SHORT:
    '{{path}} 剩余 {{freeBytes, bytes}}；环境、模型和检查点建议 {{needsBytes, bytes}}。请清理空间或换一个数据文件夹。',
  DISK_INODES:
    '{{path}} 所在磁盘最多还能存放 {{count}} 个文件（与大小无关），而一个环境有数万个文件。请删除旧环境或换一个数据文件夹。',
  DISK_NOEXEC: '{{path}} 不允许运行程序（以 noexec 挂载），环境在此无法工作。请换一个数据文件夹。',
  DISK_NETWORK: '{{path}} 位于另一台机器上（{{type}}）。环境启动慢，保存检查点也慢；建议使用本地磁盘。',
  DISK_WINDOWS:
    '{{path}} 位于 Windows 的磁盘上，经由 WSL 访问，比 WSL 自己的磁盘慢很多。请选择 Linux 主目录下的文件夹。',
  DISK_SILENT: '{{path}} 所在磁盘没有及时响应。网络挂载可能已断开；请换一个数据文件夹。',
  CPU_NO_AVX2:
    '处理器不支持 AVX2，而许多软件包需要它，可能以“Illegal instruction”退出。若在虚拟机中，请将处理器类型设为“host”。',
  CPU_FEW: '本进程可用 {{count}} 个处理器线程；Ray 需要 {{needs}} 个才会开始训练。',
  COMPILER_MISSING:
    '没有找到 C 编译器；Triton 和 vLLM 启动时需要编译一小部分代码。请安装（apt install gcc、dnf install gcc）。',
  HOST_MUSL:
    '本系统使用 musl 而不是 glibc，PyTorch 没有对应的版本。请使用带 glibc 的发行版或容器（Debian、Ubuntu、Rocky）。',
  RAY_RUNNING:
    '本机已有 Ray 集群在运行（进程 {{pids}}）。训练会加入其中并共用其显卡分配：如果不是您需要的，请先结束它（“ray stop”）。',
  PYTHON_NONE: '没有找到 Python、conda 或 uv。请安装其中之一；uv 和 conda 自带 Python。',
  NETWORK_NONE: '没有任何下载源响应。已有的内容可以使用；如需下载新内容，请设置代理或镜像（设置 → 网络）。',
  HUB_MIRROR: '从这里无法访问 {{hub}}；{{mirror}} 可以访问，可用它代替。',
}

/** Labels of the terminal's report (launchpad doctor); the page has its own beside its screens. */
const doctorEn = {
  title: 'Machine report of {{when}}',
  gpu: 'GPU {{index}}',
  gpus: 'GPU',
  noGpu: 'no NVIDIA card (nvidia-smi is not there)',
  unknown: 'could not look: {{reason}}',
  capability: 'compute capability {{version}}',
  driver: 'driver {{version}}',
  cuda: 'CUDA up to {{version}}',
  freeOf: '{{free, bytes}} free of {{total, bytes}}',
  watts: '{{draw}} W of {{limit}} W',
  wattsOnly: '{{draw}} W',
  pcie: 'PCIe {{generation}} x{{width}}',
  eccOn: 'ECC on',
  eccOff: 'ECC off',
  displayOn: 'draws the screen',
  displayOff: 'no screen',
  migOn: 'MIG on',
  migOff: 'MIG off',
  memoryOf: '{{free, memory}} free of {{total, memory}}',
  slice: 'slice {{id}}: {{free, memory}} free of {{total, memory}}',
  heldBy: 'held by {{name}} ({{pid}}), {{used, memory}}',
  heldByUnknown: 'held by {{name}} ({{pid}})',
  otherGpu: 'other',
  system: 'System',
  container: 'container',
  kernel: 'kernel {{version}}',
  slurm: 'Slurm job {{id}}',
  noCompiler: 'no C compiler',
  cpu: 'CPU',
  threads: '{{count}} threads usable',
  cores: '{{count}} cores',
  memory: 'Memory',
  limit: 'limited to {{bytes, memory}}',
  swap: 'Swap',
  noSwap: 'none',
  shared: '/dev/shm',
  notThere: 'not there',
  disk: 'Disk',
  inodes: 'room for {{count}} files',
  comma: ', ',
  noexec: 'noexec',
  network: 'over the network',
  python: 'Python',
  engine: 'Tools',
  none: 'none found',
  ray: 'Ray',
  rayRuns: 'running, process {{pids}}',
  rayNone: 'not running',
  mirror: 'Network',
  latency: '{{ms}} ms',
  noAnswer: 'not reached ({{detail}})',
  findings: 'What to know',
  clean: 'Nothing stands in the way.',
  error: 'problem',
  warning: 'warning',
  info: 'note',
}

const doctorZh: Record<keyof typeof doctorEn, string> = {
  title: '本机检测报告，{{when}}',
  gpu: '显卡 {{index}}',
  gpus: '显卡',
  noGpu: '没有 NVIDIA 显卡（找不到 nvidia-smi）',
  unknown: '无法检测：{{reason}}',
  capability: '计算能力 {{version}}',
  driver: '驱动 {{version}}',
  cuda: '最高支持 CUDA {{version}}',
  freeOf: '剩余 {{free, bytes}}，共 {{total, bytes}}',
  watts: '{{draw}} W，上限 {{limit}} W',
  wattsOnly: '{{draw}} W',
  pcie: 'PCIe {{generation}} x{{width}}',
  eccOn: 'ECC 开启',
  eccOff: 'ECC 关闭',
  displayOn: '负责显示画面',
  displayOff: '不接显示器',
  migOn: 'MIG 开启',
  migOff: 'MIG 关闭',
  memoryOf: '剩余 {{free, memory}}，共 {{total, memory}}',
  slice: '切片 {{id}}：剩余 {{free, memory}}，共 {{total, memory}}',
  heldBy: '{{name}}（{{pid}}）占用 {{used, memory}}',
  heldByUnknown: '{{name}}（{{pid}}）占用',
  otherGpu: '其他',
  system: '系统',
  container: '容器',
  kernel: '内核 {{version}}',
  slurm: 'Slurm 作业 {{id}}',
  noCompiler: '没有 C 编译器',
  cpu: '处理器',
  threads: '可用 {{count}} 线程',
  cores: '{{count}} 核',
  memory: '内存',
  limit: '限制为 {{bytes, memory}}',
  swap: '交换空间',
  noSwap: '无',
  shared: '/dev/shm',
  notThere: '没有',
  disk: '磁盘',
  inodes: '还可存放 {{count}} 个文件',
  comma: '，',
  noexec: '禁止运行程序',
  network: '网络磁盘',
  python: 'Python',
  engine: '工具',
  none: '没有找到',
  ray: 'Ray',
  rayRuns: '正在运行，进程 {{pids}}',
  rayNone: '没有运行',
  mirror: '网络',
  latency: '{{ms}} 毫秒',
  noAnswer: '无法访问（{{detail}}）',
  findings: '注意事项',
  clean: '没有发现问题。',
  error: '问题',
  warning: '警告',
  info: '提示',
}

export const machine = { en, 'zh-CN': zhCN }
export const doctor = { en: doctorEn, 'zh-CN': doctorZh }
