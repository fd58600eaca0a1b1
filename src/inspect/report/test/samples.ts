// Inspections made up from a seed for the report's tests: every check goes through concludeCheck, as a real one does.
import { seededRandom } from '../../../base/index.ts'
import { concludeCheck } from '../../judge.ts'
import { defaultRules } from '../../rules/index.ts'
import { reportOf } from '../../summary.ts'
import type { Attempt, AttemptOutcome, Check, Evidence, Inspection, PictureMeasure, PopulationMember, Report, Review } from '../../types.ts'

/** Names as they come from devices and spreadsheets, and as nobody would wish. */
export const hostileNames = [
  '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '=HYPERLINK("http://evil.example","x")', "+cmd|' /C calc'!A0", '@SUM(1+1)*cmd', '-2+3', ']]></w:t><w:p/>', '&amp;&lt;&#0;', 'a\u0000b\u0008c\u001bd', '\ud800 half', '\u202egnp.exe', '{{x}} ${y} %s', '名'.repeat(600), 'W'.repeat(600), '__proto__', '_x0041_', '',
]

const places = ['雄州街道泰山路与园林西路路口', '客运站出口', '龙津桥', '实验小学东门', '凤凰家园东门', '东方加油站', '棠城公园北门', '城市管理局大厅']
const owners = ['南京市公安局六合分局', '六合区城市管理局', '雄州物业管理有限公司', '六合区交通运输局']
const outcomes: readonly AttemptOutcome[] = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'refused', 'no-answer', 'no-media', 'offline', 'no-keyframe', 'lost-midway']

export function memberOf(n: number, next: () => number, name?: string): PopulationMember {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const hasFinding = next() < 0.2
  return {
    id: `3201160000132${String(n).padStart(7, '0')}`, name: name ?? `${pick(places)}${n}`, class: pick(['1', '2', '3']), area: '320116', owner: pick(owners), policeUnit: '320116510000', networking: pick(['networked', 'not-networked']),
    functionType: pick(['5', '2/5', '1']), longitude: hasFinding ? '' : '118.800137', latitude: hasFinding ? '' : '32.380259', builtBy: pick(['1', '6']),
    findings: hasFinding ? [{ field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺少经纬度', en: 'coordinates are missing' } }] : [],
  }
}

function pictureOf(next: () => number, isBlack: boolean): PictureMeasure {
  const mean = isBlack ? 3 : 80 + 60 * next()
  return { width: 1920, height: 1080, mean, std: isBlack ? 1 : 45, p01: 2, p99: isBlack ? 9 : 230, osdShare: 0.02, ...(isBlack ? { absence: 'black' as const } : {}), difference: 4 + next(), blurPx: 0.3 + 2 * next() ** 3, blocks: 90, noise: 1.2 }
}

function attemptOf(n: number, next: () => number, outcome: AttemptOutcome): Attempt {
  const base = { n, isCold: true, outcome, loopLagMs: Math.round(next() * 40) / 10 }
  if (outcome === 'refused') return { ...base, sipStatus: 486, hop: 'IPC/2.0 build 8', times: { trying: 11.2 }, pictures: [] }
  if (outcome === 'offline' || outcome === 'no-answer' || outcome === 'no-media') return { ...base, times: outcome === 'no-media' ? { trying: 12.5, ok: 80.1 } : {}, pictures: [] }
  const ok = 40 + 400 * next()
  const times = { trying: Math.round(ok * 3) / 10, ok: Math.round(ok * 10) / 10, ack: Math.round(ok * 10) / 10 + 0.4, firstPacket: Math.round(ok * 14) / 10, firstKeyframe: Math.round(ok * 30) / 10, firstPicture: Math.round(ok * 31) / 10 }
  const stream = { codec: next() < 0.5 ? 'h264' : 'h265', width: 1920, height: 1080, fps: 25, kbps: Math.round(2000 + 2000 * next()), lossRate: next() < 0.1 ? 0.012 : 0, jitterMs: Math.round(next() * 30) / 10, packets: 2200, transport: 'udp', container: 'ps' } as const
  if (outcome === 'no-keyframe') return { ...base, times: { trying: times.trying, ok: times.ok, ack: times.ack, firstPacket: times.firstPacket }, stream, pictures: [] }
  const isBlack = next() < 0.05
  return { ...base, times, stream, pictures: [1, 2, 3].slice(0, outcome === 'lost-midway' ? 1 : 3).map(() => pictureOf(next, isBlack)) }
}

export function checkOf(n: number, next: () => number, name?: string): Check {
  const outcome = outcomes[Math.floor(next() * outcomes.length)] ?? 'ok'
  const attempts = outcome === 'ok' ? [attemptOf(1, next, 'ok')] : [attemptOf(1, next, outcome), attemptOf(2, next, next() < 0.4 ? 'ok' : outcome)]
  const file = String(n).padStart(2, '0')
  const hash = (): string => Array.from({ length: 8 }, () => Math.floor(next() * 0x1_0000_0000).toString(16).padStart(8, '0')).join('')
  const evidence: Evidence[] = [
    { file: `recordings/${file}.pcapng`, sha256: hash(), kind: 'recording', size: 1_234_567 },
    ...attempts.flatMap((attempt) => attempt.pictures.map((_, index): Evidence => ({ file: `pictures/${file}-${attempt.n}-${index + 1}.jpg`, sha256: hash(), kind: 'picture', size: 80_000 }))),
  ]
  return concludeCheck(n, memberOf(n, next, name), attempts, defaultRules, evidence)
}

/** An inspection of `count` checks; the first are named by `names`. */
export function inspectionOf(count: number, seed: number, { id = '20261120-020000-a1b2c3', startedAtMs = Date.UTC(2026, 10, 20, 2), names = [] as readonly string[] } = {}): Inspection {
  const next = seededRandom(seed)
  const checks = Array.from({ length: count }, (_, index) => checkOf(index + 1, next, names[index]))
  const half = Math.ceil(count / 2)
  const strata = [
    { class: '1', population: half * 2, asked: half, drawn: half },
    { class: '2', population: half, asked: half + 2, drawn: count - half },
  ]
  return {
    id, area: '320116', startedAtMs, finishedAtMs: startedAtMs + 40_000, state: 'done', createdBy: 'assessor', total: count, rules: defaultRules, checks, software: 'yiji 0.1.0',
    draw: { algorithm: 'sha256-order-1', seed: '3f9a0c5b7e21d486', seedFrom: 'typed', population: { size: half * 3, sha256: 'c0ffee'.padEnd(64, '0') }, strata, members: checks.map((check) => check.camera) },
  }
}

export const reviewsOf = (inspection: Inspection, count: number): readonly Review[] =>
  inspection.checks.filter(({ verdict }) => verdict.result !== 'pass').slice(0, count).map((check, index) => ({ inspection: inspection.id, n: check.n, result: index % 2 === 0 ? 'pass' : 'fail', reason: index % 2 === 0 ? '现场核实：当时道路施工停电，已恢复' : '复看录制，确无图像', by: 'assessor', atMs: inspection.startedAtMs + 3_600_000 * (index + 1) }))

export function sampleReport(count = 20, seed = 1, names: readonly string[] = []): Report {
  const inspection = inspectionOf(count, seed, { names })
  const report = reportOf(inspection)
  return { ...report, inspection: { ...report.inspection, seedFrom: 'typed' }, state: 'done', createdBy: 'assessor', total: count, areaName: '江苏省南京市六合区', reviews: reviewsOf(inspection, 3), installation: { fingerprint: 'SHA256:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE' } }
}

export async function textOf(pieces: AsyncIterable<string> | Iterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

export async function bytesOf(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const list: Buffer[] = []
  for await (const piece of pieces) list.push(piece)
  return Buffer.concat(list)
}
