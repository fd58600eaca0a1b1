// One row per field of the record: types, headings, schema, rules, export, the console's forms and docs/fields.md all come from here.
// The first 27 are the columns of 一机一档 in their order; then what local templates and the catalog of GB/T 28181-2022 add, all optional.
// Also a door of the module: it is data alone, so that api/schema, whose types the console takes, can be built from it.
import * as codes from './codes.ts'
import * as catalog from './catalog-codes.ts'
import { capturePositions } from './capture-positions.ts'
import { field, type FieldRow as Row } from './field-row.ts'

export { fieldGroups, isMandatory, type FieldGroup, type FieldType, type PointClass, type Reported, type ReportedAs } from './field-row.ts'

const [metres, days] = [{ zh: '米', en: 'm' }, { zh: '天', en: 'days' }]
/** Read in two or more independent record programs (label converters, importers, collection apps of 2017-2018) in the same order. */
const common = '27-column order'
const capital = 'CameraDto (2018-12)'
const long = '73-column template (2025-12)'
const hefei = 'Hefei camera table'
const standard = 'GB/T 28181-2022 A.2.1.9'

const rows = [
  field({ name: 'code', group: 'identity', zh: '设备编码', en: 'Device code', abbreviation: 'SBBM', aliases: ['国标编码', '设备国标编码'], element: 'DeviceID', reported: { as: 'id' }, type: 'digits', digits: 20, mandatory: 'always', source: `${common}; GB/T 28181-2022 Annex E` }),
  field({ name: 'name', group: 'identity', zh: '设备名称', en: 'Device name', abbreviation: 'SBMC', element: 'Name', reported: { as: 'name' }, type: 'text', maxLength: 50, mandatory: 'always', source: common }),
  field({ name: 'manufacturer', group: 'device', zh: '设备厂商', en: 'Manufacturer', abbreviation: 'SBCS', aliases: ['厂商'], element: 'Manufacturer', reported: { as: 'maker', trap: 'the catalog has free text, the record a code: known makers are recognised by their names, others stay unread' }, type: 'code', table: codes.manufacturers, mandatory: 'always', source: `${common}; Jiangsu numbers makers otherwise` }),
  field({ name: 'area', group: 'place', zh: '行政区域', en: 'Administrative division', abbreviation: 'XZQY', aliases: ['行政区划', '行政区划代码'], element: 'CivilCode', reported: { as: 'division', trap: 'the catalog has 2, 4, 6 or 8 digits, and some devices send a domain, an id or the word CivilCode: six digits of a province that exists are taken' }, type: 'digits', digits: 6, mandatory: 'always', source: `${common}; GB/T 2260` }),
  field({ name: 'class', group: 'use', zh: '监控点位类型', en: 'Point class', abbreviation: 'JKDWLX', element: 'Info.PointType', reported: { as: { codes: catalog.pointClassOf }, trap: 'the catalog has no 4 (police internal); who sends 4 means other: 9' }, type: 'code', table: codes.pointClasses, mandatory: 'always', source: common }),
  field({ name: 'model', group: 'device', zh: '设备型号', en: 'Model', abbreviation: 'SBXH', element: 'Model', reported: { as: 'text' }, type: 'text', source: common }),
  field({ name: 'commonName', group: 'identity', zh: '点位俗称', en: 'Common name of the point', abbreviation: 'DWSC', element: 'Info.PointCommonName', reported: { as: 'text' }, type: 'text', source: common }),
  field({ name: 'ipv4', group: 'network', zh: 'IPv4地址', en: 'IPv4 address', abbreviation: 'IPV4', element: 'IPAddress', reported: { as: 'ipv4' }, type: 'ipv4', maxLength: 15, source: common }),
  field({ name: 'ipv6', group: 'network', zh: 'IPv6地址', en: 'IPv6 address', abbreviation: 'IPV6', element: 'IPAddress', reported: { as: 'ipv6' }, type: 'ipv6', maxLength: 45, source: common }),
  field({ name: 'mac', group: 'network', zh: 'MAC地址', en: 'MAC address', abbreviation: 'MACDZ', element: 'Info.MAC', reported: { as: 'text', trap: 'templates write colons, the standard dashes: one form is stored' }, type: 'mac', maxLength: 17, source: common }),
  field({ name: 'cameraType', group: 'device', zh: '摄像机类型', en: 'Camera type', abbreviation: 'SXJLX', element: 'Info.PTZType', reported: { as: { codes: catalog.cameraTypeOf }, trap: 'codes 1-4 agree; 5 is a remote half dome in the catalog (2 here) and a checkpoint bullet in the record; 6 and 7 become 99' }, type: 'code', table: codes.cameraTypes, source: `${common}; 100 and up: ${hefei}` }),
  field({ name: 'functionType', group: 'use', zh: '摄像机功能类型', en: 'Function type', abbreviation: 'SXJGNLX', aliases: ['功能类型'], type: 'codes', maxLength: 50, table: codes.functionTypes, mandatory: 'always', isChecked: true, source: `${common}; optional in one province's app, checked by 六视频办发(2018)8号` }),
  field({ name: 'supplyLight', group: 'device', zh: '补光属性', en: 'Supplementary light', abbreviation: 'BGSX', element: 'Info.SupplyLightType', reported: { as: { codes: catalog.supplyLightOf }, trap: 'laser (4) is not in the record: 9' }, type: 'code', table: codes.supplyLights, source: common }),
  field({ name: 'encoding', group: 'device', zh: '摄像机编码格式', en: 'Video encoding', abbreviation: 'SXJBMGS', aliases: ['编码格式'], element: 'Info.EncodeType', reported: { as: { codes: catalog.encodingOf }, trap: 'H.265 is 5 in the catalog and 4 in the record; the catalog\'s 4 is 3GP, which the record does not have' }, type: 'code', table: codes.encodings, source: common }),
  field({ name: 'address', group: 'place', zh: '安装地址', en: 'Address', abbreviation: 'AZDZ', element: 'Address', reported: { as: 'text' }, type: 'text', maxLength: 50, mandatory: 'always', source: common }),
  field({ name: 'longitude', group: 'place', zh: '经度', en: 'Longitude', abbreviation: 'JD', element: 'Longitude', reported: { as: 'degrees', trap: '0 counts as missing' }, type: 'decimal', mandatory: 'always', isChecked: true, rule: 'coordinates', source: common }),
  field({ name: 'latitude', group: 'place', zh: '纬度', en: 'Latitude', abbreviation: 'WD', element: 'Latitude', reported: { as: 'degrees', trap: '0 counts as missing' }, type: 'decimal', mandatory: 'always', isChecked: true, rule: 'coordinates', source: common }),
  field({ name: 'positionType', group: 'use', zh: '摄像机位置类型', en: 'Position type', abbreviation: 'SXJWZLX', aliases: ['位置类型'], element: 'Info.PositionType', reported: { as: { codes: catalog.positionTypeOf }, trap: 'only the 2016 edition has the element, with the record\'s first ten codes; 2022 has CapturePositionType, another table' }, type: 'codes', maxLength: 50, table: codes.positionTypes, mandatory: 'always', source: `${common}; 100 and up: ${hefei}` }),
  field({ name: 'direction', group: 'use', zh: '监视方位', en: 'Direction of view', abbreviation: 'JSFW', element: 'Info.DirectionType', reported: { as: { codes: catalog.directionOf }, trap: 'the record\'s 9 (all around) has no code in the catalog' }, type: 'code', table: codes.directions, source: common }),
  field({ name: 'networking', group: 'network', zh: '联网属性', en: 'Networking', abbreviation: 'LWSX', type: 'code', table: codes.networkings, mandatory: 'always', isChecked: true, source: `${common}; programs disagree on what 0 and 1 mean` }),
  field({ name: 'policeUnit', group: 'management', zh: '所属辖区公安机关', en: 'Police unit of the area', abbreviation: 'SSXQGAJG', aliases: ['辖区公安机关'], element: 'Block', reported: { as: 'police-unit', trap: 'Block holds an organisation code of 12 digits (Annex J) or anything else: only the code is taken' }, type: 'digits', digits: 12, mandatory: 'always', isChecked: true, source: `${common}; GA/T 380` }),
  field({ name: 'installedAt', group: 'management', zh: '安装时间', en: 'Installed at', abbreviation: 'AZSJ', element: 'Info.InstallTime', reported: { as: 'text' }, type: 'date', maxLength: 30, mandatory: ['1'], source: common }),
  field({ name: 'managementUnit', group: 'management', zh: '管理单位', en: 'Managing unit', abbreviation: 'GLDW', element: 'Info.ManagementUnit', reported: { as: 'text', also: ['Owner'], trap: 'Owner is the 2016 edition\'s' }, type: 'text', mandatory: 'always', isChecked: true, rule: 'owner', source: common }),
  field({ name: 'contact', group: 'management', zh: '管理单位联系方式', en: 'Contact of the managing unit', abbreviation: 'GLDWLXFS', element: 'Info.ContactInfo', reported: { as: 'text' }, type: 'text', maxLength: 200, mandatory: ['1'], isPersonal: true, source: common }),
  field({ name: 'recordDays', group: 'management', zh: '录像保存天数', en: 'Days of recording kept', abbreviation: 'LXBCTS', element: 'Info.RecordSaveDays', reported: { as: 'text' }, type: 'integer', maxLength: 6, range: [0, 99_999], unit: days, mandatory: ['1'], source: common }),
  field({ name: 'status', group: 'management', zh: '设备状态', en: 'Device state', abbreviation: 'SBZT', type: 'code', table: codes.statuses, mandatory: 'always', source: `${common}; administrative: the catalog's ON and OFF are presence` }),
  field({ name: 'industry', group: 'management', zh: '所属部门/行业', en: 'Department or industry', abbreviation: 'SSBMHY', aliases: ['所属部门', '所属行业'], type: 'codes', maxLength: 50, table: codes.industries, source: common }),

  field({ name: 'builtBy', group: 'management', zh: '建设应用类别', en: 'Built by', abbreviation: 'JSYYLB', type: 'code', table: codes.builders, source: `${capital}; the axis 公安自建 / 社会单位自建 of 六视频办发(2018)8号, another one than the class` }),
  field({ name: 'osdName', group: 'identity', zh: 'OSD标注名称', en: 'Name in the picture (OSD)', abbreviation: 'OSDMC', aliases: ['OSD名称'], type: 'text', maxLength: 64, source: 'GB/T 28181-2022 OSDConfig (32 characters a line); heading ours' }),
  field({ name: 'grassrootsCode', group: 'place', zh: '基层组织代码', en: 'Grass-roots unit', abbreviation: 'JCZZDM', element: 'Info.GrassrootsCode', reported: { as: 'grassroots', trap: '000000 says that there is none' }, type: 'digits', digits: 6, source: `${standard}, E.3; heading ours` }),
  field({ name: 'poleNumber', group: 'place', zh: '立杆编号', en: 'Pole number', abbreviation: 'LGBH', type: 'text', maxLength: 50, source: long }),
  field({ name: 'installHeight', group: 'place', zh: '安装高度', en: 'Mounted at height', abbreviation: 'AZGD', type: 'decimal', range: [0, 1000], unit: metres, source: `${common}, some versions; ${capital}` }),
  field({ name: 'mount', group: 'place', zh: '安装方式', en: 'Mounted on', abbreviation: 'AZFS', type: 'code', table: codes.mounts, source: hefei }),
  field({ name: 'room', group: 'place', zh: '室内外', en: 'Indoors or outdoors', abbreviation: 'SNW', element: 'Info.RoomType', reported: { as: { codes: catalog.roomTypeOf } }, type: 'code', table: codes.rooms, source: `${standard}; ${long}` }),
  field({ name: 'capturePosition', group: 'use', zh: '采集部位类型', en: 'Capture position', abbreviation: 'CJBWLX', aliases: ['采集区域类型'], element: 'Info.CapturePositionType', reported: { as: 'text', trap: 'Annex O, seven digits: another table than the position type' }, type: 'digits', digits: 7, table: capturePositions, source: `${standard}, Annex O; ${long}` }),
  field({ name: 'captureFunction', group: 'use', zh: '国标功能类型', en: 'What is captured', abbreviation: 'GBGNLX', element: 'Info.FunctionType', reported: { as: { codes: catalog.captureFunctionOf }, trap: 'another table than the function type, with no code in common' }, type: 'codes', maxLength: 50, table: codes.captureFunctions, source: `${standard}; heading ours` }),
  field({ name: 'nationalIndustry', group: 'use', zh: '国民经济行业', en: 'National industry', abbreviation: 'GMJJHY', element: 'Info.IndustrialClassification', reported: { as: 'text', trap: 'GB/T 4754, another table than the department' }, type: 'text', maxLength: 10, source: `${standard}; heading ours` }),
  field({ name: 'visibleDistance', group: 'use', zh: '可视距离', en: 'Visible distance', abbreviation: 'KSJL', element: 'Info.MaxViewDistance', reported: { as: 'text' }, type: 'decimal', range: [0, 100_000], unit: metres, source: `${common}, some versions; ${capital}; ${standard}` }),
  field({ name: 'scenePhoto', group: 'use', zh: '场景照片', en: 'Photo of the scene', abbreviation: 'SXJCJYSZP', aliases: ['摄像机场景预设照片'], type: 'text', maxLength: 200, source: `${common}, some versions` }),
  field({ name: 'resolution', group: 'device', zh: '视频分辨率', en: 'Resolution', abbreviation: 'SPFBL', aliases: ['分辨率'], element: 'Info.Resolution', reported: { as: 'resolution', trap: 'codes of SDP f= or width x height, several: the greatest counts' }, type: 'code', table: codes.resolutions, source: `${capital}; codes: ${hefei}` }),
  field({ name: 'imaging', group: 'device', zh: '光电成像类型', en: 'Imaging', abbreviation: 'GDCXLX', element: 'Info.PhotoelectricImagingType', reported: { as: { codes: catalog.imagingTypeOf } }, type: 'codes', table: codes.imagings, source: `${standard}; heading ours` }),
  field({ name: 'signalType', group: 'device', zh: '视频信号类型', en: 'Video signal', abbreviation: 'SPXHLX', type: 'text', maxLength: 50, source: `${capital}, which names no codes` }),
  field({ name: 'serialNumber', group: 'device', zh: '设备序列号', en: 'Serial number', abbreviation: 'SBXLH', aliases: ['SN', '序列号'], type: 'text', maxLength: 64, source: `${hefei} (SN); heading ours` }),
  field({ name: 'port', group: 'network', zh: '端口号', en: 'Port', abbreviation: 'DKH', aliases: ['端口'], element: 'Port', reported: { as: 'text' }, type: 'integer', maxLength: 5, range: [1, 65_535], source: `${standard}; heading ours` }),
  field({ name: 'channelNumber', group: 'network', zh: '通道号', en: 'Channel', abbreviation: 'TDH', aliases: ['通道'], type: 'integer', maxLength: 5, range: [0, 65_535], source: 'ours: tells the cameras of one recorder apart' }),
  field({ name: 'accessNetwork', group: 'network', zh: '接入网络', en: 'Access network', abbreviation: 'JRWL', type: 'code', table: codes.networks, source: `${long}; codes: GB/T 28181-2022 Annex E, digit 14` }),
  field({ name: 'joinsThirdLevel', group: 'network', zh: '是否接入三级平台', en: 'Joins the third-level platform', abbreviation: 'SFJRSJPT', type: 'code', table: codes.yesNo, source: capital }),
  field({ name: 'isShared', group: 'network', zh: '是否对外共享', en: 'Shared with others', abbreviation: 'SFDWGX', type: 'code', table: codes.yesNo, source: capital }),
  field({ name: 'storageAddress', group: 'network', zh: '存储设备IP', en: 'Address of the storage', abbreviation: 'DYCCSBIP', type: 'ipv4', maxLength: 15, source: capital }),
  field({ name: 'storageChannel', group: 'network', zh: '存储设备通道', en: 'Channel of the storage', abbreviation: 'DYCCSBTD', type: 'integer', maxLength: 5, range: [0, 65_535], source: capital }),
  field({ name: 'keyboardNumber', group: 'network', zh: '键盘编号', en: 'Keyboard number', abbreviation: 'JPBH', type: 'text', maxLength: 20, source: capital }),
  field({ name: 'constructionUnit', group: 'management', zh: '建设单位', en: 'Built for', abbreviation: 'JSDW', aliases: ['建设单位/设备归属'], type: 'text', source: `${long}; Guangzhou NMP (2018)` }),
  field({ name: 'maintenanceUnit', group: 'management', zh: '维护单位', en: 'Maintained by', abbreviation: 'WHDW', aliases: ['承建/维护单位'], type: 'text', source: long }),
  field({ name: 'maintenanceContact', group: 'management', zh: '维护单位联系方式', en: 'Contact of the maintainer', abbreviation: 'WHDWLXFS', type: 'text', maxLength: 200, isPersonal: true, source: `${long}; heading ours` }),
]

/** Names of the record's fields: what the table has, and no list beside it. */
export type FieldName = (typeof rows)[number]['name']
export type FieldRow = Row<FieldName>

export const fieldTable: readonly FieldRow[] = rows

/** Every field as a map with its name: TypeScript knows the keys of no array. */
const byName = new Map<string, FieldRow>(fieldTable.map((row) => [row.name, row]))

/** The row of a field. Every FieldName has one. */
export function fieldRow(name: FieldName): FieldRow {
  const row = byName.get(name)
  if (!row) throw new RangeError(`no field ${name}`)
  return row
}

export const isFieldName = (name: string): name is FieldName => byName.has(name)

/** Fields with names or numbers of persons. */
export const personalFields: readonly FieldName[] = fieldTable.filter((row) => row.isPersonal).map((row) => row.name)
