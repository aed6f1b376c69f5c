/** What is seen in the files of a dataset, and what would go wrong with its rows in training. */
const en = {}
const zhCN: typeof en = {}

export const dataset = { en, 'zh-CN': zhCN }
