/** A text literal of SQL; names of files are the user's, and may hold quotes. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name of SQL: a column may be called anything. */
export const named = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const listOf = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`
