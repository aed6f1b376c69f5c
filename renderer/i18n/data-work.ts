/** Making of a dataset what verl reads: mapping, tokens, check, reward, writing. */
export const work = { map: { title: 'Mapping' } }
