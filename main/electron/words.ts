import { withCause, words as coreWords } from '#contract/locales'
import type { AppErrorData, Language, Notice } from '#contract'

/** The few sentences that the window's frame says itself. Everything else is the page's. */
const en = {
  open: 'Open Verl Launchpad',
  quit: 'Quit',
  idle: 'Verl Launchpad',
  training: 'Verl Launchpad – training',
  trainingStarts: '{{name}}: starting',
  trainingAt: '{{name}}: step {{step}}',
  trainingOf: '{{name}}: step {{step}} of {{planned}} ({{percent}} %)',
  look: 'Show',
  stop: 'Stop…',
  stopAtCheckpoint: 'Stop after the next checkpoint…',
  stopAsk: 'Stop "{{name}}"?',
  stopNowText: 'It ends now. What was learnt since the last checkpoint is lost.',
  stopAtCheckpointText: 'It goes on until the next checkpoint is saved, and ends then.',
  doStop: 'Stop',
  keepOn: 'Go on',
  notDone: 'That was not possible',
  file: 'File',
  edit: 'Edit',
  view: 'View',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  pasteText: 'Paste as text',
  selectAll: 'Select all',
  reload: 'Reload',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomReset: 'Normal size',
  fullScreen: 'Full screen',
  developer: 'Developer tools',
  close: 'Close window',
  stillThere: 'The work goes on',
  hidden:
    'This window is closed, and the app stays in the notification area while something runs. Training goes on even when you quit.',
  minimised:
    'This system has no notification area, so the window is only made small while something runs. Training goes on even when you quit.',
  understood: 'OK',
  rootTitle: 'The data folder cannot be opened',
  rootText: 'It is tried again until it can be. If it was on another disk, connect it, or open another folder for now.',
  otherFolder: 'Open another folder…',
  wait: 'Keep trying',
  pickRoot: 'Data folder',
  pickFolder: 'Choose a folder',
  pickFiles: 'Choose data files',
  noNode:
    'Node 20.19 or newer is needed beside this old Electron, and none was found. Install Node, or set LAUNCHPAD_NODE to its path.',
  crashedTitle: 'The window keeps failing',
  crashedText: 'It was reloaded several times and failed again ({{reason}}). Training is not touched by this.',
  tryAgain: 'Try again',
}
export type HostWords = typeof en

const zhCN: HostWords = {
  open: '打开 Verl Launchpad',
  quit: '退出',
  idle: 'Verl Launchpad',
  training: 'Verl Launchpad – 正在训练',
  trainingStarts: '{{name}}：正在启动',
  trainingAt: '{{name}}：第 {{step}} 步',
  trainingOf: '{{name}}：第 {{step}} 步，共 {{planned}} 步（{{percent}}%）',
  look: '查看',
  stop: '停止…',
  stopAtCheckpoint: '在下一个检查点之后停止…',
  stopAsk: '停止“{{name}}”？',
  stopNowText: '训练会立即结束，上一个检查点之后学到的内容将丢失。',
  stopAtCheckpointText: '训练会继续到保存下一个检查点，然后结束。',
  doStop: '停止',
  keepOn: '继续训练',
  notDone: '无法完成此操作',
  file: '文件',
  edit: '编辑',
  view: '视图',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  pasteText: '粘贴为纯文本',
  selectAll: '全选',
  reload: '重新加载',
  zoomIn: '放大',
  zoomOut: '缩小',
  zoomReset: '实际大小',
  fullScreen: '全屏',
  developer: '开发者工具',
  close: '关闭窗口',
  stillThere: '任务仍在继续',
  hidden: '窗口已关闭；只要还有任务在运行，应用就留在通知区域。即使退出应用，训练也会继续。',
  minimised: '此系统没有通知区域，因此任务运行期间窗口只会最小化。即使退出应用，训练也会继续。',
  understood: '知道了',
  rootTitle: '无法打开数据文件夹',
  rootText: '应用会不断重试，直到可以打开。如果它在另一块磁盘上，请连接该磁盘，或暂时打开其他文件夹。',
  otherFolder: '打开其他文件夹…',
  wait: '继续重试',
  pickRoot: '数据文件夹',
  pickFolder: '选择文件夹',
  pickFiles: '选择数据文件',
  noNode:
    '这个旧版 Electron 需要另外的 Node 20.19 或更高版本，但没有找到。请安装 Node，或将 LAUNCHPAD_NODE 设为它的路径。',
  crashedTitle: '窗口反复出错',
  crashedText: '已重新加载多次，仍然出错（{{reason}}）。训练不受影响。',
  tryAgain: '重试',
}

const all: Record<Language, HostWords> = { en, 'zh-CN': zhCN }

/** The language chosen in the app, else the system's where we have it, else English. */
export const resolveLanguage = (chosen: Language | null, system: string): Language =>
  chosen ?? (system.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en')

export const hostWords = (language: Language): HostWords => all[language]

export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{\{\s*(\w+)[^}]*\}\}/g, (_whole, name: string) => String(values[name] ?? ''))

/** The core's own sentence for one of its errors. */
export const sayError = (language: Language, { code, params }: AppErrorData): string =>
  fill(coreWords[language].errors[code], params)

/** The core's own sentence for what happened in a training. */
export const sayNotice = (language: Language, { kind, params, cause }: Notice): string => {
  const values = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)]))
  return withCause(fill(coreWords[language].notice[kind], values), cause, language)
}
