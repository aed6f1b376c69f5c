import type { PageWords } from './en'

/** Words of the settings' part about notifications; a part of `zhCN`. */
export const notify: PageWords['notify'] = {
  title: '通知',
  text: '应用运行时在桌面上通知；如设置了 Webhook，也会发送到那里。',
  kinds: {
    firstStep: '第一步已完成',
    validation: '一次验证',
    best: '创下新高',
    stall: '不再有进展',
    crash: '训练出错结束',
    diskLow: '磁盘将满',
    finished: '训练已完成',
  },
  quiet: '免打扰时段',
  quietText: '在此时段内只记录，不提醒。',
  from: '从',
  to: '到',
  webhook: 'Webhook',
  webhookText:
    '每条消息都会发送到此地址：Slack、飞书、Lark、钉钉、企业微信和 Discord 使用各自的格式，其他地址收到 JSON。知道地址的人都能向它发消息，因此地址会作为机密保存，不再显示。',
  webhookNone: '尚未设置',
  webhookSet: '消息发送到 {{host}}',
  address: '地址',
  save: '保存',
  try: '发送测试消息',
  tried: '已送达（状态 {{status}}）。',
  forget: '清除',
}
