import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The same files are served from http://127.0.0.1:port/ and from app://launchpad/.
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    // The oldest Chromium the page has to run in (Electron 22); it decides the CSS as well.
    target: 'chrome108',
    cssTarget: 'chrome108',
    sourcemap: false,
    // Every Chromium we run in preloads modules itself.
    modulePreload: { polyfill: false },
    // A file turned into a data: address would be refused by the content security policy for scripts and fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
})
