// Rates over time with their exact intervals: points and whiskers, no line between samples that are not of the same cameras.
import type { TrendPoint } from '../document/blocks.ts'

const [width, height, left, bottom] = [720, 220, 44, 40]
/** Labels that fit side by side. */
const maxLabels = 12

export function trendChart(points: readonly TrendPoint[], escape: (text: string) => string): string {
  const inner = { width: width - left - 12, height: height - bottom - 10 }
  const x = (index: number): number => left + (inner.width * (index + 0.5)) / Math.max(1, points.length)
  const y = (rate: number): number => 10 + inner.height * (1 - rate)
  const lines = [0, 0.25, 0.5, 0.75, 1].map((rate) => `<line x1="${left}" x2="${width - 12}" y1="${y(rate)}" y2="${y(rate)}" stroke="#d5dbe3"/><text x="${left - 6}" y="${y(rate) + 4}" text-anchor="end">${rate * 100} %</text>`)
  const every = Math.max(1, Math.ceil(points.length / maxLabels))
  const marks = points.map(({ label, rate, interval: [low, high] }, index) => {
    const at = x(index).toFixed(1)
    const name = index % every === 0 ? `<text x="${at}" y="${height - bottom + 16}" text-anchor="middle">${escape(label)}</text>` : ''
    return `<line x1="${at}" x2="${at}" y1="${y(low).toFixed(1)}" y2="${y(high).toFixed(1)}" stroke="#5b7fb5" stroke-width="2"/><circle cx="${at}" cy="${y(rate).toFixed(1)}" r="4" fill="#1b2430"/>${name}`
  })
  return `<svg viewBox="0 0 ${width} ${height}" role="img">${lines.join('')}${marks.join('')}</svg>`
}
