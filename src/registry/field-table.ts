// One row per field of the record: headings, schema, rules, export and the console's forms all come from here.
// Columns and abbreviations follow the 27-column order (一机一档); elements are those of GB/T 28181-2022 A.2.1.9.
import * as codes from './codes.ts'
import type { CodeTable } from './codes.ts'
import type { FieldName } from './types.ts'

export type FieldType = 'text' | 'digits' | 'integer' | 'decimal' | 'code' | 'codes' | 'date' | 'ipv4' | 'ipv6' | 'mac'

export interface FieldRow {
  readonly name: FieldName
  readonly zh: string
  readonly en: string
  /** Pinyin initials, as the spreadsheets head their columns. */
  readonly abbreviation: string
  /** Other headings seen for the same column. */
  readonly aliases?: readonly string[]
  /** GB/T 28181 Catalog element that reports the same thing; merge.ts knows where the values differ. */
  readonly element?: string
  readonly type: FieldType
  /** Characters; what the templates allow, else ours. */
  readonly maxLength: number
  readonly table?: CodeTable
  readonly mandatory: 'always' | 'class-1' | 'no'
  readonly isPersonal: boolean
  /** First half of its rules' names: `function-type.missing`. */
  readonly rule: string
}

type Options = Partial<Pick<FieldRow, 'aliases' | 'element' | 'table' | 'mandatory' | 'isPersonal'>>

const field = (name: FieldName, zh: string, abbreviation: string, en: string, rule: string, type: FieldType, maxLength: number, options: Options = {}): FieldRow => ({
  name,
  zh,
  en,
  abbreviation,
  type,
  maxLength,
  mandatory: 'no',
  isPersonal: false,
  rule,
  ...options,
})

export const fieldTable: readonly FieldRow[] = [
  field('code', '设备编码', 'SBBM', 'Device code', 'code', 'digits', 20, { aliases: ['国标编码', '设备国标编码'], element: 'DeviceID', mandatory: 'always' }),
  field('name', '设备名称', 'SBMC', 'Device name', 'name', 'text', 50, { element: 'Name', mandatory: 'always' }),
  field('manufacturer', '设备厂商', 'SBCS', 'Manufacturer', 'manufacturer', 'code', 20, { aliases: ['厂商'], element: 'Manufacturer', table: codes.manufacturers, mandatory: 'always' }),
  field('area', '行政区域', 'XZQY', 'Administrative division', 'area', 'digits', 6, { aliases: ['行政区划', '行政区划代码'], element: 'CivilCode', mandatory: 'always' }),
  field('class', '监控点位类型', 'JKDWLX', 'Point class', 'class', 'code', 20, { element: 'Info.PointType', table: codes.pointClasses, mandatory: 'always' }),
  field('model', '设备型号', 'SBXH', 'Model', 'model', 'text', 100, { element: 'Model' }),
  field('commonName', '点位俗称', 'DWSC', 'Common name of the point', 'common-name', 'text', 100, { element: 'Info.PointCommonName' }),
  field('ipv4', 'IPv4地址', 'IPV4', 'IPv4 address', 'ipv4', 'ipv4', 15, { element: 'IPAddress' }),
  field('ipv6', 'IPv6地址', 'IPV6', 'IPv6 address', 'ipv6', 'ipv6', 45, { element: 'IPAddress' }),
  field('mac', 'MAC地址', 'MACDZ', 'MAC address', 'mac', 'mac', 17, { element: 'Info.MAC' }),
  field('cameraType', '摄像机类型', 'SXJLX', 'Camera type', 'camera-type', 'code', 20, { element: 'Info.PTZType', table: codes.cameraTypes }),
  field('functionType', '摄像机功能类型', 'SXJGNLX', 'Function type', 'function-type', 'codes', 50, { aliases: ['功能类型'], element: 'Info.FunctionType', table: codes.functionTypes, mandatory: 'always' }),
  field('supplyLight', '补光属性', 'BGSX', 'Supplementary light', 'supply-light', 'code', 20, { element: 'Info.SupplyLightType', table: codes.supplyLights }),
  field('encoding', '摄像机编码格式', 'SXJBMGS', 'Video encoding', 'encoding', 'code', 20, { aliases: ['编码格式'], element: 'Info.EncodeType', table: codes.encodings }),
  field('address', '安装地址', 'AZDZ', 'Address', 'address', 'text', 50, { element: 'Address', mandatory: 'always' }),
  field('longitude', '经度', 'JD', 'Longitude', 'coordinates', 'decimal', 20, { element: 'Longitude', mandatory: 'always' }),
  field('latitude', '纬度', 'WD', 'Latitude', 'coordinates', 'decimal', 20, { element: 'Latitude', mandatory: 'always' }),
  field('positionType', '摄像机位置类型', 'SXJWZLX', 'Position type', 'position-type', 'codes', 50, { aliases: ['位置类型'], element: 'Info.PositionType', table: codes.positionTypes, mandatory: 'always' }),
  field('direction', '监视方位', 'JSFW', 'Direction of view', 'direction', 'code', 20, { element: 'Info.DirectionType', table: codes.directions }),
  field('networking', '联网属性', 'LWSX', 'Networking', 'networking', 'code', 20, { table: codes.networkings, mandatory: 'always' }),
  field('policeUnit', '所属辖区公安机关', 'SSXQGAJG', 'Police unit of the area', 'police-unit', 'digits', 12, { aliases: ['辖区公安机关'], element: 'Block', mandatory: 'always' }),
  field('installedAt', '安装时间', 'AZSJ', 'Installed at', 'installed-at', 'date', 30, { element: 'Info.InstallTime', mandatory: 'class-1' }),
  field('managementUnit', '管理单位', 'GLDW', 'Managing unit', 'owner', 'text', 100, { element: 'Info.ManagementUnit', mandatory: 'always' }),
  field('contact', '管理单位联系方式', 'GLDWLXFS', 'Contact of the managing unit', 'contact', 'text', 200, { element: 'Info.ContactInfo', mandatory: 'class-1', isPersonal: true }),
  field('recordDays', '录像保存天数', 'LXBCTS', 'Days of recording kept', 'record-days', 'integer', 6, { element: 'Info.RecordSaveDays', mandatory: 'class-1' }),
  field('status', '设备状态', 'SBZT', 'Device state', 'status', 'code', 20, { table: codes.statuses, mandatory: 'always' }),
  field('industry', '所属部门/行业', 'SSBMHY', 'Department or industry', 'industry', 'codes', 50, { aliases: ['所属部门', '所属行业'], table: codes.industries }),
  field('builtBy', '建设应用类别', 'JSYYLB', 'Built by', 'built-by', 'code', 20, { table: codes.builders }),
]

const byName = new Map(fieldTable.map((row) => [row.name, row]))

/** The row of a field. Every FieldName has one; a test holds that. */
export function fieldRow(name: FieldName): FieldRow {
  const row = byName.get(name)
  if (!row) throw new RangeError(`no field ${name}`)
  return row
}

export const isFieldName = (name: string): name is FieldName => byName.has(name as FieldName)
