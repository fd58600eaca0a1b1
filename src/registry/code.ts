// The 20-digit code: centre 8, industry 2, type 3, network 1, serial 6. GB/T 28181-2022 Annex E.

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
