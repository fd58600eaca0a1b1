import t from 'tap'
import { readFileSync } from 'node:fs'
import { ParseError, seededRandom } from '../base/index.ts'
import { chew } from '../base/chew.ts'
import { kindOf, parseCode, spoiltCode } from './code.ts'
import { fieldRow, fieldTable } from './field-table.ts'
import { normalise } from './normalise.ts'
import { metresOutside, outlineOf, parseOutlines } from './outline.ts'
import { isIpv4, isIpv6 } from './addresses.ts'
import { createDivisions, parseDivisions } from './divisions/index.ts'
import { checkRecord, outlineNotApplied, recordRules, ruleLimits, ruleTable } from './rules.ts'
import type { FieldName, Fields } from './types.ts'

const outlines = parseOutlines(readFileSync(new URL('../../fixtures/records/outlines.geojson', import.meta.url), 'utf8'))
const nowMs = Date.UTC(2026, 5, 1)

/** A record without a finding. */
const sound: Fields = {
  code: '32011600001320000101',
  name: '棠城路与彤华街交叉口',
  manufacturer: '1',
  area: '320116',
  class: '1',
  functionType: '5',
  address: '雄州街道棠城路1号',
  longitude: '118.847231',
  latitude: '32.341872',
  positionType: '8',
  networking: 'networked',
  policeUnit: '320116000000',
  installedAt: '2021-03-05',
  managementUnit: '六合区公安分局',
  contact: '025-57750110',
  recordDays: '30',
  status: '1',
}
const without = (...names: readonly FieldName[]): Fields => Object.fromEntries(Object.entries(sound).filter(([name]) => !names.includes(name as FieldName)))
const found = (record: Fields): readonly string[] => checkRecord(record, { nowMs, outlines }).map((finding) => `${finding.rule} ${finding.severity}`)

t.test('every field has a row, with headings that are no other field’s', async (t) => {
  const headings = fieldTable.flatMap((row) => [row.zh, row.en, row.abbreviation, ...(row.aliases ?? [])]).map((heading) => heading.toLowerCase())
  t.equal(new Set(headings).size, headings.length)
  t.equal(fieldTable.length, new Set(fieldTable.map((row) => row.name)).size)
  for (const row of fieldTable) t.equal(fieldRow(row.name), row)
  t.same(fieldTable.filter((row) => row.isPersonal).map((row) => row.name), ['contact', 'maintenanceContact'])
  t.throws(() => fieldRow('nothing' as FieldName), RangeError)
})

t.test('a sound record has no findings', async (t) => {
  t.same(found(sound), [])
  t.same(found({ ...without('installedAt', 'contact', 'recordDays'), class: '2' }), [], 'class 2 needs fewer fields')
})

const cases: readonly (readonly [what: string, record: Fields, findings: readonly string[]])[] = [
  ['no coordinates', without('longitude', 'latitude'), ['coordinates.missing error']],
  ['no latitude', without('latitude'), ['coordinates.missing error']],
  ['no function type', without('functionType'), ['function-type.missing error']],
  ['no networking', without('networking'), ['networking.missing error']],
  ['no owner', without('managementUnit'), ['owner.missing error']],
  ['no police unit', without('policeUnit'), ['police-unit.missing error']],
  ['class 1 without retention', without('recordDays', 'installedAt', 'contact'), ['installed-at.missing error', 'contact.missing error', 'record-days.missing error']],
  ['no class', without('class'), ['class.missing error']],
  ['two decimals', { ...sound, longitude: '118.84' }, ['coordinates.precision error']],
  ['whole degrees', { ...sound, latitude: '32' }, ['coordinates.precision error', 'coordinates.outside-district error']],
  ['padded with zeros', { ...sound, longitude: '118.840000' }, ['coordinates.padded warning']],
  ['both padded with zeros', { ...sound, longitude: '118.841000', latitude: '32.342000' }, ['coordinates.padded warning', 'coordinates.padded warning']],
  ['one ends in three zeros: one in a thousand does', { ...sound, longitude: '118.841000' }, []],
  ['latitude of two decimals', { ...sound, latitude: '32.34' }, ['coordinates.precision error']],
  ['latitude padded with zeros', { ...sound, latitude: '32.340000' }, ['coordinates.padded warning']],
  ['longitude of three decimals', { ...sound, longitude: '118.847' }, ['coordinates.coarse warning']],
  ['no longitude', without('longitude'), ['coordinates.missing error']],
  ['latitude in degrees and minutes', { ...sound, latitude: '32°20′' }, ['coordinates.malformed error']],
  ['three decimals', { ...sound, latitude: '32.341' }, ['coordinates.coarse warning']],
  ['zero', { ...sound, longitude: '0', latitude: '0.000' }, ['coordinates.zero error']],
  ['swapped', { ...sound, longitude: '32.341872', latitude: '118.847231' }, ['coordinates.swapped error']],
  ['outside China', { ...sound, longitude: '139.691722' }, ['coordinates.outside-china error']],
  ['outside the district', { ...sound, longitude: '118.762871', latitude: '32.041927' }, ['coordinates.outside-district error']],
  ['in the hole of the district', { ...sound, longitude: '118.710123', latitude: '32.260123' }, ['coordinates.outside-district error']],
  ['80 m outside: within tolerance', { ...sound, longitude: '118.950848' }, []],
  ['another district of the city: its outline speaks', { ...sound, area: '320105', longitude: '118.732871', latitude: '32.041927', policeUnit: '320105000000' }, ['code.area warning']],
  ['not degrees', { ...sound, longitude: '118°50′' }, ['coordinates.malformed error']],
  ['19 digits', { ...sound, code: '3201160000132000010' }, ['code.malformed error']],
  ['18 digits of an old platform', { ...sound, code: '320116000013200001' }, ['code.non-standard warning']],
  ['a recorder’s code', { ...sound, code: '32011600001180000101' }, ['code.type error']],
  ['no such province', { ...sound, code: '99011600001320000101' }, ['code.division error', 'code.area warning']],
  ['another district’s code', { ...sound, code: '32010500001320000101' }, ['code.area warning']],
  ['five-digit division', { ...sound, area: '32011' }, ['area.malformed error', 'code.area warning']],
  ['unknown class', { ...sound, class: '7' }, ['class.unknown error']],
  ['one unknown function of two', { ...sound, functionType: '5/77' }, ['function-type.unknown warning']],
  ['a province’s own function', { ...sound, functionType: '5/102' }, []],
  ['a name of 51 characters', { ...sound, name: '名'.repeat(51) }, ['name.too-long warning']],
  ['police unit of 6 digits', { ...sound, policeUnit: '320116' }, ['police-unit.malformed warning']],
  ['30 February', { ...sound, installedAt: '2021-02-30' }, ['installed-at.malformed warning']],
  ['installed next year', { ...sound, installedAt: '2027-01-01' }, ['installed-at.future warning']],
  ['installed at the epoch', { ...sound, installedAt: '1970-01-01' }, ['installed-at.implausible warning']],
  ['loopback address', { ...sound, ipv4: '127.0.0.1' }, ['ipv4.unusable warning']],
  ['address with a number too large', { ...sound, ipv4: '10.0.0.256' }, ['ipv4.malformed warning']],
  ['unspecified IPv6', { ...sound, ipv6: '::' }, ['ipv6.unusable warning']],
  ['multicast MAC', { ...sound, mac: '01-00-5E-00-00-01' }, ['mac.unusable warning']],
  ['short MAC', { ...sound, mac: 'A4-14-37' }, ['mac.malformed warning']],
  ['days in words', { ...sound, recordDays: '一个月' }, ['record-days.malformed warning']],
  ['29 days', { ...sound, recordDays: '29' }, ['record-days.short warning']],
  ['30 days at a checkpoint', { ...sound, positionType: '8/1' }, ['record-days.short warning']],
  ['90 days at a checkpoint', { ...sound, positionType: '8/1', recordDays: '90' }, []],
  ['a reserved industry', { ...sound, code: '32011600201320000101' }, ['code.industry info']],
  ['no such division of the province', { ...sound, code: '32019900001320000101' }, ['code.local-division info', 'code.area warning']],
  ['no such district of the city', { ...sound, code: '32016800001320000101' }, ['code.division error', 'code.area warning']],
  ['no such province, as the division', { ...sound, area: '990116' }, ['code.area warning', 'area.unknown error', 'police-unit.area info']],
  ['a code of a withdrawn county, put up before', { ...sound, code: '32012400001320000101', area: '320117', installedAt: '2010-05-01', policeUnit: '320117000000', longitude: '119.028231', latitude: '31.651872' }, []],
  ['a code of a withdrawn county, put up after', { ...sound, code: '32012400001320000101', area: '320117', installedAt: '2019-05-01', policeUnit: '320117000000' }, ['code.withdrawn-division warning']],
  ['a withdrawn division', { ...sound, area: '320107', policeUnit: '320107000000' }, ['code.area warning', 'area.withdrawn warning']],
  ['a city as the division', { ...sound, area: '320100', policeUnit: '320100000000' }, ['code.area warning', 'area.coarse info']],
  ['a city without districts as the division', { ...sound, code: '44190000001320000101', area: '441900', policeUnit: '441900000000', longitude: '113.752431', latitude: '23.020872' }, []],
  ['a police unit of the city', { ...sound, policeUnit: '320100510000' }, []],
  ['a police unit of elsewhere', { ...sound, policeUnit: '320105510000' }, ['police-unit.area info']],
  ['a contact without a number', { ...sound, contact: '张三' }, ['contact.malformed warning']],
  ['a contact that is masked', { ...sound, contact: '***' }, []],
  ['another name in the picture', { ...sound, osdName: '棠城路口' }, ['osd-name.differs warning']],
  ['the same name in the picture', { ...sound, osdName: '棠城路与彤华街交叉口 ' }, []],
  ['a township that cannot be', { ...sound, grassrootsCode: '700001' }, ['grassroots-code.unknown warning']],
  ['a town and its village', { ...sound, grassrootsCode: '101204' }, []],
  ['an industry of the standard', { ...sound, nationalIndustry: 'I1300' }, []],
  ['no industry of the standard', { ...sound, nationalIndustry: '1300' }, ['national-industry.malformed warning']],
  ['malformed IPv6', { ...sound, ipv6: 'fe80::1::2' }, ['ipv6.malformed warning']],
  ['storage on a broadcast address', { ...sound, storageAddress: '255.255.255.255' }, ['storage-address.unusable warning']],
  ['storage without an address', { ...sound, storageAddress: 'NVR1' }, ['storage-address.malformed warning']],
  ['an address of Annex O', { ...sound, capturePosition: '0010100' }, []],
  ['2016 fields alone', without('commonName'), []],
]
for (const [what, record, findings] of cases) t.test(what, async (t) => t.same(found(record), findings))

t.test('every finding speaks both languages, names its field and stands in the table', async (t) => {
  const keys = new Set(ruleTable.map((rule) => `${rule.code} ${rule.field} ${rule.severity}`))
  for (const [what, record] of cases) {
    for (const { rule, field, severity, message } of checkRecord(record, { nowMs, outlines })) {
      t.match(message.zh, /[\u4e00-\u9fff]/, what)
      t.match(message.en, /^[\x20-\x7e°′\u4e00-\u9fff（）]+$/, what)
      t.ok(keys.has(`${rule} ${field} ${severity}`), `${rule} ${field}`)
    }
  }
})

t.test('rules that rows of the field table bring along, each true and false', async (t) => {
  const has = (record: Fields, code: string, field: FieldName): boolean => checkRecord(record, { nowMs }).some((finding) => finding.rule === code && finding.field === field)
  const tried = new Set<string>()
  const twins = (code: string, field: FieldName, bad: readonly Fields[], good: readonly Fields[]): void => {
    tried.add(`${code} ${field}`)
    for (const record of bad) t.ok(has(record, code, field), `${code} at ${JSON.stringify(record[field])}`)
    for (const record of good) t.notOk(has(record, code, field), `no ${code} at ${JSON.stringify(record[field])}`)
  }
  for (const row of fieldTable) {
    const { name, rule, range, digits, table } = row
    if (rule === 'coordinates') continue
    const withValue = (value: string): Fields => ({ ...sound, [name]: value })
    if (row.mandatory === 'always') twins(`${rule}.missing`, name, [without(name)], [sound])
    else if (row.mandatory !== 'no') twins(`${rule}.missing`, name, [without(name)], [{ ...without(name), class: '2' }, { ...without(name), class: '3' }])
    if (table && digits === undefined) twins(`${rule}.unknown`, name, [withValue('zz')], table.map((entry) => withValue(entry.code)))
    if (table && digits !== undefined) twins(`${rule}.unknown`, name, [withValue('7'.repeat(digits))], table.map((entry) => withValue(entry.code.padEnd(digits, '0'))))
    if (digits === undefined) twins(`${rule}.too-long`, name, [withValue('7'.repeat(row.maxLength + 1))], [withValue('7'.repeat(row.maxLength))])
    if (digits !== undefined && name !== 'code') twins(`${rule}.malformed`, name, [withValue('7'.repeat(digits - 1)), withValue('7'.repeat(digits + 1))], [withValue('7'.repeat(digits))])
    if (range) twins(`${rule}.malformed`, name, [withValue('x'), withValue('-1'), withValue(String(range[1] + 1)), ...(row.type === 'integer' ? [withValue('1.5')] : [])], range.map((each) => withValue(String(each))))
  }
  const fired = new Set([...tried, ...cases.flatMap(([, record]) => checkRecord(record, { nowMs, outlines }).map((finding) => `${finding.rule} ${finding.field}`))])
  t.same(recordRules.map((rule) => `${rule.code} ${rule.field}`).filter((key) => !fired.has(key)), [], 'every rule on one record was seen to speak')
})

t.test('the table of rules: one row a code and field, words in both languages, a basis', async (t) => {
  const keys = ruleTable.map((rule) => `${rule.code} ${rule.field}`)
  t.same(keys.filter((key, index) => keys.indexOf(key) !== index), [])
  const prefixes = new Set(ruleTable.map((rule) => rule.code.split('.')[0]))
  for (const row of fieldTable) t.ok(prefixes.has(row.rule), `${row.name} has rules`)
  for (const rule of ruleTable) {
    t.match(rule.code, /^[a-z0-9-]+\.[a-z0-9-]+$/)
    t.match(rule.zh, /[\u4e00-\u9fff]/, rule.code)
    t.match(rule.en, /^[A-Z0-9][\x20-\x7e]+$/, rule.code)
    t.ok(rule.basis.text.length > 5, rule.code)
    t.notMatch(rule.basis.kind === 'ours' ? rule.basis.text : '', /standard says/)
  }
})

t.test('figures and divisions are the office’s to set', async (t) => {
  const limits = { ...ruleLimits, recordDays: 15, keyRecordDays: 60, keyPositions: ['8'], toleranceM: 10 }
  const rulesOf = (record: Fields, more: object): readonly string[] => checkRecord(record, { nowMs, outlines, ...more }).map((finding) => finding.rule)
  t.same(rulesOf({ ...sound, recordDays: '20', positionType: '4' }, { limits }), [])
  t.same(rulesOf({ ...sound, recordDays: '59' }, { limits }), ['record-days.short'])
  t.same(rulesOf({ ...sound, longitude: '118.950848', positionType: '4' }, { limits }), ['coordinates.outside-district'])
  const divisions = createDivisions(parseDivisions('code,name\n32,江苏省\n3201,南京市\n320168,新设区'))
  t.same(rulesOf({ ...sound, code: '32016800001320000101', area: '320168', policeUnit: '320168000000' }, { divisions, outlines: [] }), [], 'a table of one’s own knows it')
  t.same(rulesOf(sound, { divisions }), ['code.division', 'area.unknown'])
})

t.test('a point in another division: the finding says in which', async (t) => {
  const [finding] = checkRecord({ ...sound, area: '320111', policeUnit: '320111000000', code: '32011100001320000101' }, { nowMs, outlines: [...outlines, { area: '320111', polygons: [[[[118.4, 32.0], [118.5, 32.0], [118.5, 32.1], [118.4, 32.1], [118.4, 32.0]]]] }] })
  t.match(finding, { rule: 'coordinates.outside-district', message: { zh: /浦口区320111之外.*实在六合区320116/, en: /in 六合区320116/ } })
})

t.test('without an outline the rule says once that it was not applied', async (t) => {
  const far = { ...sound, longitude: '118.762871', latitude: '32.041927' }
  t.same(checkRecord(far, { nowMs }), [])
  t.match(outlineNotApplied('320116', undefined), { rule: 'coordinates.outline-not-applied', severity: 'info' })
  t.equal(outlineNotApplied('320116', outlines), undefined)
  t.match(outlineNotApplied('440305', outlines), { severity: 'info' })
})

t.test('codes: parts, kinds of catalog ids, and what spreadsheets spoil', async (t) => {
  t.same(parseCode('32011600001327000101'), { division: '320116', grassroots: '00', industry: '00', type: '132', network: '7', serial: '000101' })
  t.equal(parseCode('320116'), undefined)
  t.same(['320116', '32011600', '32011600002150000001', '32011600002160000001', '32011600001310000001', '320116000013100001', '32011600001180000001', '32011600001340000001', 'abc'].map(kindOf), [
    'region',
    'region',
    'group',
    'group',
    'camera',
    'camera',
    'other',
    'other',
    'other',
  ])
  t.ok(spoiltCode('3.2011600001E+19'))
  t.ok(spoiltCode('3.2e19'))
  t.ok(spoiltCode('32011600001320000000'))
  t.equal(spoiltCode('32011600001320000010'), undefined)
})

t.test('values take one form', async (t) => {
  const forms: readonly (readonly [FieldName, string, string | undefined])[] = [
    ['code', ' ３２０１１６００００１３２００００１０１\u3000', '32011600001320000101'],
    ['code', "'32011600001320000101", '32011600001320000101'],
    ['name', '　龙池地铁站（东口） ', '龙池地铁站（东口）'],
    ['class', '一类', '1'],
    ['class', '01', '1'],
    ['class', '2.0', '2'],
    ['class', '５', '5'],
    ['manufacturer', 'hikvision', '1'],
    ['functionType', '车辆卡口、普通监控', '1/5'],
    ['functionType', '5，5, 1', '5/1'],
    ['networking', '未联网', 'not-networked'],
    ['networking', '1', '1'],
    ['mac', 'a4:14:37:00:00:01', 'A4-14-37-00-00-01'],
    ['mac', 'a41437000001', 'A4-14-37-00-00-01'],
    ['mac', 'nonsense', 'nonsense'],
    ['installedAt', '2020/1/2', '2020-01-02'],
    ['installedAt', '2020年1月2日', '2020-01-02'],
    ['installedAt', '20200102', '2020-01-02'],
    ['installedAt', '2020-01-02 08:30:00', '2020-01-02T08:30:00'],
    ['installedAt', '2020-01-02T00:00:00', '2020-01-02'],
    ['installedAt', '去年', '去年'],
    ['recordDays', '30天', '30'],
    ['longitude', '118.847231°', '118.847231'],
    ['address', ' \u200b ', undefined],
    ['installHeight', '６.5 米', '6.5'],
    ['visibleDistance', '80m', '80'],
    ['recordDays', '３０', '30'],
    ['installedAt', '44260', '44260'],
    ['installedAt', '202103', '202103'],
    ['installedAt', '20210305 08:30', '2021-03-05T08:30:00'],
    ['captureFunction', '1/99', '01/99'],
    ['captureFunction', '人脸采集、03', '01/03'],
    ['installedAt', '２０２１－０３－０５', '2021-03-05'],
    ['ipv4', '１０．０．０．８', '10.0.0.8'],
    ['name', '１号门', '１号门'],
    ['capturePosition', " '0010100", '0010100'],
  ]
  for (const [name, given, stored] of forms) {
    t.equal(normalise(fieldRow(name), given), stored, `${name} ${given}`)
    if (stored !== undefined) t.equal(normalise(fieldRow(name), stored), stored, 'and keeps it')
  }
})

t.test('whatever is typed has one stored form, and rules take any of it', async (t) => {
  const next = seededRandom(20260601)
  const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? ''
  const pieces = ['0', '1', '９', '３２０１１６', '.', '．', '-', '－', '/', '／', '、', ' ', '\u3000', '\u200b', '\ufeff', '\t', '年', '月', '日', 'e+19', "'", '°', '米', '天', '路口', 'A4:14', '\u0000', '\ud800', '😀', '5/5', '{', 'x'.repeat(600), '2021-02-30', '44260', '1e9', '-1', '::', 'ffff']
  let wrong = 0
  for (let n = 0; n < 20_000; n++) {
    const row = fieldTable[n % fieldTable.length]
    const given = Array.from({ length: Math.floor(next() * 5) }, () => pick(pieces)).join('')
    if (!row) continue
    const stored = normalise(row, given)
    if (stored !== undefined && (normalise(row, stored) !== stored || stored === '' || stored !== stored.trim() || (row.type !== 'text' && /[\uff01-\uff5e]/.test(stored)))) {
      wrong++
      t.fail(`${row.name} ${JSON.stringify(given)} is ${JSON.stringify(stored)}, then ${JSON.stringify(normalise(row, stored))}`)
    }
    if (stored !== undefined) for (const finding of checkRecord({ ...sound, [row.name]: stored }, { nowMs, outlines })) if (!finding.message.zh || !finding.message.en) wrong++
    if (wrong > 5) break
  }
  t.equal(wrong, 0)
})

t.test('addresses', async (t) => {
  for (const good of ['::', '::1', '2001:db8::1', '1:2:3:4:5:6:7:8', '::ffff:10.0.0.1', 'fe80::1:2']) t.ok(isIpv6(good), good)
  for (const bad of ['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', 'g::1', '1:2:3:4:5:6:7:8::', '::12345', '10.0.0.1']) t.notOk(isIpv6(bad), bad)
  for (const good of ['10.0.0.1', '255.255.255.255', '0.0.0.0']) t.ok(isIpv4(good), good)
  for (const bad of ['10.0.0', '10.0.0.1.2', '010.0.0.1', '10.0.0.300', 'a.b.c.d']) t.notOk(isIpv4(bad), bad)
})

t.test('outlines: nearest division, inside, holes and distance', async (t) => {
  t.same(outlines.map((outline) => outline.area), ['320116', '3201'])
  t.equal(outlineOf('320116', outlines)?.area, '320116')
  t.equal(outlineOf('320105', outlines)?.area, '3201')
  t.equal(outlineOf('310115', outlines), undefined)
  const district = outlineOf('320116', outlines)
  if (!district) return t.fail('no outline')
  t.equal(metresOutside(118.8, 32.3, district), 0)
  t.ok(Math.abs(metresOutside(118.8, 32.18, district) - 1113) < 5, 'a hundredth of a degree of latitude')
  t.ok(Math.abs(metresOutside(118.96, 32.3, district) - 941) < 10, 'a hundredth of a degree of longitude at 32° N')
  t.ok(Math.abs(metresOutside(118.71, 32.26, district) - 940) < 10, 'in the middle of the hole')
})

t.test('outlines that are none are refused with a reason', async (t) => {
  const feature = (geometry: unknown, properties: unknown = { adcode: 320116 }): string => JSON.stringify({ type: 'Feature', properties, geometry })
  const ring = [[118, 32], [119, 32], [119, 33], [118, 32]]
  t.equal(parseOutlines(feature({ type: 'Polygon', coordinates: [ring] }))[0]?.area, '320116', 'a single feature will do')
  for (const [text, reason] of [
    ['{', /not JSON/],
    ['{}', /no features/],
    ['[]', /no features/],
    [feature(null), /feature 1 that is not/],
    [feature({ type: 'Point', coordinates: [1, 2] }), /not a Polygon/],
    [feature({ type: 'Polygon', coordinates: [] }), /without a ring/],
    [feature({ type: 'Polygon', coordinates: [[[1, 2]]] }), /fewer than 4/],
    [feature({ type: 'Polygon', coordinates: [[[1, 2], [1, 2], [1, 2], ['a', 2]]] }), /not \[longitude, latitude\]/],
    [feature({ type: 'Polygon', coordinates: [[[320, 2], [1, 2], [1, 2], [1, 2]]] }), /not \[longitude, latitude\]/],
    [feature({ type: 'Polygon', coordinates: [ring] }, {}), /names no division/],
  ] as const) {
    t.throws(() => parseOutlines(text), { code: 'outlines.malformed', message: reason })
  }
  const sample = Buffer.from(feature({ type: 'Polygon', coordinates: [ring] }))
  for (const bytes of chew([sample], 3000, 2)) {
    try {
      parseOutlines(bytes.toString('utf8'))
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
})
