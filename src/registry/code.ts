// The 20-digit code: centre 8, industry 2, type 3, network 1, serial 6. GB/T 28181-2022 Annex E.
import { provinces } from './codes.ts'
import type { Fields, Finding } from './types.ts'

export interface CodeParts {
  /** Digits 1–6: province, city, district (GB/T 2260). */
  readonly division: string
  /** Digits 7–8. */
  readonly grassroots: string
  readonly industry: string
  readonly type: string
  /** Digit 14; free in editions before 2022, where the serial has seven digits. */
  readonly network: string
  readonly serial: string
}

export function parseCode(code: string): CodeParts | undefined {
  const match = /^(\d{6})(\d{2})(\d{2})(\d{3})(\d)(\d{6})$/.exec(code)
  if (!match) return undefined
  const [, division = '', grassroots = '', industry = '', type = '', network = '', serial = ''] = match
  return { division, grassroots, industry, type, network, serial }
}

/** What an id of a catalog names. Up to 8 digits a region, 215 and 216 a group; ids of old platforms (18 digits) are taken as cameras. */
export function kindOf(id: string): 'region' | 'group' | 'camera' | 'other' {
  if (/^\d{1,8}$/.test(id)) return 'region'
  const type = parseCode(id)?.type
  if (type === undefined) return /^\d{14,19}$/.test(id) ? 'camera' : 'other'
  if (type === '215' || type === '216') return 'group'
  return type === '131' || type === '132' ? 'camera' : 'other'
}

/** Why a spreadsheet can no longer mean the code it holds, or undefined. A cell kept as a number has 15 significant digits. */
export function spoiltCode(text: string): { readonly zh: string; readonly en: string } | undefined {
  if (/^\d(\.\d+)?e\+?\d+$/i.test(text)) {
    return { zh: `设备编码“${text}”已被表格软件改成科学计数法：请把该列设为文本后重新填写`, en: `the code "${text}" was turned into a number by a spreadsheet: format the column as text and fill it in again` }
  }
  if (/^\d{15}0{5}$/.test(text)) {
    return { zh: `设备编码“${text}”的末五位全为零，疑被表格软件截成15位有效数字：请把该列设为文本后重新填写`, en: `the code "${text}" ends in five zeros, as when a spreadsheet keeps 15 digits: format the column as text and fill it in again` }
  }
  return undefined
}

/** Types that offices write into camera rows by mistake, for the message. GB/T 28181-2022 Annex E. */
const typeNames: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  '111': ['录像机(DVR)', 'a recorder (DVR)'],
  '113': ['编码器', 'an encoder'],
  '118': ['录像机(NVR)', 'a recorder (NVR)'],
  '130': ['录像机(HVR)', 'a recorder (HVR)'],
  '134': ['报警输入', 'an alarm input'],
  '200': ['信令服务器', 'a signalling server'],
  '215': ['业务分组', 'a business group'],
  '216': ['虚拟组织', 'a virtual organisation'],
}

/** Rules on the code itself and against the division. */
export function checkCode(record: Fields): readonly Finding[] {
  const { code, area } = record
  if (code === undefined) return []
  const finding = (rule: string, severity: Finding['severity'], zh: string, en: string): Finding => ({ field: 'code', rule, severity, message: { zh, en } })
  const parts = parseCode(code)
  if (!parts) {
    return /^\d{18}$/.test(code)
      ? [finding('code.non-standard', 'warning', '设备编码为18位，属旧平台编码', 'the code has 18 digits, as old platforms give')]
      : [finding('code.malformed', 'error', `设备编码应为20位数字，现为“${code}”`, `the code must be 20 digits, it is "${code}"`)]
  }
  const findings: Finding[] = []
  if (parts.type !== '131' && parts.type !== '132') {
    const [zh, en] = typeNames[parts.type] ?? [`类型${parts.type}`, `type ${parts.type}`]
    findings.push(finding('code.type', 'error', `设备编码的类型位是${zh}，应为131或132（摄像机）`, `the code's type digits say ${en}; a camera has 131 or 132`))
  }
  if (!provinces.has(parts.division.slice(0, 2))) {
    findings.push(finding('code.division', 'error', `设备编码前两位${parts.division.slice(0, 2)}不是任何省份`, `no province has the code's first two digits ${parts.division.slice(0, 2)}`))
  }
  if (area !== undefined && area !== parts.division) {
    findings.push(finding('code.area', 'warning', `设备编码前六位${parts.division}与行政区域${area}不一致`, `the code begins with ${parts.division}, the division is ${area}`))
  }
  return findings
}
