// Whether a batch of coordinates is in GCJ-02 instead of WGS-84. One point alone proves nothing: what tells them apart is a batch, where the shift of
// some 350 m takes points over the edge of their division, or away from where their devices say they are, all in the same way.
import gcoord from 'gcoord'
import { metresOutside, type Outline } from '../outline.ts'
import { words, type Words } from './rule.ts'

// Its types speak of an ES module, what is loaded is CommonJS: the default import is the library itself.
const { transform, GCJ02, WGS84 } = gcoord as unknown as typeof gcoord.default

interface Point {
  readonly longitude: number
  readonly latitude: number
}

/** Points of one batch that speak for GCJ-02 and for WGS-84; the others, most of them, lie where both datums agree. */
interface Tally {
  readonly shifted: number
  readonly straight: number
}

/** Metres that make a difference: less is drawing, more is the shift's own size. */
const clearM = 30
const farM = 100

/** Bound that we chose: by chance alone so one-sided a batch comes once in a thousand. */
const chance = 0.001

export const fromGcj02 = ({ longitude, latitude }: Point): Point => {
  const [lon = longitude, lat = latitude] = transform([longitude, latitude], GCJ02, WGS84)
  return { longitude: lon, latitude: lat }
}

/** Good to 1 % over a few kilometres. */
function metresApart(a: Point, b: Point): number {
  const perDegree = 111_320
  return Math.hypot((a.longitude - b.longitude) * perDegree * Math.cos((a.latitude * Math.PI) / 180), (a.latitude - b.latitude) * perDegree)
}

/**
 * By the outline: 1 where only the shifted-back point lies inside or at the edge, -1 where only the point as declared does, else 0. A point that is
 * outside either way says nothing: it may only have come nearer.
 */
export function saysOutline(declared: Point, back: Point, outline: Outline): -1 | 0 | 1 {
  const [asDeclared, asBack] = [metresOutside(declared.longitude, declared.latitude, outline), metresOutside(back.longitude, back.latitude, outline)]
  return asBack < clearM && asDeclared - asBack > clearM ? 1 : asDeclared < clearM && asBack - asDeclared > clearM ? -1 : 0
}

/** By what the device reports, WGS-84 by the standard: 1 where the shifted-back point is the reported one and the declared is not; -1 the other way. */
export function saysDevice(declared: Point, back: Point, reported: Point): -1 | 0 | 1 {
  const [asDeclared, asBack] = [metresApart(declared, reported), metresApart(back, reported)]
  return asBack < clearM && asDeclared > farM ? 1 : asDeclared < clearM && asBack > farM ? -1 : 0
}

/** Chance that of n coins at least k fall heads: the one-sided sign test. */
export function signTest(k: number, n: number): number {
  // Logarithms, since the numbers of a large batch pass what a double holds.
  let logOne = -n * Math.LN2
  for (let i = 1; i <= k; i++) logOne += Math.log((n - i + 1) / i)
  let sum = 0
  for (let i = k; i <= n; i++) {
    sum += Math.exp(logOne)
    logOne += Math.log((n - i) / (i + 1))
  }
  return Math.min(1, sum)
}

const isOneSided = ({ shifted, straight }: Tally, points: number): boolean => shifted >= points && signTest(shifted, shifted + straight) <= chance

export interface DatumBatch {
  readonly add: (index: number, byOutline: -1 | 0 | 1, byDevice: -1 | 0 | 1) => void
  /** Of all points that were added. */
  readonly members: readonly number[]
  /** What to say of the batch; undefined where nothing speaks for another datum. */
  readonly verdict: (points: number) => Words | undefined
}

export function createDatumBatch(): DatumBatch {
  const members: number[] = []
  const tally = { outline: { shifted: 0, straight: 0 }, device: { shifted: 0, straight: 0 } }
  const count = (of: { shifted: number; straight: number }, says: -1 | 0 | 1): void => {
    if (says > 0) of.shifted++
    if (says < 0) of.straight++
  }
  return {
    add: (index, byOutline, byDevice) => {
      members.push(index)
      count(tally.outline, byOutline)
      count(tally.device, byDevice)
    },
    members,
    verdict: (points) => {
      const said: Words[] = []
      const { outline, device } = tally
      if (isOneSided(outline, points)) said.push(words(`${outline.shifted}路还原后才落入行政区域、${outline.straight}路相反`, `${outline.shifted} lie in their division only when shifted back, ${outline.straight} only as they are`))
      if (isOneSided(device, points)) said.push(words(`${device.shifted}路还原后才与设备上报位置相符、${device.straight}路相反`, `${device.shifted} are where their device reports only when shifted back, ${device.straight} only as they are`))
      if (said.length === 0) return undefined
      return words(
        `同批${members.length}路坐标疑似GCJ-02：${said.map(({ zh }) => zh).join('；')}。单个点不能证明，请核对该批的坐标系`,
        `the ${members.length} coordinates of this batch look like GCJ-02: ${said.map(({ en }) => en).join('; ')}. One point alone proves nothing: look at the datum of the batch`,
      )
    },
  }
}
