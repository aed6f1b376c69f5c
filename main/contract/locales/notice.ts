import type { Notice, NoticeKind } from '../notice'

/** What is told somebody who is not looking; of a notice's params. */
const en: Record<NoticeKind, string> = {
  firstStep: '{{name}}: the first step is done. It works.',
  validation: '{{name}}: validation at step {{step}}: {{key}} = {{value}}',
  best: '{{name}}: new best at step {{step}}: {{key}} = {{value}} (before: {{before}})',
  stall: '{{name}}: nothing has happened for a while, after step {{step}}.',
  crash: '{{name}} ended with an error after step {{step}}.',
  diskLow: '{{name}}: only {{free}} of disk space left, and the next checkpoint needs {{needed}}.',
  finished: '{{name}} is finished: {{step}} steps.',
}

const zhCN: Record<NoticeKind, string> = {
  firstStep: '{{name}}：第一步已完成，训练正常进行。',
  validation: '{{name}}：第 {{step}} 步验证：{{key}} = {{value}}',
  best: '{{name}}：第 {{step}} 步创下新高：{{key}} = {{value}}（此前 {{before}}）',
  stall: '{{name}}：第 {{step}} 步之后已有一段时间没有进展。',
  crash: '{{name}} 在第 {{step}} 步之后出错结束。',
  diskLow: '{{name}}：磁盘只剩 {{free}}，下一个检查点需要 {{needed}}。',
  finished: '{{name}} 已完成，共 {{step}} 步。',
}

/** `sentence`: that of its kind, in this language. */
export const withCause = (sentence: string, cause: Notice['cause'], language: 'en' | 'zh-CN'): string =>
  cause === null ? sentence : language === 'en' ? `${sentence} ${cause.en}.` : `${sentence}${cause['zh-CN']}。`

export const notice = {
  en,
  'zh-CN': zhCN,
  tried: { en: 'Verl Launchpad can reach you here.', 'zh-CN': 'Verl Launchpad 可以在这里通知你。' },
}
