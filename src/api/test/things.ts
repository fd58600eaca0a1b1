// What the tests of the API are about: a district and its neighbour, with a camera, a device and an inspection each.
import { presets, type Check, type Inspection, type KeptSeedDraw, type PopulationMember, type RuleSet } from '../../inspect/index.ts'
import type { StreamFigures } from '../../media/index.ts'
import { fieldTable, type Fields, type ImportRecord } from '../../registry/index.ts'

// A district and its neighbour: every wall stands between these two.
export const here = '320116'
export const there = '320115'
export const cameraHere = '32011601001320000001'
export const cameraThere = '32011501001320000001'
export const deviceHere = '32011601001110000001'
export const deviceThere = '32011501001110000001'
export const inspectionHere = 'i-here'
export const inspectionThere = 'i-there'
export const drawHere = 'd-here'
export const drawThere = 'd-there'

export const record = (code: string, area: string): Fields => ({ code, name: `路口 ${code.slice(-2)}`, area, class: '1', contact: '13812345678', managementUnit: '交警大队' })

export const rules: RuleSet = {
  name: 'default',
  version: 1,
  title: { zh: '默认', en: 'Default' },
  strata: [{ class: '1', count: 10 }],
  attempts: 2,
  betweenAttemptsMs: 500,
  timeouts: { answerMs: 5000, firstPacketMs: 5000, firstKeyframeMs: 8000 },
  sampling: { pictures: 3, spacingMs: 500, windowMs: 4000 },
  response: { slowMs: 2000 },
  absence: { blackMean: 20, blackP99: 40, whiteMean: 235, oneColourStd: 3.5, frozenDifference: 0.25 },
  sharpness: { clearBelowPx: 2.5, unclearFromPx: 4.5, minBlocks: 12, minHeight: 360 },
  concurrency: { total: 8, perDevice: 2 },
}

export const member = (id: string, area: string): PopulationMember => ({
  id,
  name: '路口',
  class: '1',
  area,
  owner: '交警大队',
  policeUnit: '320116000000',
  networking: 'networked',
  functionType: '1',
  longitude: '118.8',
  latitude: '32.3',
  builtBy: '1',
  findings: [{ field: 'longitude', rule: 'coordinates.missing', severity: 'error', message: { zh: '缺少坐标', en: 'no coordinates' } }],
})

export const checkOf = (camera: PopulationMember): Check => {
  const stream = { codec: 'h265', width: 1920, height: 1080, fps: 25, kbps: 2048.5, lossRate: 0.001, jitterMs: 1.5, packets: 400, transport: 'udp', container: 'ps' } as const
  const measure = { width: 1920, height: 1080, mean: 100.5, std: 40.25, p01: 3, p99: 240, osdShare: 0.02, absence: 'black', difference: 4.5, blurPx: 1.25, blocks: 80, noise: 1.5 } as const
  return {
    n: 1,
    camera,
    record: { result: 'fail', findings: camera.findings },
    attempts: [
      { n: 1, isCold: true, outcome: 'refused', isOurFault: false, sipStatus: 486, hop: 'IPC/2.0', detail: 'Busy Here', times: {}, pictures: [], loopLagMs: 1.5 },
      { n: 2, isCold: true, outcome: 'ok', times: { ok: 40.1, firstPacket: 61.2, firstKeyframe: 300.3, firstPicture: 330.4 }, stream, pictures: [measure], loopLagMs: 2 },
    ],
    responseMs: 330.4,
    stream,
    picture: { present: false, absence: 'black', frozen: false, sharpness: { blurPx: 1.25, band: 'clear' }, brightness: 100.5, samples: 1 },
    verdict: { result: 'fail', reasons: ['black', 'first-attempt-failed'] },
    evidence: [{ file: 'pictures/01-2-1.jpg', sha256: 'ab'.repeat(32), kind: 'picture' }],
  }
}

export const inspectionOf = (id: string, area: string, camera: PopulationMember): Inspection => ({
  id,
  area,
  startedAtMs: 1_767_225_600_000,
  state: 'running',
  createdBy: 'assessor',
  draw: {
    algorithm: 'sha256-order-1',
    seed: 'ab12',
    population: { size: 40, sha256: 'cd'.repeat(32) },
    strata: [{ class: '1', population: 20, asked: 10, drawn: 1 }],
    members: [camera],
  },
  rules,
  checks: [],
  total: 1,
})

/** Between the assessor and the editor. */
export const seedDrawOf = (id: string, area: string, atMs: number): KeptSeedDraw => ({
  id, area, state: 'committing', atMs, expiresAtMs: atMs + 3600_000, plan: presets[0] ?? raise('no preset'), rules: { name: 'default', version: 1 }, population: { size: 1, sha256: 'ef'.repeat(32) },
  leftOut: { size: 0, sha256: '00'.repeat(32), exempted: 0, notNetworked: 0, filtered: 0 }, sides: [{ by: 'assessor' }, { by: 'editor' }], exempted: [],
})
const raise = (message: string): never => {
  throw new Error(message)
}

/** Figures of a stream without its camera. */
export const running: Omit<StreamFigures, 'camera' | 'viewers'> = {
  stream: 'main', state: 'live', lossRate: 0, jitterMs: 1, transport: 'udp', uptimeMs: 10, packets: 9, lost: 0, duplicates: 0, reordered: 0, late: 0,
  discarded: { malformed: 0, strangers: 0 }, reports: { received: 1, sent: 1 }, restarts: 0, keyframeRequests: 0,
}

/** Full-width digits, as input methods write them. */
export const wide = (code: string): string => code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))

/** Records as an office would send them; quotation marks keep what is in the cells. */
function sheetOf(rows: readonly Fields[]): string {
  const names = fieldTable.map(({ name }) => name).filter((name) => rows.some((row) => row[name] !== undefined))
  return [names.join(','), ...rows.map((row) => names.map((name) => `"${row[name] ?? ''}"`).join(','))].join('\n')
}

export function upload(rows: readonly Fields[], name = 'cameras.csv'): { headers: Record<string, string>; payload: string } {
  const boundary = 'cut-here'
  const payload = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n${sheetOf(rows)}\r\n--${boundary}--\r\n`
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, payload }
}

/** An import that was applied, whose file is no longer kept. */
export const importOf = (id: string, area: string, atMs: number): ImportRecord => ({ id, fileName: 'records.csv', bytes: 10, sha256: id.padEnd(64, '0'), by: 'office', area, state: 'done', atMs, updatedAtMs: atMs, choices: {}, outcome: { created: 1, changed: 0, conflicts: 0, by: 'office', why: '', atMs } })
