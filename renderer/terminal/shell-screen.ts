import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import type { TerminalSize } from '#contract'
import { terminalColours } from './colours'
import type { Scheme } from './screen'
import { withStyleNonce } from './style-nonce'

/** The terminal a shell is used in: what is typed goes to `onInput`. */
export interface ShellScreen {
  write(text: string): Promise<void>
  reset(): void
  paint(scheme: Scheme): void
  size(): TerminalSize
  focus(): void
  dispose(): void
}

interface ShellScreenEvents {
  onInput(text: string): void
  onResize(size: TerminalSize): void
  /** Ctrl+F6: the keyboard's way out, as Tab and Escape belong to the shell. */
  onLeave(): void
}

const SCROLLBACK_LINES = 10_000

export function createShellScreen(
  host: HTMLElement,
  scheme: Scheme,
  name: string,
  events: ShellScreenEvents,
): ShellScreen {
  const terminal = new Terminal({
    cursorBlink: false,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: 13,
    lineHeight: 1.3,
    // A program may print links made by anyone; none of them is to be opened from here.
    linkHandler: { activate: () => undefined },
    minimumContrastRatio: 4.5,
    scrollback: SCROLLBACK_LINES,
    theme: coloursOf(scheme),
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  withStyleNonce(() => terminal.open(host))
  terminal.textarea?.setAttribute('aria-label', name)
  terminal.attachCustomKeyEventHandler((event) => {
    const shifted = event.ctrlKey && event.shiftKey
    if (event.ctrlKey && event.key === 'F6') {
      event.preventDefault()
      if (event.type === 'keydown') events.onLeave()
      return false
    }
    if (shifted && event.code === 'KeyC') {
      event.preventDefault()
      if (event.type === 'keydown' && terminal.hasSelection())
        void navigator.clipboard.writeText(terminal.getSelection())
      return false
    }
    // Left to the browser, which then pastes as text; reading the clipboard by ourselves would need a permission.
    return !(shifted && event.code === 'KeyV')
  })
  terminal.onData(events.onInput)
  terminal.onResize(({ cols, rows }) => events.onResize({ cols, rows }))
  const resized = new ResizeObserver(() => {
    if (host.clientWidth > 0) fit.fit()
  })
  resized.observe(host)
  fit.fit()

  return {
    write: (text) => new Promise((resolve) => terminal.write(text, resolve)),
    reset: () => terminal.reset(),
    paint: (next) => {
      terminal.options.theme = coloursOf(next)
    },
    size: () => ({ cols: terminal.cols, rows: terminal.rows }),
    focus: () => terminal.focus(),
    dispose: () => {
      resized.disconnect()
      terminal.dispose()
    },
  }
}

/** A log hides its cursor; a shell needs one. */
function coloursOf(scheme: Scheme) {
  const colours = terminalColours[scheme]
  return { ...colours, cursor: colours.foreground ?? '', cursorAccent: colours.background ?? '' }
}
