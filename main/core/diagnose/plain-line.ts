/** Who wrote a line and what it says, without the dress that Ray, loggers, ranks and containers put on it. */
export interface PlainLine {
  /** "WorkerDict pid=12", "rank0", "": the main process or not said. */
  source: string
  text: string
  /** How many like it there were; Ray shows one of several (its deduplication, off in our own runs). */
  repeated: number
}

// Colours of a terminal, with and without their escape.
/* eslint-disable no-control-regex */
const COLOUR =
  /\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|\u001b[()][A-B0]|(?<![\w\]])\[(?:\d{1,2}(?:;\d{1,2})?)m/g
/* eslint-enable no-control-regex */
const REPEATED = /\s*\[repeated (\d+)x across cluster\](?:\s*\(Ray deduplicates[^)]*\))?\s*$/
const stamp = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?`

/** Each may stand before the others, and more than once. The first group, if any, names who wrote the line. */
const PREFIXES: readonly RegExp[] = [
  /^\(((?:[\w.:<>=-]+ )*pid=\d+)(?:, ip=[\d.]+)?(?:, actor_id=\w+)?\)\s?/,
  /^\((raylet|autoscaler|gcs_server)[^)]*\)\s?/,
  /^\[?(rank\d+)\]?:(?:\[rank\d+\]:)?\s?/,
  /^\[default(\d+)\]:\s?/,
  /^(?:ERROR|WARNING|INFO|CRITICAL|DEBUG) \d\d-\d\d \d\d:\d\d:\d\d (?:\[[^\]]+\]|[\w./]+\.py:\d+\])\s?/,
  /^\[[\w./]+\.py:\d+\]\s?/,
  // A container's name, as docker compose prints it.
  /^[\w.-]+\s+\| /,
  new RegExp(`^\\[${stamp}(?: (?:TP|DP|PP|EP)\\d+)*\\]\\s?`),
  new RegExp(`^${stamp}\\s*[-|]?\\s?(?=\\S)(?:\\[?(?:ERROR|WARNING|INFO|CRITICAL|DEBUG)\\]?\\s*[-|:]?\\s?)?`),
]

/** `line` has no line end. */
export function plainLine(line: string): PlainLine {
  let text = line.includes('[') ? line.replaceAll(COLOUR, '') : line
  const repeated = text.includes('[repeated ') ? REPEATED.exec(text) : null
  if (repeated !== null) text = text.slice(0, repeated.index)
  let source = ''
  for (let again = true; again;) {
    again = false
    for (const prefix of PREFIXES) {
      const found = prefix.exec(text)
      if (found === null || found[0] === '') continue
      source ||= found[1] ?? ''
      text = text.slice(found[0].length)
      again = true
    }
  }
  return { source, text: text.trimEnd(), repeated: repeated === null ? 1 : Number(repeated[1]) }
}
