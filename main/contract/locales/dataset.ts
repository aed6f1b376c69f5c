/** What is seen in the files of a dataset, and what would go wrong with its rows in training. */
const en = {
  DATA_VERL_READS: "verl's own reader went through {{rows}} rows and found each as it was written.",
  DATA_LINES_SET_ASIDE:
    '{{count}} lines of {{of}} cannot be read, the first is line {{first}}. They were left out and kept in {{file}}.',
  DATA_SCHEMAS_DIFFER: '{{file}} has other columns than the first file: {{columns}}',
  DATA_TYPES_MIXED: 'The column "{{column}}" holds values of different types ({{types}}).',
  DATA_LARGE_LIST:
    'These columns have 64-bit offsets (LargeList, LargeString), which verl cannot join with ordinary ones: {{columns}}',
}
const zhCN: typeof en = {
  DATA_VERL_READS: 'verl 自己的读取程序读完了 {{rows}} 行，每一行都与写入的一致。',
  DATA_LINES_SET_ASIDE:
    '{{of}} 中有 {{count}} 行无法读取，第一个是第 {{first}} 行。这些行已略过，并保存在 {{file}} 中。',
  DATA_SCHEMAS_DIFFER: '{{file}} 的列与第一个文件不同：{{columns}}',
  DATA_TYPES_MIXED: '列“{{column}}”中有不同类型的值（{{types}}）。',
  DATA_LARGE_LIST: '这些列使用 64 位偏移（LargeList、LargeString），verl 无法将其与普通列合并：{{columns}}',
}

export const dataset = { en, 'zh-CN': zhCN }
