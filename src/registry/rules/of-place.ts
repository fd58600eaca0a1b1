// Rules on a record's coordinates: WGS-84 degrees with six decimals, inside China, inside their division.
import type { FieldName } from '../field-table.ts'
import { metresOutside, outlineAt, outlineOf, type Outline } from '../outline.ts'
import type { Fields, Finding } from '../types.ts'
import { degrees } from './read-place.ts'
import { findingOf, ours, recordRule, sourced, words, type Applied, type RecordRule, type RuleRow, type Words } from './rule.ts'

/** The field that the finding stands at: the one that is wrong, or the longitude for both. */
const ruleOf = (field: 'longitude' | 'latitude', row: Pick<RecordRule, 'zh' | 'en' | 'basis' | 'severity' | 'check'> & { readonly what: string }): RecordRule => {
  const { what, ...rest } = row
  return recordRule({ ...rest, code: `coordinates.${what}`, field })
}

const said = ({ longitude, latitude }: Fields): string => `${longitude}, ${latitude}`

const missing = (field: 'longitude' | 'latitude'): RecordRule =>
  ruleOf(field, {
    what: 'missing', severity: 'error', zh: '应填写经纬度', en: 'Longitude and latitude must be filled in', basis: sourced('六视频办发(2018)8号, checked field; 27-column order; GB/T 28181-2022 A.2.1.9 (classes 1 and 2)'),
    check: ({ longitude, latitude }) => {
      // Both are missing as one: it is said once, at the longitude.
      if (field === 'longitude') return longitude !== undefined ? undefined : latitude === undefined ? words('缺少经纬度', 'the coordinates are missing') : words('缺少经度', 'the longitude is missing')
      return latitude === undefined && longitude !== undefined ? words('缺少纬度', 'the latitude is missing') : undefined
    },
  })

const malformed = (field: 'longitude' | 'latitude'): RecordRule =>
  ruleOf(field, {
    what: 'malformed', severity: 'error', zh: '经纬度应为十进制度', en: 'Longitude and latitude are decimal degrees', basis: sourced('27-column order: decimal(10,6)'),
    check: (record, { placeOf }) => {
      if (placeOf(record) !== 'malformed') return undefined
      const isHere = field === 'longitude' ? !degrees.test(record.longitude ?? '') : degrees.test(record.longitude ?? '')
      return isHere ? words(`经纬度不是十进制度：${said(record)}`, `the coordinates are not decimal degrees: ${said(record)}`) : undefined
    },
  })

/** Digits behind the point that say something, and those that are written: 118.840000 is two decimals in disguise. */
const decimals = (text: string): { readonly carried: number; readonly written: number } => {
  const fraction = text.split('.')[1] ?? ''
  return { carried: fraction.replace(/0+$/, '').length, written: fraction.length }
}

const names = { longitude: ['经度', 'longitude'], latitude: ['纬度', 'latitude'] } as const
const poor = (field: 'longitude' | 'latitude', value: string): Words => words(`${names[field][0]}${value}精度不足：应有六位小数`, `the ${names[field][1]} ${value} is not precise enough: six decimals are expected`)

const precision = (field: 'longitude' | 'latitude'): readonly RecordRule[] => {
  const other = field === 'longitude' ? 'latitude' : 'longitude'
  const judge = (record: Fields, { placeOf }: Applied): 'precision' | 'padded' | 'coarse' | undefined => {
    const value = record[field]
    if (value === undefined || typeof placeOf(record) === 'string') return undefined
    const { carried, written } = decimals(value)
    if (carried > 3) return undefined
    if (carried <= 2) return written < 6 ? 'precision' : 'padded'
    // One true coordinate in a thousand ends in three zeros: only both together are padding.
    return written < 6 ? 'coarse' : decimals(record[other] ?? '').carried <= 3 ? 'padded' : undefined
  }
  const rule = (what: 'precision' | 'padded' | 'coarse', severity: Finding['severity'], zh: string, en: string): RecordRule =>
    ruleOf(field, { what, severity, zh, en, basis: ours('six decimals are the format of the 27-column order; the bounds are ours'), check: (record, context) => (judge(record, context) === what ? poor(field, record[field] ?? '') : undefined) })
  return [
    rule('precision', 'error', `${names[field][0]}不应为整数或只有两位小数`, `The ${names[field][1]} has more than two decimals: two are a kilometre`),
    rule('padded', 'warning', `${names[field][0]}不应以零补位`, `The ${names[field][1]} is not padded with zeros`),
    rule('coarse', 'warning', `${names[field][0]}应有六位小数`, `The ${names[field][1]} has six decimals: three are a hundred metres`),
  ]
}

function district(record: Fields, { outlines, limits, divisions, placeOf }: Applied): Words | undefined {
  const place = placeOf(record)
  if (typeof place === 'string' || outlines.length === 0) return undefined
  const outline = outlineOf(record.area ?? record.code?.slice(0, 6) ?? '', outlines)
  if (!outline) return undefined
  const metres = metresOutside(place.longitude, place.latitude, outline)
  if (metres <= limits.toleranceM) return undefined
  const km = (metres / 1000).toFixed(1)
  const there = outlineAt(place.longitude, place.latitude, outlines)
  const name = (each: Outline): string => `${divisions.find(each.area)?.name ?? ''}${each.area}`
  const [inZh, inEn] = there ? [`，实在${name(there)}`, `, in ${name(there)}`] : ['', '']
  return words(`坐标在行政区域${name(outline)}之外，相距约${km}公里${inZh}`, `the point lies about ${km} km outside division ${name(outline)}${inEn}`)
}

export const placeRules: readonly RecordRule[] = [
  missing('longitude'),
  missing('latitude'),
  malformed('longitude'),
  malformed('latitude'),
  ruleOf('longitude', {
    what: 'zero', severity: 'error', zh: '经纬度不应为0,0', en: 'The coordinates are not 0, 0', basis: sourced('六视频办发(2018)8号: coordinates are checked; 0, 0 is what programs write that have none'),
    check: (record, { placeOf }) => (placeOf(record) === 'zero' ? words('经纬度为0,0', 'the coordinates are 0, 0') : undefined),
  }),
  ruleOf('longitude', {
    what: 'swapped', severity: 'error', zh: '经度与纬度不应填反', en: 'Longitude and latitude are not swapped', basis: ours('no place of China has a longitude below 60 or a latitude above 70; an exporter of 2017 wrote the one for the other'),
    check: (record, { placeOf }) => (placeOf(record) === 'swapped' ? words(`经度与纬度疑似填反：${said(record)}`, `longitude and latitude look swapped: ${said(record)}`) : undefined),
  }),
  ruleOf('longitude', {
    what: 'outside-china', severity: 'error', zh: '坐标应在中国境内', en: 'The point lies in China', basis: ours('box of the datum libraries: 72.004-137.8347 E, 0.8293-55.8271 N'),
    check: (record, { placeOf }) => (placeOf(record) === 'outside-china' ? words(`坐标不在中国境内：${said(record)}`, `the point lies outside China: ${said(record)}`) : undefined),
  }),
  ...precision('longitude'),
  ...precision('latitude'),
  ruleOf('longitude', { what: 'outside-district', severity: 'error', zh: '坐标应在行政区域之内', en: 'The point lies in its division', basis: ours('outlines are the user\'s; how far outside is allowed is configured'), check: district }),
]

const notApplied: RuleRow & { readonly field: FieldName } = { code: 'coordinates.outline-not-applied', field: 'longitude', severity: 'info', needs: 'area', zh: '没有行政区域边界时不检查坐标是否在辖区内', en: 'Without an outline of the division it is not checked whether points lie inside', basis: ours('a rule that could not be applied says so') }
export const placeNotes: readonly RuleRow[] = [notApplied]

/** Said once per area in a summary, never per camera: without an outline the rule on divisions was not applied. Undefined when it was. */
export function outlineNotApplied(area: string, outlines: readonly Outline[] | undefined): Finding | undefined {
  if (outlineOf(area, outlines ?? [])) return undefined
  return findingOf(notApplied, words(`没有行政区域${area}的边界，未检查坐标是否在辖区内`, `no outline of division ${area} was supplied: whether points lie inside it was not checked`))
}
