/** Texts for one row, parted by lines of three or more dashes. Empty ones are no texts. */
export const blocksOf = (text: string): string[] =>
  text
    .split(/^-{3,}[ \t]*$/m)
    .map((block) => block.trim())
    .filter((block) => block !== '')
