// What a browser fetches before it can show a page. The player and the map come with their pages.
import t from 'tap'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../../dist/console', import.meta.url))
const mostKb = 400

if (!existsSync(join(dist, 'index.html'))) t.plan(0, 'the console is not built: npm run build')
else {
  t.test('all pages together stay small, player and map apart', async (t) => {
    const files = readdirSync(join(dist, 'assets'))
    const size = (file: string): number => gzipSync(readFileSync(join(dist, 'assets', file))).length / 1000
    const isLater = (file: string): boolean => /^(mpegts|flv|browser|MapPage|ws-loader|player|LiveView|WallPage)/i.test(file)
    const first = files.filter((file) => /\.(js|css)$/.test(file) && !isLater(file))
    const sum = first.reduce((total, file) => total + size(file), 0)
    t.ok(sum <= mostKb, `${sum.toFixed(0)} kB gzip of ${mostKb}`)
    t.comment(`${sum.toFixed(0)} kB gzip in ${first.length} files; later ones: ${files.filter(isLater).map((file) => `${file} ${size(file).toFixed(0)} kB`).join(', ')}`)
  })

  t.test('nothing is fetched from elsewhere', async (t) => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    t.notMatch(html, /(src|href)="https?:/)
  })
}
