/** Why a completion is not right in the eyes of a reward rule. */
const en = {}
const zhCN: typeof en = {}

export const reward = { en, 'zh-CN': zhCN }
