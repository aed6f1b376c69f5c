import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { searchColours, terminalColours } from './colours'
import { withStyleNonce } from './style-nonce'

export type Scheme = 'light' | 'dark'
export interface Matches {
  /** From 1; 0 when none is marked. */
  at: number
  total: number
}

/** The terminal a log is shown in: it takes text and never sends any. */
export interface Screen {
  write(text: string): Promise<void>
  reset(): void
  paint(scheme: Scheme): void
  find(text: string, direction: 'next' | 'previous' | 'typing'): void
  onMatches(notify: (matches: Matches) => void): void
  onAtEnd(notify: (atEnd: boolean) => void): void
  text(): string
  toEnd(): void
  dispose(): void
}

const SCROLLBACK_LINES = 10_000

function createTerminal(scheme: Scheme): Terminal {
  return new Terminal({
    allowProposedApi: true,
    convertEol: true,
    cursorBlink: false,
    cursorInactiveStyle: 'none',
    disableStdin: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: 12.5,
    lineHeight: 1.35,
    // A log may carry links made by anyone; none of them is to be opened from here.
    linkHandler: { activate: () => undefined },
    minimumContrastRatio: 4.5,
    screenReaderMode: false,
    scrollback: SCROLLBACK_LINES,
    theme: terminalColours[scheme],
  })
}

function searchOptions(scheme: Scheme, incremental: boolean): ISearchOptions {
  const { match, active, ruler } = searchColours[scheme]
  return {
    incremental,
    decorations: {
      matchBackground: match,
      matchOverviewRuler: ruler,
      activeMatchBackground: active,
      activeMatchColorOverviewRuler: ruler,
    },
  }
}

/** Everything on show as text: wrapped rows are joined again into the lines they were. */
function wholeText(terminal: Terminal): string {
  const buffer = terminal.buffer.active
  const lines: string[] = []
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row)
    if (line === undefined) continue
    const text = line.translateToString(true)
    if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text
    else lines.push(text)
  }
  return lines.join('\n').trimEnd()
}

function isAtEnd(terminal: Terminal): boolean {
  const buffer = terminal.buffer.active
  return buffer.viewportY >= buffer.baseY
}

export function createScreen(host: HTMLElement, first: Scheme, name: string): Screen {
  let scheme = first
  const terminal = createTerminal(scheme)
  const fit = new FitAddon()
  const search = new SearchAddon({ highlightLimit: 1000 })
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  withStyleNonce(() => terminal.open(host))
  terminal.textarea?.setAttribute('aria-label', name)
  // Tab must leave the log, and Ctrl+C must copy: the terminal handles scrolling keys only.
  terminal.attachCustomKeyEventHandler((event) => event.shiftKey || /^(Page|Arrow|Home|End)/.test(event.key))
  const resized = new ResizeObserver(() => {
    if (host.clientWidth > 0) fit.fit()
  })
  resized.observe(host)

  return {
    write: (text) => new Promise((resolve) => terminal.write(text, resolve)),
    reset: () => terminal.reset(),
    paint: (next) => {
      scheme = next
      terminal.options.theme = terminalColours[next]
    },
    find: (text, direction) => {
      if (text === '') search.clearDecorations()
      else if (direction === 'next') search.findNext(text, searchOptions(scheme, false))
      else search.findPrevious(text, searchOptions(scheme, direction === 'typing'))
    },
    onMatches: (notify) => {
      search.onDidChangeResults(({ resultIndex, resultCount }) => notify({ at: resultIndex + 1, total: resultCount }))
    },
    onAtEnd: (notify) => {
      terminal.onScroll(() => notify(isAtEnd(terminal)))
      terminal.onWriteParsed(() => notify(isAtEnd(terminal)))
    },
    text: () => (terminal.hasSelection() ? terminal.getSelection() : wholeText(terminal)),
    toEnd: () => terminal.scrollToBottom(),
    dispose: () => {
      resized.disconnect()
      terminal.dispose()
    },
  }
}
