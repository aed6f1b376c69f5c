/** What is seen in the files of a dataset, and what would go wrong with its rows in training. */
const en = {
  DATA_VERL_READS: "verl's own reader went through {{rows}} rows and found each as it was written.",
}
const zhCN: typeof en = {
  DATA_VERL_READS: 'verl 自己的读取程序读完了 {{rows}} 行，每一行都与写入的一致。',
}

export const dataset = { en, 'zh-CN': zhCN }
