// Rules on single values: addresses, dates, days of recording, contacts, names in the picture.
import { isIpv4, isIpv6, isMac } from '../addresses.ts'
import { fieldRow, type FieldName } from '../field-table.ts'
import { inSentence, ours, recordRule, sourced, words, type RecordRule } from './rule.ts'

function address(name: FieldName, isOne: (text: string) => boolean, isUsable: (text: string) => boolean): readonly RecordRule[] {
  const row = fieldRow(name)
  return [
    recordRule({
      code: `${row.rule}.malformed`, field: name, severity: 'warning', zh: `${row.zh}格式应正确`, en: `${row.en} is well formed`, basis: sourced('27-column order: checked by pattern where it is filled in'),
      check: (record) => {
        const value = record[name]
        return value === undefined || isOne(value) ? undefined : words(`${row.zh}“${value}”格式不对`, `"${value}" is no ${inSentence(row.en)}`)
      },
    }),
    recordRule({
      code: `${row.rule}.unusable`, field: name, severity: 'warning', zh: `${row.zh}应能属于一台设备`, en: `${row.en} can belong to a device`, basis: ours('unspecified, loopback, broadcast and multicast addresses belong to none'),
      check: (record) => {
        const value = record[name]
        return value === undefined || !isOne(value) || isUsable(value) ? undefined : words(`${row.zh}${value}不能属于一台设备`, `${value} cannot be a device's ${inSentence(row.en)}`)
      },
    }),
  ]
}

const isUnicast4 = (text: string): boolean => !/^(0\.|127\.|22[4-9]\.|23\d\.|255\.255\.255\.255$)/.test(text)
const isUnicast6 = (text: string): boolean => !/^(::1?|ff.*)$/.test(text)
const isUnicastMac = (text: string): boolean => !/^(00-){5}00$/.test(text) && (parseInt(text.slice(0, 2), 16) & 1) === 0

/** A day that there is, in the form that is stored. */
function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d:\d\d)?$/.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return month >= 1 && month <= 12 && day >= 1 && day <= days
}

const installed: readonly RecordRule[] = [
  recordRule({
    code: 'installed-at.malformed', field: 'installedAt', severity: 'warning', zh: '安装时间应为日期', en: 'Installed at is a date', basis: sourced('27-column order: datetime'),
    check: ({ installedAt }) => (installedAt === undefined || isDate(installedAt) ? undefined : words(`安装时间“${installedAt}”不是日期`, `"${installedAt}" is not a date`)),
  }),
  recordRule({
    code: 'installed-at.future', field: 'installedAt', severity: 'warning', zh: '安装时间不应在将来', en: 'Installed at does not lie in the future', basis: sourced('27-column order: not in the future'),
    check: ({ installedAt }, { tomorrow }) => (installedAt !== undefined && isDate(installedAt) && installedAt.slice(0, 10) > tomorrow ? words(`安装时间${installedAt}在将来`, `the installation ${installedAt} lies in the future`) : undefined),
  }),
  recordRule({
    code: 'installed-at.implausible', field: 'installedAt', severity: 'warning', zh: '安装时间不应早于1990年', en: 'Installed at is not before 1990', basis: ours('1970-01-01 is what programs write that have no date'),
    check: ({ installedAt }) => (installedAt !== undefined && installedAt < '1990' && isDate(installedAt) ? words(`安装时间${installedAt}不可信`, `the installation ${installedAt} is not plausible`) : undefined),
  }),
]

const retention = recordRule({
  code: 'record-days.short', field: 'recordDays', severity: 'warning', zh: '录像保存天数应不少于规定天数', en: 'Recording is kept for the days that are asked for', basis: ours('30 and 90 days stand in record programs; that 90 are a duty at key targets is not confirmed: both figures and the positions are configured'),
  check: ({ recordDays, positionType }, { limits }) => {
    if (recordDays === undefined || !/^\d{1,5}$/.test(recordDays)) return undefined
    const isKey = positionType?.split('/').some((code) => limits.keyPositions.includes(code)) === true
    const asked = isKey ? Math.max(limits.keyRecordDays, limits.recordDays) : limits.recordDays
    if (Number(recordDays) >= asked) return undefined
    return words(`录像保存${recordDays}天，少于${isKey ? '重点部位要求的' : ''}${asked}天`, `recording is kept for ${recordDays} days, ${asked} are asked for${isKey ? ' at such a position' : ''}`)
  },
})

/** GB/T 28181-2022 Annex E.3: three digits of the township, three of the village. */
const isGrassroots = (text: string): boolean => text === '000000' || (/^(0(?!00)\d\d|[1-5]\d\d)(\d{3})$/.test(text) && /^[0-5]/.test(text.slice(3)))

const others: readonly RecordRule[] = [
  recordRule({
    code: 'grassroots-code.unknown', field: 'grassrootsCode', severity: 'warning', zh: '基层组织代码的乡级、村级码应在规定范围内', en: 'The grass-roots unit is within the ranges of townships and villages', basis: sourced('GB/T 28181-2022 Annex E.3: township 001-599, village 000-599'),
    check: ({ grassrootsCode }) => (grassrootsCode !== undefined && /^\d{6}$/.test(grassrootsCode) && !isGrassroots(grassrootsCode) ? words(`基层组织代码${grassrootsCode}不在规定范围内`, `the grass-roots unit ${grassrootsCode} is outside the ranges of Annex E.3`) : undefined),
  }),
  recordRule({
    code: 'national-industry.malformed', field: 'nationalIndustry', severity: 'warning', zh: '国民经济行业应为门类字母加数字', en: 'The national industry is a letter and digits', basis: sourced('GB/T 28181-2022 A.2.1.9: GB/T 4754, for example I1300'),
    check: ({ nationalIndustry }) => (nationalIndustry === undefined || /^[A-T]\d{0,4}$/.test(nationalIndustry) ? undefined : words(`国民经济行业“${nationalIndustry}”格式不对`, `"${nationalIndustry}" is no industry of GB/T 4754`)),
  }),
  recordRule({
    code: 'contact.malformed', field: 'contact', severity: 'warning', zh: '管理单位联系方式应含电话号码', en: 'The contact has a telephone number', basis: sourced('GB/T 28181-2022 A.2.1.9: telephone numbers joined by /; 27-column order: phone'),
    // The number itself stands in no finding: it would be read by those who may not see it.
    check: ({ contact }) => (contact === undefined || contact.includes('***') || /\d{5,}/.test(contact.replace(/[\s()（）+-]/g, '')) ? undefined : words('管理单位联系方式中没有电话号码', 'the contact has no telephone number')),
  }),
  recordRule({
    code: 'police-unit.area', field: 'policeUnit', severity: 'info', zh: '公安机关代码前6位一般与行政区域一致', en: 'A police unit mostly begins with its division', basis: ours('GA/T 380 codes begin with a division; units of a city or a line do not follow the district'),
    check: ({ policeUnit, area }) => {
      if (policeUnit === undefined || area === undefined || !/^\d{12}$/.test(policeUnit) || !/^\d{6}$/.test(area) || policeUnit.startsWith(area)) return undefined
      return policeUnit.startsWith(area.slice(0, 4)) && policeUnit.slice(4, 6) === '00' ? undefined : words(`公安机关代码${policeUnit}不以行政区域${area}开头`, `police unit ${policeUnit} does not begin with division ${area}`)
    },
  }),
  recordRule({
    code: 'osd-name.differs', field: 'osdName', severity: 'warning', zh: 'OSD标注名称应与设备名称一致', en: 'The name in the picture is the device name', basis: sourced('27-column order: the name equals the OSD label; an industry\'s OSD rule'),
    check: ({ osdName, name }) => (osdName === undefined || name === undefined || osdName.replace(/\s/g, '') === name.replace(/\s/g, '') ? undefined : words(`OSD标注“${osdName}”与设备名称“${name}”不一致`, `the picture shows "${osdName}", the device name is "${name}"`)),
  }),
]

export const valueRules: readonly RecordRule[] = [
  ...installed,
  ...address('ipv4', isIpv4, isUnicast4),
  ...address('ipv6', isIpv6, isUnicast6),
  ...address('mac', isMac, isUnicastMac),
  ...address('storageAddress', isIpv4, isUnicast4),
  retention,
  ...others,
]
