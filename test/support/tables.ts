import { DuckDBInstance } from '@duckdb/node-api'

/** Runs SQL in an empty DuckDB: what writes real parquet, CSV and JSON for the tests. */
export async function runSql(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    for (const sql of statements) await connection.run(sql)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Rows as verl takes them: sums and their worked answers. */
export const sums = (rows: number) => `
  SELECT 'openai/gsm8k' AS data_source,
    [{'role': 'user', 'content': format('What is {} + {}?', i, i % 7)}] AS prompt,
    'math' AS ability,
    {'style': 'rule', 'ground_truth': (i + i % 7)::VARCHAR} AS reward_model,
    {'split': 'train', 'index': i, 'answer': format('#### {}', i + i % 7), 'question': format('What is {} + {}?', i, i % 7)} AS extra_info
  FROM range(${rows}) t(i)`

export const copyTo = (select: string, file: string, options: string) =>
  `COPY (${select}) TO '${file.replaceAll("'", "''")}' (${options})`
