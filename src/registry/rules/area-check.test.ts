import gcoord from 'gcoord'
import t from 'tap'
import { seededRandom } from '../../base/index.ts'
import type { Outline } from '../outline.ts'
import { areaRules } from './of-area.ts'
import { checkArea, createAreaCheck, ruleLimits, type AreaRecord } from '../rules.ts'
import { fromGcj02, signTest } from './datum.ts'
import type { Fields } from '../types.ts'

const nowMs = Date.UTC(2026, 5, 1)
const { transform, GCJ02, WGS84 } = gcoord as unknown as typeof gcoord.default
const codeOf = (n: number): string => `320116000013200${String(n).padStart(5, '0')}`
const recorder = '32011600001180000001'

const found = (records: readonly AreaRecord[], more: object = {}): readonly string[] => {
  const check = createAreaCheck({ nowMs, ...more })
  for (const record of records) check.push(record)
  return [...check.finish()].map(({ cameraId, finding }) => `${cameraId.slice(-2)} ${finding.rule}`)
}
const record = (n: number, declared: Fields, reported?: AreaRecord['reported']): AreaRecord => ({ id: codeOf(n), declared, ...(reported ? { reported } : {}) })
const all = (rule: string, ...ns: readonly number[]): readonly string[] => ns.map((n) => `${String(n).padStart(2, '0')} ${rule}`)

t.test('a code of 18 digits and one of 20 that name one camera', async (t) => {
  const one = (id: string): AreaRecord => ({ id, declared: {} })
  t.same(found([one('320116000013100101'), one('32011600001310000101')]), ['01 code.duplicate', '01 code.duplicate'])
  t.same(found([one('320116000013100101'), one('32011600001310000102'), one('32011600001320000101')]), [], 'another serial, another type')
  t.same(found([one('32011600001311000101'), one('320116000013100101')]), [], 'a network digit makes another number')
})

t.test('address, port and channel', async (t) => {
  const at = (ipv4: string, port?: string, channelNumber?: string): Fields => ({ ipv4, ...(port === undefined ? {} : { port }), ...(channelNumber === undefined ? {} : { channelNumber }) })
  t.same(found([record(1, at('10.0.0.8')), record(2, at('10.0.0.8')), record(3, at('10.0.0.9'))]), all('ipv4.duplicate', 1, 2))
  t.same(found([record(1, at('10.0.0.8', '554')), record(2, at('10.0.0.8', '8554'))]), [], 'another port')
  t.same(found([record(1, at('10.0.0.8', '554', '1')), record(2, at('10.0.0.8', '554', '2')), record(3, at('10.0.0.8', '554', '2'))]), all('ipv4.duplicate', 2, 3))
  const behind = (deviceId: string): AreaRecord['reported'] => ({ deviceId, fields: {} })
  t.same(found([record(1, at('10.0.0.8'), behind(recorder)), record(2, at('10.0.0.8'), behind(recorder))]), [], 'channels of one recorder share its address')
  t.same(found([record(1, at('10.0.0.8'), behind(recorder)), record(2, at('10.0.0.8'), behind('32011600001180000002'))]), all('ipv4.duplicate', 1, 2), 'two recorders do not')
  t.same(found([record(1, at('10.0.0.8'), behind(recorder)), record(2, at('10.0.0.8'))]), all('ipv4.duplicate', 1, 2))
  t.same(found([record(1, at('10.0.0.8'), behind('32011600002000000001')), record(2, at('10.0.0.8'), behind('32011600002000000001'))]), all('ipv4.duplicate', 1, 2), 'a platform explains nothing')
  t.same(found([record(1, { ipv6: 'fe80::1' }), record(2, { ipv6: 'fe80::1' })]), all('ipv6.duplicate', 1, 2))
})

t.test('MAC, and names within one police unit', async (t) => {
  const mac = 'A4-14-37-00-00-01'
  t.same(found([record(1, { mac }), record(2, { mac }), record(3, { mac: 'A4-14-37-00-00-02' })]), all('mac.duplicate', 1, 2))
  t.same(found([record(1, { mac, channelNumber: '1' }), record(2, { mac, channelNumber: '2' })]), [], 'lenses of one camera')
  const [here, there] = ['320116510000', '320116520000']
  t.same(found([record(1, { name: '大门 口', policeUnit: here }), record(2, { name: '大门口', policeUnit: here }), record(3, { name: '大门口', policeUnit: there }), record(4, { name: '大门口' })]), all('name.duplicate', 1, 2))
})

t.test('several cameras on one point', async (t) => {
  const at = (address: string | undefined, poleNumber?: string): Fields => ({ longitude: '118.847231', latitude: '32.341872', ...(address === undefined ? {} : { address }), ...(poleNumber === undefined ? {} : { poleNumber }) })
  t.same(found([record(1, at('甲路')), record(2, at('乙路')), record(3, at('丙路'))]), all('coordinates.shared', 1, 2, 3))
  t.same(found([record(1, at('甲路')), record(2, at('乙路'))]), [], 'two are an accident')
  t.same(found([record(1, at('甲路')), record(2, at('甲路')), record(3, at('甲路'))]), [], 'one address')
  t.same(found([record(1, at('甲路东', 'P7')), record(2, at('甲路西', 'P7')), record(3, at('甲路', 'P7'))]), [], 'one pole')
  t.same(found([record(1, at('甲路')), record(2, at(undefined)), record(3, at('甲路'))]), [], 'who does not say is taken as the others')
  t.same(found([record(1, at('甲路')), record(2, at('乙路')), record(3, { ...at('丙路'), longitude: '118.8472310' })]), all('coordinates.shared', 1, 2, 3), 'to six decimals')
  t.same(found([record(1, at('甲路')), record(2, at('乙路'))], { limits: { ...ruleLimits, samePlace: 2 } }), all('coordinates.shared', 1, 2))
  const none = (address: string): Fields => ({ longitude: '0', latitude: '0', address })
  t.same(found([record(1, none('甲')), record(2, none('乙')), record(3, none('丙'))]), [], '0, 0 is no place')
})

t.test('words: others by name, at most three, and what it rests on', async (t) => {
  const check = createAreaCheck({ nowMs })
  for (let n = 1; n <= 6; n++) check.push(record(n, { ipv4: '10.0.0.8', port: '554', channelNumber: '3' }))
  const [first] = [...check.finish()]
  t.same(first?.finding, {
    field: 'ipv4', rule: 'ipv4.duplicate', severity: 'warning', detail: { value: '10.0.0.8 554/3' },
    message: { zh: `地址、端口与通道（10.0.0.8 554/3）与${codeOf(2)}、${codeOf(3)}、${codeOf(4)}等5路相同`, en: `address, port and channel (10.0.0.8 554/3) are those of ${codeOf(2)}, ${codeOf(3)}, ${codeOf(4)} and 2 more too` },
  })
})

/** A square of some 20 km; points are scattered over it evenly. */
const square: Outline = { area: '320116', polygons: [[[[118.74, 32.24], [118.94, 32.24], [118.94, 32.44], [118.74, 32.44], [118.74, 32.24]]]] }
type Write = (wgs: readonly [number, number]) => readonly [number, number]
const asIs: Write = (wgs) => wgs
const asGcj: Write = (wgs) => {
  const [lon = 0, lat = 0] = transform([...wgs], WGS84, GCJ02)
  return [lon, lat]
}
function scattered(count: number, write: Write, seed: number, more: Fields = {}): readonly AreaRecord[] {
  const next = seededRandom(seed)
  return Array.from({ length: count }, (_, n) => {
    const [lon, lat] = write([118.74 + 0.2 * next(), 32.24 + 0.2 * next()])
    return record(n, { area: '320116', longitude: lon.toFixed(6), latitude: lat.toFixed(6), managementUnit: '甲', ...more })
  })
}
const suspected = (records: readonly AreaRecord[], outlines: readonly Outline[] = [square]): number => found(records, { outlines }).filter((each) => each.endsWith('coordinates.datum')).length

t.test('GCJ-02: a batch, never a point', async (t) => {
  const back = fromGcj02({ longitude: asGcj([118.84, 32.34])[0], latitude: asGcj([118.84, 32.34])[1] })
  t.ok(Math.abs(back.longitude - 118.84) < 1e-6 && Math.abs(back.latitude - 32.34) < 1e-6, 'the way back is exact to a decimetre')
  t.equal(suspected(scattered(600, asGcj, 1)), 600, 'all of the batch are named')
  for (let seed = 1; seed <= 20; seed++) t.equal(suspected(scattered(600, asIs, seed)), 0, `true coordinates, seed ${seed}`)
  t.equal(suspected(scattered(20, asGcj, 1)), 0, 'too few points near the edge to tell')
  t.equal(suspected(scattered(600, asGcj, 1), []), 0, 'without an outline it is not applied')
  const mixed = [...scattered(600, asGcj, 3, { managementUnit: '乙' }), ...scattered(600, asIs, 4, { managementUnit: '甲' })]
  t.equal(suspected(mixed.map((each, n) => ({ ...each, id: codeOf(n) }))), 600, 'one owner of two')
  const elsewhere = scattered(300, (wgs) => [wgs[0] + 0.4, wgs[1]], 5)
  t.equal(suspected(elsewhere), 0, 'a batch in the wrong district altogether is none')
})

t.test('GCJ-02 by what devices report, without an outline', async (t) => {
  const reported = (records: readonly AreaRecord[], write: Write): readonly AreaRecord[] =>
    records.map((each) => {
      const [lon, lat] = write([Number(each.declared.longitude), Number(each.declared.latitude)])
      return { ...each, reported: { deviceId: recorder, fields: { longitude: lon.toFixed(6), latitude: lat.toFixed(6) } } }
    })
  const toWgs: Write = ([longitude, latitude]) => {
    const back = fromGcj02({ longitude, latitude })
    return [back.longitude, back.latitude]
  }
  t.equal(suspected(reported(scattered(12, asGcj, 1), toWgs), []), 12)
  t.equal(suspected(reported(scattered(12, asIs, 1), asIs), []), 0)
  t.equal(suspected(reported(scattered(9, asGcj, 1), toWgs), []), 0, 'fewer than ten points')
  t.equal(suspected(reported(scattered(12, asIs, 1), ([lon, lat]) => [lon + 0.01, lat]), []), 0, 'moved otherwise is not this')
})

t.test('the sign test', async (t) => {
  t.ok(Math.abs(signTest(10, 10) - 2 ** -10) < 1e-12)
  t.ok(Math.abs(signTest(5, 10) - 0.623046875) < 1e-12)
  t.ok(signTest(600, 1000) < 1e-9 && signTest(600, 1000) > 0)
  t.equal(signTest(0, 0), 1)
})

t.test('divisions without an outline are noted once', async (t) => {
  const check = createAreaCheck({ nowMs, outlines: [square] })
  for (const area of ['320116', '320105', '320105', '310115']) check.push(record(1, { area, longitude: '118.8', latitude: '32.3' }))
  t.match(check.notes(), [{ area: '320105', finding: { rule: 'coordinates.outline-not-applied' } }, { area: '310115' }])
})

t.test('every rule on many records was seen to speak, in both languages', async (t) => {
  const check = createAreaCheck({ nowMs, outlines: [square] })
  const records = scattered(600, asGcj, 1).map((each) => ({ ...each, declared: { ...each.declared, ipv4: '10.0.0.1', ipv6: 'fe80::1', mac: 'A4-14-37-00-00-01', name: '大门', policeUnit: '320116510000' } }))
  for (const each of [...records, { id: codeOf(1).slice(0, 13) + '00001', declared: {} }, ...['甲', '乙', '丙'].map((address, n) => record(900 + n, { longitude: '118.8', latitude: '32.3', address }))]) check.push(each)
  const findings = [...check.finish()]
  t.same(areaRules.filter((rule) => !findings.some(({ finding }) => finding.rule === rule.code && finding.field === rule.field && finding.severity === rule.severity)), [])
  for (const { finding } of findings) {
    if (!/[\u4e00-\u9fff]/.test(finding.message.zh) || !/^[\x20-\x7e]+$/.test(finding.message.en)) t.fail(`${finding.rule}: ${finding.message.en}`)
  }
})

t.test('an area in parts: every record is judged, turns are given, a camera comes once for each source', async (t) => {
  const records = [...scattered(500, asIs, 2)].map((each) => ({ ...each, declared: { ...each.declared, code: each.id, ipv4: '10.0.0.1', mac: 'A4-14-37-00-00-01' } }))
  let turns = 0
  const noted: string[] = []
  const judged = []
  for await (const part of checkArea([records.slice(0, 130), records.slice(130), []], { nowMs }, async () => void turns++, (area) => noted.push(area))) judged.push(...part)
  t.equal(judged.length, 1000)
  t.equal(new Set(judged.map(({ cameraId, source }) => `${source} ${cameraId}`)).size, 1000)
  t.ok(judged.filter(({ source }) => source === 'area').every(({ findings }) => findings.length === 2))
  t.ok(turns > 5)
  t.same(noted, ['320116'])
})
