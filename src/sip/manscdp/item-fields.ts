// The fields of a catalog entry by their meaning, both editions. GB/T 28181-2022 A.2.1.9; 2016 A.2.1.
import { decimal, readFields, slashed, table, text, whole, word, writeFields, type Field } from './fields.ts'
import { parentIdsOf, readItem, type CatalogItem } from './item.ts'
import type { Open } from './values.ts'
import { element, rawElements } from './xml.ts'

/** What `CatalogItem.raw` says, as far as it says anything: a value that does not fit its field stays in `raw`. Codes are in the standard. */
export interface CatalogFields extends Open {
  readonly deviceId: string
  readonly name?: string
  readonly manufacturer?: string
  readonly model?: string
  /** 2016. */
  readonly owner?: string
  /** 2, 4, 6 or 8 digits. Interop: placeholders. Q46. */
  readonly civilCode?: string
  readonly block?: string
  readonly address?: string
  /** Whether it has sub-devices. Interop: 65535 and other numbers count as no. Q45. */
  readonly isParent?: boolean
  /** All of them, itself left out. Q45, Annex J. */
  readonly parentIds?: readonly string[]
  /** 2016: 0 none, 2 S/MIME signed, 3 encrypted, 4 digest. */
  readonly safetyWay?: number
  readonly registerWay?: number
  /** 2022: A, B or C of GB 35114. */
  readonly securityLevelCode?: string
  /** 2016. */
  readonly certNum?: string
  readonly certifiable?: number
  readonly errCode?: number
  readonly endTime?: string
  readonly isSecret?: boolean
  readonly ipAddress?: string
  readonly port?: number
  readonly password?: string
  readonly status?: string
  /** WGS-84. Interop: 0,0 means nothing. Q46. */
  readonly longitude?: number
  readonly latitude?: number
  /** Interop: inside Info too. Q48. */
  readonly businessGroupId?: string
  /** In a notification. */
  readonly event?: 'ON' | 'OFF' | 'VLOST' | 'DEFECT' | 'ADD' | 'DEL' | 'UPDATE'
  readonly ptzType?: number
  /** 2016. */
  readonly positionType?: number
  readonly useType?: number
  readonly photoelectricImagingTypes?: readonly string[]
  /** Annex O, 7 digits. */
  readonly capturePositionType?: string
  readonly roomType?: number
  readonly supplyLightType?: number
  readonly directionType?: number
  readonly resolutions?: readonly string[]
  readonly streamNumbers?: readonly string[]
  readonly downloadSpeeds?: readonly string[]
  readonly svcSpaceSupportMode?: number
  readonly svcTimeSupportMode?: number
  readonly ssvcRatios?: readonly string[]
  readonly mobileDeviceType?: number
  readonly horizontalFieldAngle?: number
  readonly verticalFieldAngle?: number
  readonly maxViewDistanceM?: number
  readonly grassrootsCode?: string
  readonly pointType?: number
  readonly pointCommonName?: string
  readonly mac?: string
  readonly functionTypes?: readonly string[]
  readonly encodeTypes?: readonly string[]
  readonly installTime?: string
  readonly managementUnit?: string
  readonly contactInfo?: readonly string[]
  readonly recordSaveDays?: number
  readonly industrialClassification?: string
}

/** Interop: 65535, negative numbers. */
const parental: Field<boolean> = { ...word<boolean>('Parental', { '1': true, '0': false }), read: ({ text: said }) => (/^[+-]?\d{1,9}$/.test(said) ? Number(said) === 1 : undefined) }

const inInfo = {
  ptzType: whole('PTZType'),
  positionType: whole('PositionType'),
  photoelectricImagingTypes: slashed('PhotoelectricImagingType'),
  capturePositionType: text('CapturePositionType'),
  roomType: whole('RoomType'),
  useType: whole('UseType'),
  supplyLightType: whole('SupplyLightType'),
  directionType: whole('DirectionType'),
  resolutions: slashed('Resolution'),
  streamNumbers: slashed('StreamNumberList'),
  downloadSpeeds: slashed('DownloadSpeed'),
  svcSpaceSupportMode: whole('SVCSpaceSupportMode'),
  svcTimeSupportMode: whole('SVCTimeSupportMode'),
  ssvcRatios: slashed('SSVCRatioSupportList'),
  mobileDeviceType: whole('MobileDeviceType'),
  horizontalFieldAngle: decimal('HorizontalFieldAngle'),
  verticalFieldAngle: decimal('VerticalFieldAngle'),
  maxViewDistanceM: decimal('MaxViewDistance'),
  grassrootsCode: text('GrassrootsCode'),
  pointType: whole('PointType'),
  pointCommonName: text('PointCommonName'),
  mac: text('MAC'),
  functionTypes: slashed('FunctionType'),
  encodeTypes: slashed('EncodeType'),
  installTime: text('InstallTime'),
  managementUnit: text('ManagementUnit'),
  contactInfo: slashed('ContactInfo'),
  recordSaveDays: whole('RecordSaveDays'),
  industrialClassification: text('IndustrialClassification'),
}
type Inside = keyof typeof inInfo

const item = table<CatalogFields, Inside>({
  deviceId: { ...text('DeviceID'), fallback: '' },
  event: word('Event', { ON: 'ON', OFF: 'OFF', VLOST: 'VLOST', DEFECT: 'DEFECT', ADD: 'ADD', DEL: 'DEL', UPDATE: 'UPDATE' }),
  name: text('Name'),
  manufacturer: text('Manufacturer'),
  model: text('Model'),
  owner: text('Owner'),
  civilCode: text('CivilCode'),
  block: text('Block'),
  address: text('Address'),
  isParent: parental,
  parentIds: slashed('ParentID'),
  safetyWay: whole('SafetyWay'),
  registerWay: whole('RegisterWay'),
  securityLevelCode: text('SecurityLevelCode'),
  certNum: text('CertNum'),
  certifiable: whole('Certifiable'),
  errCode: whole('ErrCode'),
  endTime: text('EndTime'),
  isSecret: word<boolean>('Secrecy', { '1': true, '0': false }),
  ipAddress: text('IPAddress'),
  port: whole('Port'),
  password: text('Password'),
  status: text('Status'),
  longitude: decimal('Longitude'),
  latitude: decimal('Latitude'),
  businessGroupId: text('BusinessGroupID'),
}, { Info: table<Pick<CatalogFields, Inside>>(inInfo) })

/** The fields of an entry by their meaning. */
export function catalogFields({ id, raw }: CatalogItem): CatalogFields {
  const fields = readFields<CatalogFields>(item, element('Item', rawElements({ ...raw, DeviceID: id })))
  const { parentIds, businessGroupId, raw: rest, ...others } = fields
  const parents = parentIds?.filter((parent) => parent !== id) ?? []
  const group = businessGroupId ?? raw['Info.BusinessGroupID']
  const { 'Info.BusinessGroupID': _group, ...unknown } = rest ?? {}
  return { ...others, ...(parents.length > 0 && { parentIds: parents }), ...(group !== undefined && { businessGroupId: group }), ...(Object.keys(unknown).length > 0 && { raw: unknown }) }
}

/** An entry of these fields, to write: for whoever has a catalog of their own. Throws a TypeError without a device id. */
export function catalogItem(fields: CatalogFields): CatalogItem {
  const made = readItem(element('Item', writeFields(item, fields, undefined)))
  if (!made) throw new TypeError('a catalog entry without a device id')
  return made
}

/**
 * Where an entry hangs: its parents without itself and without the server, which some devices name as parent of everything; the device
 * itself when nothing is left. Q45.
 */
export function parentsOf({ id, raw }: CatalogItem, deviceId: string, serverId?: string): readonly string[] {
  const parents = parentIdsOf(raw['ParentID']).filter((parent) => parent !== id && parent !== serverId)
  return parents.length > 0 ? parents : id === deviceId ? [] : [deviceId]
}
