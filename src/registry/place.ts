// Rules on a record's coordinates: WGS-84 degrees with six decimals, inside China, inside their district.
import { metresOutside, outlineOf, type Outline } from './outline.ts'
import type { Fields, Finding } from './types.ts'

export interface PlaceContext {
  readonly outlines?: readonly Outline[]
  /** How far outside its district's outline a point may lie: outlines are simplified. Ours: 100 m, below the 350 m of a wrong datum. */
  readonly toleranceM?: number
}

/** Where China's coordinates lie, as the datum libraries bound it. */
const china = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 }

const finding = (field: 'longitude' | 'latitude', rule: string, severity: Finding['severity'], zh: string, en: string): Finding => ({ field, rule: `coordinates.${rule}`, severity, message: { zh, en } })

/** The first thing that makes the place meaningless ends the check; missing is the mandatory rule's business when both are. */
export function checkPlace(record: Fields, context: PlaceContext): readonly Finding[] {
  const { longitude, latitude } = record
  if (longitude === undefined || latitude === undefined) {
    const field = longitude === undefined ? 'longitude' : 'latitude'
    const lacking: readonly [string, string] = longitude !== undefined ? ['纬度', 'the latitude is'] : latitude !== undefined ? ['经度', 'the longitude is'] : ['经纬度', 'the coordinates are']
    return [finding(field, 'missing', 'error', `缺少${lacking[0]}`, `${lacking[1]} missing`)]
  }
  const [lon, lat] = [Number(longitude), Number(latitude)]
  const isNumber = (text: string): boolean => /^-?\d{1,3}(\.\d+)?$/.test(text)
  if (!isNumber(longitude) || !isNumber(latitude)) {
    return [finding(isNumber(longitude) ? 'latitude' : 'longitude', 'malformed', 'error', `经纬度不是十进制度：${longitude}，${latitude}`, `the coordinates are not decimal degrees: ${longitude}, ${latitude}`)]
  }
  if (lon === 0 && lat === 0) return [finding('longitude', 'zero', 'error', '经纬度为0,0', 'the coordinates are 0, 0')]
  if (lon < 60 && lat > 70) return [finding('longitude', 'swapped', 'error', `经度与纬度疑似填反：${longitude}，${latitude}`, `longitude and latitude look swapped: ${longitude}, ${latitude}`)]
  if (lon < china.west || lon > china.east || lat < china.south || lat > china.north) {
    return [finding('longitude', 'outside-china', 'error', `坐标不在中国境内：${longitude}，${latitude}`, `the point lies outside China: ${longitude}, ${latitude}`)]
  }
  return [...precision('longitude', longitude), ...precision('latitude', latitude), ...district(record, lon, lat, context)]
}

/** Six decimals are 0.1 m; two are a kilometre. Zeros at the end carry nothing: 118.840000 is two decimals in disguise. */
function precision(field: 'longitude' | 'latitude', text: string): readonly Finding[] {
  const written = (text.split('.')[1] ?? '').length
  const carried = text.includes('.') ? (text.replace(/0+$/, '').split('.')[1] ?? '').length : 0
  if (carried > 3) return []
  const [zh, en] = field === 'longitude' ? ['经度', 'longitude'] : ['纬度', 'latitude']
  const severity = carried <= 2 && written < 6 ? 'error' : 'warning'
  return [finding(field, 'precision', severity, `${zh}${text}精度不足：应有六位小数`, `the ${en} ${text} is not precise enough: six decimals are expected`)]
}

function district(record: Fields, lon: number, lat: number, context: PlaceContext): readonly Finding[] {
  const outline = outlineOf(record.area ?? record.code?.slice(0, 6) ?? '', context.outlines ?? [])
  if (!outline) return []
  const metres = metresOutside(lon, lat, outline)
  if (metres <= (context.toleranceM ?? 100)) return []
  const km = (metres / 1000).toFixed(1)
  return [finding('longitude', 'outside-district', 'error', `坐标在行政区域${outline.area}之外，相距约${km}公里`, `the point lies about ${km} km outside division ${outline.area}`)]
}

/** Said once per area in a summary, never per camera: without an outline the rule on districts was not applied. Undefined when it was. */
export function outlineNotApplied(area: string, outlines: readonly Outline[] | undefined): Finding | undefined {
  if (outlineOf(area, outlines ?? [])) return undefined
  return finding('longitude', 'outline-not-applied', 'info', `没有行政区域${area}的边界，未检查坐标是否在辖区内`, `no outline of division ${area} was supplied: whether points lie inside it was not checked`)
}
