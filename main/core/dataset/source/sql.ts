/** A text literal of SQL; names of files are the user's, and may hold quotes. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name of SQL: a column may be called anything. */
export const named = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A file that is read. DuckDB takes names for patterns: "data [v2]" would be no folder. */
export const fileSql = (path: string): string => quoted(path.replace(/[*?[]/g, '[$&]'))

export const filesSql = (paths: readonly string[]): string => `[${paths.map(fileSql).join(', ')}]`
