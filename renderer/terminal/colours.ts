import type { ITheme } from '@xterm/xterm'

/** Both palettes hold 4.5:1 on their background, also for the "bright" half. */
const light: ITheme = {
  background: '#fbfbf9',
  foreground: '#24262b',
  cursor: '#fbfbf9',
  selectionBackground: '#c9d3fa',
  black: '#24262b',
  red: '#b02a1c',
  green: '#12693f',
  yellow: '#7d5200',
  blue: '#2d47bd',
  magenta: '#8a2a86',
  cyan: '#0b6477',
  white: '#65686f',
  brightBlack: '#65686f',
  brightRed: '#bf3324',
  brightGreen: '#197447',
  brightYellow: '#85590a',
  brightBlue: '#3451d1',
  brightMagenta: '#9a3596',
  brightCyan: '#126d81',
  brightWhite: '#1b1c20',
}

const dark: ITheme = {
  background: '#131519',
  foreground: '#dfe2e8',
  cursor: '#131519',
  selectionBackground: '#34406f',
  black: '#969ca8',
  red: '#ff978d',
  green: '#6bd19a',
  yellow: '#e6bb66',
  blue: '#9db0ff',
  magenta: '#e29be0',
  cyan: '#6fc8da',
  white: '#dfe2e8',
  brightBlack: '#969ca8',
  brightRed: '#ffb0a8',
  brightGreen: '#8be0b2',
  brightYellow: '#f1cf8b',
  brightBlue: '#b8c6ff',
  brightMagenta: '#eeb6ec',
  brightCyan: '#93d9e7',
  brightWhite: '#ffffff',
}

export const terminalColours = { light, dark }

/** Marks of the search; the decoration API takes only #RRGGBB. */
export const searchColours = {
  light: { match: '#fbe5a8', active: '#f3b93d', ruler: '#b98600' },
  dark: { match: '#4b3b12', active: '#8a6710', ruler: '#e6bb66' },
}
