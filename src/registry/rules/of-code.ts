// Rules on the 20-digit code (GB/T 28181-2022 Annex E) and on divisions (GB/T 2260).
import { parseCode } from '../code.ts'
import { isInForce, sixDigits, type Division, type Divisions } from '../divisions/index.ts'
import type { Fields } from '../types.ts'
import { ours, recordRule, sourced, words, type Applied, type RecordRule, type Words } from './rule.ts'

/** Types that offices write into camera rows by mistake, for the message. GB/T 28181-2022 Annex E. */
const typeNames: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  '111': ['录像机(DVR)', 'a recorder (DVR)'],
  '112': ['视频服务器', 'a video server'],
  '113': ['编码器', 'an encoder'],
  '114': ['解码器', 'a decoder'],
  '118': ['录像机(NVR)', 'a recorder (NVR)'],
  '121': ['卡口设备', 'a checkpoint device'],
  '130': ['录像机(HVR)', 'a recorder (HVR)'],
  '134': ['报警输入', 'an alarm input'],
  '135': ['报警输出', 'an alarm output'],
  '200': ['信令服务器', 'a signalling server'],
  '202': ['媒体服务器', 'a media server'],
  '215': ['业务分组', 'a business group'],
  '216': ['虚拟组织', 'a virtual organisation'],
}

const annexE = sourced('GB/T 28181-2022 Annex E')
const gb2260 = sourced('GB/T 28181-2022 Annex E; GB/T 2260')

/** A zone that a city numbers for itself: nothing of GB/T 2260, and its city is in the table. */
const isLocalZone = (division: string, divisions: Divisions): boolean => /^\d{4}[7-9]\d$/.test(division) && divisions.find(division.slice(0, 4)) !== undefined

/** A division that was withdrawn before the camera was put up; an older camera keeps its code. Without a date nothing is said. */
const withdrawnBefore = (installedAt: string | undefined, division: Division | undefined): division is Division & { readonly validTo: string } =>
  division?.validTo !== undefined && installedAt !== undefined && /^\d{4}-\d\d/.test(installedAt) && installedAt.slice(0, 10) >= division.validTo

const went = ({ successor }: Division, divisions: Divisions): Words =>
  successor === undefined ? words('', '') : words(`，现为${divisions.fullName(successor)}（${successor}）`, `, now ${divisions.fullName(successor)} (${successor})`)

const partsOf = ({ code }: Fields): ReturnType<typeof parseCode> => (code === undefined ? undefined : parseCode(code))

function unknownArea({ area }: Fields, { divisions }: Applied): Words | undefined {
  if (area === undefined || !/^\d{6}$/.test(area) || divisions.find(area) || isLocalZone(area, divisions)) return undefined
  return words(`没有行政区域${area}`, `there is no division ${area}`)
}

export const codeRules: readonly RecordRule[] = [
  recordRule({
    code: 'code.malformed', field: 'code', severity: 'error', zh: '设备编码应为20位数字', en: 'The code has 20 digits', basis: annexE,
    check: ({ code }) => (code === undefined || /^(\d{18}|\d{20})$/.test(code) ? undefined : words(`设备编码应为20位数字，现为“${code}”`, `the code must be 20 digits, it is "${code}"`)),
  }),
  recordRule({
    code: 'code.non-standard', field: 'code', severity: 'warning', zh: '18位编码是旧平台的编码', en: 'A code of 18 digits is an old platform\'s', basis: sourced('seen in a platform of 2013; flagged, not refused'),
    check: ({ code }) => (code !== undefined && /^\d{18}$/.test(code) ? words('设备编码为18位，属旧平台编码', 'the code has 18 digits, as old platforms give') : undefined),
  }),
  recordRule({
    code: 'code.type', field: 'code', severity: 'error', zh: '设备编码第11-13位应为131或132（摄像机）', en: 'Digits 11-13 of the code are 131 or 132, a camera', basis: annexE,
    check: (record) => {
      const type = partsOf(record)?.type
      if (type === undefined || type === '131' || type === '132') return undefined
      const [zh, en] = typeNames[type] ?? [`类型${type}`, `type ${type}`]
      return words(`设备编码的类型位是${zh}，应为131或132（摄像机）`, `the code's type digits say ${en}; a camera has 131 or 132`)
    },
  }),
  recordRule({
    code: 'code.industry', field: 'code', severity: 'info', zh: '设备编码第9-10位不应为预留的行业编码', en: 'Digits 9-10 of the code are no reserved industry', basis: sourced('GB/T 28181-2022 Annex E.2: 15-39 and 60-89 are reserved'),
    check: (record) => {
      const industry = partsOf(record)?.industry
      return industry !== undefined && /^(1[5-9]|[23]\d|[6-8]\d)$/.test(industry) ? words(`设备编码的行业位${industry}是预留编码`, `the code's industry digits ${industry} are reserved`) : undefined
    },
  }),
  recordRule({
    code: 'code.division', field: 'code', severity: 'error', zh: '设备编码前6位应是行政区划代码', en: 'Digits 1-6 of the code are a division', basis: gb2260,
    check: (record, { divisions }) => {
      const division = partsOf(record)?.division
      if (division === undefined || divisions.find(division) || isLocalZone(division, divisions)) return undefined
      if (!divisions.find(division.slice(0, 2))) return words(`设备编码前两位${division.slice(0, 2)}不是任何省份`, `no province has the code's first two digits ${division.slice(0, 2)}`)
      return words(`设备编码前六位${division}不是行政区划代码`, `the code's first six digits ${division} are no division`)
    },
  }),
  recordRule({
    code: 'code.local-division', field: 'code', severity: 'info', zh: '设备编码前6位是地方自编的功能区', en: 'Digits 1-6 of the code are a zone that a place numbers for itself', basis: ours('economic zones under a known city, 70-99, are in use and not in GB/T 2260'),
    check: (record, { divisions }) => {
      const division = partsOf(record)?.division
      if (division === undefined || divisions.find(division) || !isLocalZone(division, divisions)) return undefined
      return words(`设备编码前六位${division}不在行政区划表中，似为${divisions.fullName(division.slice(0, 4))}的功能区`, `the code's first six digits ${division} are not in the table of divisions; they look like a zone of ${divisions.fullName(division.slice(0, 4))}`)
    },
  }),
  recordRule({
    code: 'code.withdrawn-division', field: 'code', severity: 'warning', zh: '新装设备不应使用已撤销的行政区划代码', en: 'A camera does not carry a division that was withdrawn before it was put up', basis: ours('withdrawn codes stay valid for older cameras'),
    check: (record, { divisions }) => {
      const division = divisions.find(partsOf(record)?.division ?? '')
      if (!withdrawnBefore(record.installedAt, division)) return undefined
      const now = went(division, divisions)
      return words(`设备编码前六位${division.code}（${division.name}）在安装之前（至迟${division.validTo}）已撤销${now.zh}`, `the code's division ${division.code} (${division.name}) was withdrawn by ${division.validTo}, before the camera was put up${now.en}`)
    },
  }),
  recordRule({
    code: 'code.area', field: 'code', severity: 'warning', zh: '设备编码前6位应与行政区域一致', en: 'Digits 1-6 of the code equal the division', basis: sourced('GB/T 28181-2022 Annex E; a warning, since districts move and a city may number its own 00'),
    check: (record, { divisions }) => {
      const division = partsOf(record)?.division
      if (record.area === undefined || division === undefined || record.area === division) return undefined
      // A camera of a withdrawn division, kept under the one that it went into, is as it should be.
      if (divisions.find(division)?.successor === sixDigits(record.area)) return undefined
      return words(`设备编码前六位${division}与行政区域${record.area}不一致`, `the code begins with ${division}, the division is ${record.area}`)
    },
  }),
  recordRule({ code: 'area.unknown', field: 'area', severity: 'error', zh: '行政区域应在行政区划表中', en: 'The division is one of the table', basis: sourced('GB/T 2260'), check: unknownArea }),
  recordRule({
    code: 'area.withdrawn', field: 'area', severity: 'warning', zh: '行政区域应为现行行政区划', en: 'The division is in force', basis: sourced('GB/T 2260, changes of divisions'),
    check: ({ area }, { divisions, today }) => {
      const division = area === undefined || !/^\d{6}$/.test(area) ? undefined : divisions.find(area)
      if (!division || isInForce(division, today) || division.validTo === undefined) return undefined
      const now = went(division, divisions)
      return words(`行政区域${division.code}（${division.name}）已撤销（至迟${division.validTo}）${now.zh}`, `division ${division.code} (${division.name}) was withdrawn by ${division.validTo}${now.en}`)
    },
  }),
  recordRule({
    code: 'area.coarse', field: 'area', severity: 'info', zh: '行政区域应填到区县', en: 'The division is a county or district', basis: ours('a city\'s own number says less than its district\'s'),
    check: ({ area }, { divisions, today }) => {
      const division = area === undefined || !/^\d{6}$/.test(area) ? undefined : divisions.find(area)
      if (!division || division.level === 'county' || divisions.children(division.code, today).length === 0) return undefined
      return words(`行政区域${division.code}（${division.name}）未填到区县`, `division ${division.code} (${division.name}) is no county or district`)
    },
  }),
]
