import { en } from './en'
import { zhCN } from './zh-CN'

export type { Words } from './en'

/** Words for the core's codes, by language; pages add their own beside these. */
export const words = { en, 'zh-CN': zhCN }
