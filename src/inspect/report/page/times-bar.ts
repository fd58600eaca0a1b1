// The times of each attempt as bars of one scale: what took how long is seen before it is read. SVG, no script.
import type { TimesBar } from '../document/blocks.ts'

const [width, labelWidth, rowHeight] = [720, 70, 26]
const colours = ['#8a97a8', '#5b7fb5', '#3f9a8f', '#c98a2b', '#0f7b46'] as const

export function timesBar(bars: readonly TimesBar[], escape: (text: string) => string): string {
  const scaleMs = Math.max(1, ...bars.flatMap(({ marks }) => marks.map(({ atMs }) => atMs)))
  const x = (ms: number): number => labelWidth + ((width - labelWidth - 70) * ms) / scaleMs
  const height = bars.length * rowHeight + 18
  const names = [...new Set(bars.flatMap(({ marks }) => marks.map(({ name }) => name)))]
  const colour = (name: string): string => colours[names.indexOf(name) % colours.length] ?? colours[0]
  const rows = bars.map(({ label, marks }, index) => {
    const top = index * rowHeight + 4
    const sorted = [...marks].sort((a, b) => a.atMs - b.atMs)
    const parts = sorted.map(({ name, atMs }, at) => {
      const from = at === 0 ? 0 : (sorted[at - 1]?.atMs ?? 0)
      return `<rect x="${x(from).toFixed(1)}" y="${top}" width="${Math.max(0.8, x(atMs) - x(from)).toFixed(1)}" height="14" fill="${colour(name)}"/>`
    })
    const end = sorted.at(-1)?.atMs ?? 0
    return `<text x="0" y="${top + 11}">${escape(label)}</text>${parts.join('')}<text x="${(x(end) + 4).toFixed(1)}" y="${top + 11}">${end.toFixed(1)} ms</text>`
  })
  const legend = names.map((name, index) => `<rect x="${labelWidth + index * 125}" y="${height - 14}" width="9" height="9" fill="${colour(name)}"/><text x="${labelWidth + index * 125 + 13}" y="${height - 6}">${escape(name)}</text>`)
  return `<svg viewBox="0 0 ${width} ${height}" role="img">${rows.join('')}${legend.join('')}</svg>`
}
