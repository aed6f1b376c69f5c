/** Types of browsers.mjs for the tests, which are TypeScript. */
export function cacheFolder(): string
export function onPath(...names: string[]): string | null
export function findChromium(): string | null
export function findXvfb(): string | null
export function packagedElectron(): string | null
export function findElectron(): string | null
