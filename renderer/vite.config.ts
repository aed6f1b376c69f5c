import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/**
 * xterm 6.0.0 gives cells their colours with setAttribute('style', …), which our content security policy refuses
 * as it should; the same through the CSS object model is allowed. An xterm without that line stops the build, so
 * that this is looked at again.
 */
function xtermUnderPolicy(): Plugin {
  const refused = 't.setAttribute("style",`${t.getAttribute("style")||""}${e};`)'
  return {
    name: 'xterm-under-policy',
    transform(code, id) {
      if (!/@xterm[\\/]xterm[\\/]lib[\\/]xterm\.mjs/.test(id)) return null
      if (!code.includes(refused)) this.error('xterm no longer sets styles as expected; look at xtermUnderPolicy again')
      return { code: code.replace(refused, 't.style.cssText+=`${e};`'), map: null }
    },
  }
}

/**
 * KaTeX 0.19 gives the SVG of an arrow its width with setAttribute('style', …), which the policy refuses as well. And
 * of its fonts one format is enough: every Chromium we run in, and every browser of today, reads woff2.
 */
function katexUnderPolicy(): Plugin {
  const refused = 'node.setAttribute(attr, this.attributes[attr]);'
  const allowed = "if (attr === 'style') node.style.cssText = this.attributes[attr]; else "
  return {
    name: 'katex-under-policy',
    enforce: 'pre',
    transform(code, id) {
      if (/katex[\\/]dist[\\/]katex\.min\.css/.test(id))
        return { code: code.replace(/,url\([^)]*\.(?:woff|ttf)\) ?format\("[a-z]+"\)/g, ''), map: null }
      if (!/katex[\\/]dist[\\/]katex\.mjs/.test(id)) return null
      if (!code.includes(refused)) this.error('katex no longer sets styles as expected; look at katexUnderPolicy again')
      return { code: code.replaceAll(refused, allowed + refused), map: null }
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The same files are served from http://127.0.0.1:port/ and from app://launchpad/.
  base: './',
  plugins: [react(), xtermUnderPolicy(), katexUnderPolicy()],
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
