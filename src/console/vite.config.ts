// Builds the console into dist/console, which `yiji serve` hands out. Everything is of one origin; nothing is fetched from outside.
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue()],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: fileURLToPath(new URL('../../dist/console', import.meta.url)),
    emptyOutDir: true,
    // The player's chunk is large and comes only with a live view.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  // For work on the pages: `npx vite src/console` beside a running `yiji serve`.
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
