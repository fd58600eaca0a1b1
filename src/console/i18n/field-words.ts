// Names of the record's fields, as the spreadsheets head them.
import type { FieldName } from '../../api/schema/index.ts'

type Names = Readonly<Partial<Record<FieldName, string>>>

/** The order in which a record is read: who, where, what, whose. */
export const fieldOrder: readonly FieldName[] = [
  'code', 'name', 'commonName', 'class', 'area', 'address', 'longitude', 'latitude', 'positionType', 'direction',
  'functionType', 'cameraType', 'networking', 'status', 'managementUnit', 'contact', 'policeUnit', 'industry', 'builtBy',
  'manufacturer', 'model', 'encoding', 'supplyLight', 'ipv4', 'ipv6', 'mac', 'installedAt', 'recordDays',
]

export const fieldsZh: Names = {
  code: '设备编码', name: '设备名称', manufacturer: '设备厂商', area: '行政区域', class: '监控点位类型', model: '设备型号', commonName: '点位俗称',
  ipv4: 'IPv4 地址', ipv6: 'IPv6 地址', mac: 'MAC 地址', cameraType: '摄像机类型', functionType: '摄像机功能类型', supplyLight: '补光属性', encoding: '摄像机编码格式',
  address: '安装地址', longitude: '经度', latitude: '纬度', positionType: '摄像机位置类型', direction: '监视方位', networking: '联网属性', policeUnit: '所属辖区公安机关',
  installedAt: '安装时间', managementUnit: '管理单位', contact: '管理单位联系方式', recordDays: '录像保存天数', status: '设备状态', industry: '所属部门/行业', builtBy: '建设应用类别',
}

export const fieldsEn: Names = {
  code: 'Device code', name: 'Device name', manufacturer: 'Manufacturer', area: 'Administrative division', class: 'Point class', model: 'Model', commonName: 'Common name of the point',
  ipv4: 'IPv4 address', ipv6: 'IPv6 address', mac: 'MAC address', cameraType: 'Camera type', functionType: 'Function type', supplyLight: 'Supplementary light', encoding: 'Video encoding',
  address: 'Address', longitude: 'Longitude', latitude: 'Latitude', positionType: 'Position type', direction: 'Direction of view', networking: 'Networking', policeUnit: 'Police unit of the area',
  installedAt: 'Installed at', managementUnit: 'Managing unit', contact: 'Contact of the managing unit', recordDays: 'Days of recording kept', status: 'Device state', industry: 'Department or industry', builtBy: 'Built by',
}

const table = (...rows: readonly (readonly [code: string, zh: string, en: string])[]): ReadonlyMap<string, { readonly zh: string; readonly en: string }> => new Map(rows.map(([code, zh, en]) => [code, { zh, en }]))

/** Code tables a reader meets most; a value without words shows as it is. */
const tables: Partial<Record<FieldName, ReturnType<typeof table>>> = {
  class: table(['1', '一类', 'Class I'], ['2', '二类', 'Class II'], ['3', '三类', 'Class III'], ['4', '公安内部', 'police internal'], ['9', '其他', 'other']),
  cameraType: table(['1', '球机', 'dome'], ['2', '半球', 'half dome'], ['3', '固定枪机', 'fixed bullet'], ['4', '遥控枪机', 'remote bullet'], ['5', '卡口枪机', 'checkpoint bullet'], ['99', '未知', 'unknown']),
  functionType: table(['1', '车辆卡口', 'vehicle checkpoint'], ['2', '人员卡口', 'person checkpoint'], ['3', '微卡口', 'small checkpoint'], ['4', '特征摄像机', 'feature camera'], ['5', '普通监控', 'ordinary surveillance'], ['6', '高空瞭望', 'high lookout'], ['99', '其他', 'other']),
  supplyLight: table(['1', '无补光', 'none'], ['2', '红外', 'infrared'], ['3', '白光', 'white'], ['9', '其他', 'other']),
  encoding: table(['1', 'MPEG-4', 'MPEG-4'], ['2', 'H.264', 'H.264'], ['3', 'SVAC', 'SVAC'], ['4', 'H.265', 'H.265']),
  direction: table(['1', '东', 'east'], ['2', '西', 'west'], ['3', '南', 'south'], ['4', '北', 'north'], ['5', '东南', 'south-east'], ['6', '东北', 'north-east'], ['7', '西南', 'south-west'], ['8', '西北', 'north-west'], ['9', '全向', 'all around']),
  networking: table(['networked', '已联网', 'networked'], ['not-networked', '未联网', 'not networked']),
  status: table(['1', '在用', 'in use'], ['2', '维修', 'under repair'], ['3', '拆除', 'removed']),
}

/** A value for a reader: codes of a table with their words (`5 普通监控`), several joined by "/". */
export function fieldText(field: FieldName, value: string, lang: 'zh' | 'en'): string {
  const words = tables[field]
  if (!words) return value
  return value.split('/').map((code) => wordOf(code, words.get(code)?.[lang])).join(' / ')
}

const wordOf = (code: string, word: string | undefined): string => (word === undefined ? code : /^\d+$/.test(code) ? `${code} ${word}` : word)
