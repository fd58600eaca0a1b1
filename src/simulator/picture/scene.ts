// Drawn scenes with the fine edges and textures a camera sees: facades, foliage, paving, railings. SVG without text, so no font is needed.
import { seededRandom } from '../../base/index.ts'

export type SceneName = 'street' | 'gate' | 'square'

/** An SVG drawing of the scene; the same name and size give the same text. */
export function drawScene(name: SceneName, width: number, height: number): string {
  const random = seededRandom({ street: 11, gate: 23, square: 37 }[name])
  const between = (from: number, to: number): number => from + random() * (to - from)
  const horizon = height * { street: 0.5, gate: 0.58, square: 0.42 }[name]
  const parts: string[] = [
    `<defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#8fb4d8"/><stop offset="1" stop-color="#dfe8ee"/></linearGradient></defs>`,
    `<rect width="${width}" height="${horizon}" fill="url(#sky)"/>`,
    `<rect y="${horizon}" width="${width}" height="${height - horizon}" fill="#8a8a86"/>`,
  ]
  for (let x = -20; x < width; ) {
    const facade = between(width * 0.09, width * 0.2)
    parts.push(...drawFacade(x, horizon, facade, between(height * 0.2, horizon * 0.92), between))
    x += facade + between(0, width * 0.03)
  }
  parts.push(...drawPaving(width, height, horizon))
  if (name === 'street') parts.push(...drawLaneMarks(width, height, horizon))
  if (name === 'gate') parts.push(...drawRailing(width, height * 0.78, height * 0.2))
  const trees = { street: 4, gate: 3, square: 6 }[name]
  for (let i = 0; i < trees; i++) parts.push(...drawTree(((i + between(0.2, 0.8)) * width) / trees, horizon + between(0, height * 0.12), height * between(0.14, 0.22), between))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`
}

type Between = (from: number, to: number) => number
const gray = (value: number, warm = 0): string => `rgb(${Math.round(value + warm)},${Math.round(value)},${Math.round(value - warm)})`

function* drawFacade(left: number, base: number, width: number, height: number, between: Between): Generator<string> {
  const tone = between(90, 205)
  yield `<rect x="${left}" y="${base - height}" width="${width}" height="${height}" fill="${gray(tone, 12)}"/>`
  const pitch = between(13, 22)
  for (let y = base - height + 8; y < base - pitch; y += pitch * 1.25) {
    for (let x = left + 6; x < left + width - pitch; x += pitch) {
      const glass = between(25, 110)
      yield `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(pitch * 0.6).toFixed(1)}" height="${(pitch * 0.8).toFixed(1)}" fill="${gray(glass, -8)}" stroke="${gray(Math.min(245, tone + 35))}" stroke-width="1.4"/>`
    }
  }
}

function* drawPaving(width: number, height: number, horizon: number): Generator<string> {
  for (let depth = 0; depth < 16; depth++) {
    const y = horizon + (height - horizon) * (depth / 16) ** 1.6
    yield `<line x1="0" x2="${width}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="#5e5e5a" stroke-width="1.5"/>`
  }
  for (let x = -width; x < width * 2; x += width / 14) {
    yield `<line x1="${(width / 2 + (x - width / 2) * 0.35).toFixed(1)}" y1="${horizon}" x2="${x.toFixed(1)}" y2="${height}" stroke="#666661" stroke-width="1.5"/>`
  }
}

function* drawLaneMarks(width: number, height: number, horizon: number): Generator<string> {
  for (let i = 0; i < 7; i++) {
    const y = horizon + (height - horizon) * (0.2 + i * 0.11)
    yield `<rect x="${(width * 0.5 - 5 - i).toFixed(1)}" y="${y.toFixed(1)}" width="${10 + 2 * i}" height="${(height * 0.05).toFixed(1)}" fill="#f2f2ea"/>`
  }
}

function* drawRailing(width: number, top: number, height: number): Generator<string> {
  yield `<rect x="0" y="${top}" width="${width}" height="5" fill="#22302a"/>`
  for (let x = 4; x < width; x += 15) yield `<rect x="${x}" y="${top}" width="4" height="${height}" fill="#1d2924"/>`
}

function* drawTree(x: number, base: number, size: number, between: Between): Generator<string> {
  yield `<rect x="${(x - 4).toFixed(1)}" y="${(base - size).toFixed(1)}" width="8" height="${size.toFixed(1)}" fill="#4a3b2c"/>`
  for (let leaf = 0; leaf < 420; leaf++) {
    const angle = between(0, Math.PI * 2)
    const reach = Math.sqrt(between(0, 1)) * size * 0.55
    const light = between(30, 120)
    yield `<circle cx="${(x + Math.cos(angle) * reach).toFixed(1)}" cy="${(base - size * 1.15 + Math.sin(angle) * reach * 0.8).toFixed(1)}" r="${between(1.2, 3.4).toFixed(1)}" fill="rgb(${Math.round(light * 0.5)},${Math.round(light)},${Math.round(light * 0.35)})"/>`
  }
}
