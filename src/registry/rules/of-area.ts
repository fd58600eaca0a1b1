// Rules that only many records together show; area-check.ts applies them.
import type { FieldName } from '../field-table.ts'
import { ours, sourced, type RuleRow } from './rule.ts'

/** One that stands at a field. */
export type AreaRule = RuleRow & { readonly field: FieldName }
const row = (given: Omit<AreaRule, 'needs'>): AreaRule => ({ ...given, needs: 'area' })

export const sameCode = row({ code: 'code.duplicate', field: 'code', severity: 'error', zh: '18位与20位编码不应指同一台设备', en: 'A code of 18 digits and one of 20 do not name the same camera', basis: sourced('73-column template: the code is unique; that both name one camera is read from the same thirteen first digits and the same serial') })
export const sameIpv4 = row({ code: 'ipv4.duplicate', field: 'ipv4', severity: 'warning', zh: '同一IPv4地址、端口、通道只属于一路摄像机', en: 'An IPv4 address, port and channel belong to one camera', basis: ours('the cameras of one recorder share its address: without channel numbers they are left out') })
export const sameIpv6 = row({ code: 'ipv6.duplicate', field: 'ipv6', severity: 'warning', zh: '同一IPv6地址、端口、通道只属于一路摄像机', en: 'An IPv6 address, port and channel belong to one camera', basis: ours('as for IPv4') })
export const sameMac = row({ code: 'mac.duplicate', field: 'mac', severity: 'warning', zh: '同一MAC地址只属于一台设备', en: 'A MAC address belongs to one device', basis: ours('two codes on one device; channels of one multi-lens camera are left out where they share its address and differ in channel') })
export const samePlace = row({ code: 'coordinates.shared', field: 'longitude', severity: 'warning', zh: '多路摄像机坐标完全相同时应在同一立杆或地址', en: 'Cameras on identical coordinates stand on one pole or at one address', basis: ours('identical to six decimals with different poles or addresses: copied down a column') })
export const sameName = row({ code: 'name.duplicate', field: 'name', severity: 'warning', zh: '同一派出所内设备名称不重复', en: 'No two cameras of one police unit have the same name', basis: sourced('Shanghai rule: no duplicate label in one system') })
export const otherDatum = row({ code: 'coordinates.datum', field: 'longitude', severity: 'warning', zh: '坐标应为WGS-84/CGCS2000；成批偏移时疑似GCJ-02', en: 'Coordinates are WGS-84/CGCS2000: a batch that is shifted alike is suspected to be GCJ-02', basis: ours('WGS-84 is GB/T 28181-2022 A.2.1.9; the statistic is ours: a sign test over the points that tell the two apart') })

export const areaRules: readonly AreaRule[] = [sameCode, sameIpv4, sameIpv6, sameMac, samePlace, sameName, otherDatum]
