// How points and clusters are drawn: a disc with its number inside a ring of shares, a dot for one camera. Plain canvas, no glyphs and no pictures.
import type { Colouring, PointCluster } from '../../api/schema/index.ts'

/** By word, the same in light and dark; each is told apart by its share and its legend too. */
export const colours: Readonly<Record<Colouring, Readonly<Record<string, string>>>> = {
  class: { '1': '#c2413b', '2': '#d98200', '3': '#2774ae', '4': '#7353ba', '9': '#5f7f7a', none: '#8a94a3' },
  presence: { online: '#15834b', late: '#d98200', offline: '#c2413b', unknown: '#8a94a3' },
  record: { complete: '#15834b', incomplete: '#c2413b', draft: '#d98200' },
  verdict: { pass: '#15834b', review: '#d98200', fail: '#c2413b', none: '#8a94a3' },
}

export interface Look {
  readonly by: Colouring
  readonly words: readonly string[]
  /** Of the ground and the numbers, as the page has them. */
  readonly disc: string
  readonly ink: string
}

export const radiusOf = (n: number): number => (n === 1 ? 7 : Math.min(26, 13 + 4 * Math.log10(n)))
/** 1,234 is 1.2k: a disc is small. */
export const shortNumber = (n: number): string => (n < 1000 ? String(n) : n < 10_000 ? `${(n / 1000).toFixed(1)}k` : n < 1_000_000 ? `${Math.round(n / 1000)}k` : `${(n / 1_000_000).toFixed(1)}M`)

export function drawSign(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], scale: number, { n, counts }: Pick<PointCluster, 'n' | 'counts'>, look: Look, isChosen: boolean): void {
  const colourOf = (at: number): string => colours[look.by][look.words[at] ?? ''] ?? '#8a94a3'
  const radius = radiusOf(n) * scale
  context.save()
  context.translate(x, y)
  if (isChosen) {
    context.beginPath()
    context.arc(0, 0, radius + 5 * scale, 0, 2 * Math.PI)
    context.fillStyle = 'rgb(39 116 174 / 35%)'
    context.fill()
  }
  context.beginPath()
  context.arc(0, 0, radius, 0, 2 * Math.PI)
  if (n === 1) {
    context.fillStyle = colourOf(counts.findIndex((count) => count > 0))
    context.fill()
    context.lineWidth = 2 * scale
    context.strokeStyle = look.disc
    context.stroke()
    return context.restore()
  }
  context.fillStyle = look.disc
  context.fill()
  const wide = 5 * scale
  context.lineWidth = wide
  let from = -Math.PI / 2
  for (const [at, count] of counts.entries()) {
    if (count === 0) continue
    const to = from + (count / n) * 2 * Math.PI
    context.beginPath()
    context.arc(0, 0, radius - wide / 2, from, to)
    context.strokeStyle = colourOf(at)
    context.stroke()
    from = to
  }
  context.fillStyle = look.ink
  context.font = `600 ${11 * scale}px system-ui, sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(shortNumber(n), 0, 0.5 * scale)
  context.restore()
}
