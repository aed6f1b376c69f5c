import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Everything but the end-to-end suites, which need a built app and have their own file. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/{unit,contract,integration}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
