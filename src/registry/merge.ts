// What a device's catalog says -> the reported side of camera records. GB/T 28181-2022 A.2.1.9; declared fields are never touched.
import { kindOf } from './code.ts'
import { fieldRow } from './field-table.ts'
import { normalise } from './normalise.ts'
import { isIpv4, isIpv6 } from './rules.ts'
import type { Camera, Channel, FieldChange, FieldName, Fields, Finding } from './types.ts'

/** Catalog codes whose meaning differs from the record's; what is not listed has no counterpart and stays in `raw`. */
const pointClass: Readonly<Record<string, string>> = { '1': '1', '2': '2', '3': '3', '4': '9', '9': '9' }
/** Catalog 5 is a remote half dome (the record's 5 is a checkpoint camera); 6 and 7 are channels of stitched or split pictures. */
const cameraType: Readonly<Record<string, string>> = { '1': '1', '2': '2', '3': '3', '4': '4', '5': '2', '6': '99', '7': '99' }
/** Catalog 4 is laser, which the record does not have. */
const supplyLight: Readonly<Record<string, string>> = { '1': '1', '2': '2', '3': '3', '4': '9', '9': '9' }
/** Catalog 5 is H.265, the record's 4; catalog 4 is 3GP, which the record does not have. */
const encoding: Readonly<Record<string, string>> = { '1': '1', '2': '2', '3': '3', '5': '4' }
const direction: Readonly<Record<string, string>> = Object.fromEntries(['1', '2', '3', '4', '5', '6', '7', '8'].map((code) => [code, code]))
/** Info.PositionType of the 2016 edition: its ten codes are the record's; Annex O of 2022 is another table. */
const positionType: Readonly<Record<string, string>> = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [String(i + 1), String(i + 1)]))
const manufacturerNames: readonly (readonly [RegExp, string])[] = [
  [/hik|海康/i, '1'],
  [/dahua|大华/i, '2'],
  [/tiandy|天地伟业/i, '3'],
  [/kedacom|科达/i, '4'],
  [/axis|安讯士/i, '5'],
  [/uniview|unv|宇视/i, '9'],
  [/hisense|海信/i, '10'],
  [/huawei|华为/i, '15'],
]

/** Element text by name, wherever a device put it: top level or Info, any case. Placeholders count as missing. */
function reader(raw: Readonly<Record<string, string>>): (...elements: readonly string[]) => string | undefined {
  const byName = new Map<string, string>()
  for (const [name, value] of Object.entries(raw)) byName.set(name.toLowerCase(), value.trim())
  return (...elements) => {
    for (const element of elements) {
      const value = byName.get(`info.${element.toLowerCase()}`) ?? byName.get(element.toLowerCase())
      // Interop: devices send the element's own name where they know nothing (`<Owner>Owner</Owner>`).
      if (value !== undefined && value !== '' && value.toLowerCase() !== element.toLowerCase() && !/^(null|undefined|unknown)$/i.test(value)) return value
    }
    return undefined
  }
}

/** The record's fields as a channel reports them. FunctionType, CapturePositionType and IndustrialClassification use other tables: they stay in `raw`. */
export function readChannel(channel: Channel): Fields {
  const element = reader(channel.raw)
  const coded = (codes: Readonly<Record<string, string>>, name: string): string | undefined => {
    const value = element(name)?.replace(/^0+(?=\d)/, '')
    return value === undefined || !Object.hasOwn(codes, value) ? undefined : codes[value]
  }
  const maker = element('Manufacturer')
  const address = element('IPAddress')
  // Interop: CivilCode may be the 10-digit domain or a 20-digit id; only whole divisions are taken. The record has six digits.
  const division = /^(\d{6})(\d{2})?$/.exec(element('CivilCode') ?? '')?.[1]
  const block = element('Block')
  const longitude = element('Longitude')
  const latitude = element('Latitude')
  const hasPlace = longitude !== undefined && latitude !== undefined && Number.isFinite(Number(longitude)) && Number.isFinite(Number(latitude)) && (Number(longitude) !== 0 || Number(latitude) !== 0)
  const found: Partial<Record<FieldName, string | undefined>> = {
    code: channel.id,
    name: element('Name') ?? (channel.name === '' ? undefined : channel.name),
    manufacturer: maker === undefined ? undefined : manufacturerNames.find(([name]) => name.test(maker))?.[1],
    area: division,
    class: coded(pointClass, 'PointType'),
    model: element('Model'),
    commonName: element('PointCommonName'),
    ipv4: address !== undefined && isIpv4(address) ? address : undefined,
    ipv6: address !== undefined && isIpv6(address) ? address : undefined,
    mac: element('MAC'),
    cameraType: coded(cameraType, 'PTZType'),
    supplyLight: coded(supplyLight, 'SupplyLightType'),
    encoding: coded(encoding, 'EncodeType'),
    address: element('Address'),
    longitude: hasPlace ? longitude : undefined,
    latitude: hasPlace ? latitude : undefined,
    positionType: coded(positionType, 'PositionType'),
    direction: coded(direction, 'DirectionType'),
    policeUnit: block !== undefined && /^\d{12}$/.test(block) ? block : undefined,
    installedAt: element('InstallTime'),
    managementUnit: element('ManagementUnit', 'Owner'),
    contact: element('ContactInfo'),
    recordDays: element('RecordSaveDays'),
  }
  const fields: Partial<Record<FieldName, string>> = {}
  for (const [name, value] of Object.entries(found) as [FieldName, string | undefined][]) {
    const stored = value === undefined ? undefined : normalise(fieldRow(name), value)
    if (stored !== undefined) fields[name] = stored
  }
  return fields
}

/** The one finding of a channel that no office has declared yet. */
export const undeclared: Finding = { field: 'record', rule: 'record.undeclared', severity: 'error', message: { zh: '目录中有该通道，但没有登记档案', en: 'a catalog lists this channel, but nobody has declared a record for it' } }

export interface Merged {
  readonly cameras: readonly Camera[]
  readonly changes: readonly FieldChange[]
}

/**
 * Folds channels into records: those with a record get its reported side, cameras without one become drafts, the rest (regions, groups,
 * recorders, alarms) is left out. Returns only what differs from `known`, so that a catalog that says nothing new writes nothing.
 */
export function mergeCatalog(deviceId: string, channels: readonly Channel[], known: ReadonlyMap<string, Camera>, nowMs: number): Merged {
  const cameras: Camera[] = []
  const changes: FieldChange[] = []
  for (const channel of new Map(channels.map((each) => [each.id, each])).values()) {
    const before = known.get(channel.id)
    if (!before && kindOf(channel.id) !== 'camera') continue
    const reported = { fields: readChannel(channel), deviceId, atMs: nowMs, raw: channel.raw }
    if (before) {
      const said = before.reported
      if (said?.deviceId !== deviceId || !isSame(said.fields, reported.fields) || !isSame(said.raw, reported.raw)) cameras.push({ ...before, reported, updatedAtMs: nowMs })
      continue
    }
    cameras.push({ id: channel.id, declared: {}, reported, isRetired: false, isDraft: true, presence: 'unknown', findings: [undeclared], version: 1, updatedAtMs: nowMs })
    changes.push({ cameraId: channel.id, field: 'record', to: 'draft', atMs: nowMs, by: deviceId, why: 'catalog' })
  }
  return { cameras, changes }
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
