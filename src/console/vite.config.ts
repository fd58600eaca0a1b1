// Builds the console into dist/console, which `yiji serve` hands out. Everything is of one origin; nothing is fetched from outside.
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const outDir = fileURLToPath(new URL('../../dist/console', import.meta.url))

/** Each text beside itself in gzip, made once here instead of at every request: over a narrow line the first page is a third. */
const gzipped: Plugin = {
  name: 'gzipped',
  apply: 'build',
  writeBundle: ({ dir = outDir }) => {
    for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) if (/\.(js|css|html|svg)$/.test(file)) writeFileSync(`${join(dir, file)}.gz`, gzipSync(readFileSync(join(dir, file)), { level: 9 }))
  },
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue(), gzipped],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir,
    emptyOutDir: true,
    // The player's chunk is large and comes only with a live view.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Many small parts cost a request each, one after the other over a slow line. Two that every page needs come at once: what draws, and the parts it
        // draws with; our own small pieces go with them. Map and player stay with the pages that show them.
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|vue-i18n|@intlify)[\\/]/, priority: 30 },
            { name: 'element', test: /node_modules[\\/](element-plus|@element-plus|@vueuse|lodash-unified|lodash-es|@popperjs|@floating-ui|async-validator|dayjs|normalize-wheel-es|memoize-one)[\\/]/, priority: 20 },
            { name: 'common', test: /src[\\/]console[\\/](ui|client|i18n)[\\/]/, priority: 10 },
          ],
        },
      },
    },
  },
  // For work on the pages: `npx vite src/console` beside a running `yiji serve`.
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
