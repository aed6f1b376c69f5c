/**
 * Where the brace that opens first behind `start` is closed, or -1. Counts as verl does: a closing brace that comes too
 * early counts as well, and then the pair is never found.
 */
export function closingBrace(text: string, start: number): number {
  let open = 0
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '{') open += 1
    else if (text[index] === '}') {
      open -= 1
      if (open === 0) return index
    }
  }
  return -1
}
