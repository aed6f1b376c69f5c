import type { PageWords } from './en'

export const look: PageWords['data']['look'] = {
  title: '数据',
  lead: '打开任意数据集，看清 verl 会读到什么，并写出它能读的数据。',
  tabs: {
    rows: '数据行',
    profile: '列',
    compare: '并排对比',
    map: '映射',
    tokens: '词元',
    lint: '检查',
    reward: '奖励',
    write: '写出',
  },
}
