// What is wrong with a record: small pure rules over its declared fields, each with code, severity, field and a sentence in both languages.
import { isIpv4, isIpv6 } from './addresses.ts'
import { checkCode } from './code.ts'
import { provinces } from './codes.ts'
import { fieldRow, fieldTable, isMandatory, type FieldRow } from './field-table.ts'
import { checkPlace, type PlaceContext } from './place.ts'
import type { Fields, Finding } from './types.ts'

export interface RuleContext extends PlaceContext {
  /** Wall time: an installation cannot lie in the future. */
  readonly nowMs: number
}

export type Rule = (record: Fields, context: RuleContext) => readonly Finding[]

const of = (row: FieldRow, what: string, severity: Finding['severity'], zh: string, en: string): Finding => ({ field: row.name, rule: `${row.rule}.${what}`, severity, message: { zh, en } })

/** Mandatory by class; longitude and latitude are said together by checkPlace. */
const checkMandatory: Rule = (record) =>
  fieldTable
    .filter((row) => record[row.name] === undefined && row.rule !== 'coordinates')
    .filter((row) => isMandatory(row, record.class))
    .map((row) => of(row, 'missing', 'error', `缺少${row.zh}`, `${row.en.toLowerCase()} is missing`))

/** Coded values against their tables. Three digits and more are a province's own addition. */
const checkTables: Rule = (record) =>
  fieldTable.flatMap((row) => {
    const value = record[row.name]
    if (value === undefined || !row.table) return []
    const known = (code: string): boolean => row.table?.some((entry) => entry.code === code) === true || (row.name !== 'class' && /^1\d\d$/.test(code))
    const strange = (row.type === 'codes' ? value.split('/') : [value]).filter((code) => !known(code))
    if (strange.length === 0) return []
    const severity = row.name === 'class' ? 'error' : 'warning'
    return [of(row, 'unknown', severity, `${row.zh}的取值“${strange.join('/')}”不在代码表中`, `${row.en.toLowerCase()} has no code "${strange.join('/')}"`)]
  })

const checkLengths: Rule = (record) =>
  fieldTable.flatMap((row) => {
    const length = record[row.name]?.length ?? 0
    return length <= row.maxLength || row.name === 'code' || row.rule === 'coordinates' ? [] : [of(row, 'too-long', 'warning', `${row.zh}有${length}个字，超过${row.maxLength}个`, `${row.en.toLowerCase()} has ${length} characters, ${row.maxLength} are allowed`)]
  })

const checkDivision: Rule = ({ area }) => {
  if (area === undefined) return []
  const row = fieldRow('area')
  if (!/^\d{6}$/.test(area)) return [of(row, 'malformed', 'error', `行政区域应为6位数字，现为“${area}”`, `the division must be 6 digits, it is "${area}"`)]
  return provinces.has(area.slice(0, 2)) ? [] : [of(row, 'unknown', 'error', `行政区域${area}不属于任何省份`, `no province has division ${area}`)]
}

const checkPoliceUnit: Rule = ({ policeUnit }) =>
  policeUnit === undefined || /^\d{12}$/.test(policeUnit)
    ? []
    : [of(fieldRow('policeUnit'), 'malformed', 'warning', `公安机关代码应为12位数字，现为“${policeUnit}”`, `the police unit must be a 12-digit code (GA/T 380), it is "${policeUnit}"`)]

const checkInstalled: Rule = ({ installedAt }, { nowMs }) => {
  if (installedAt === undefined) return []
  const row = fieldRow('installedAt')
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$/.test(installedAt) ? Date.parse(`${installedAt.slice(0, 10)}T00:00:00Z`) : NaN
  // Date.parse turns 30 February into March: the day must come back as it was written.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== installedAt.slice(0, 10)) return [of(row, 'malformed', 'warning', `安装时间“${installedAt}”不是日期`, `"${installedAt}" is not a date`)]
  if (ms > nowMs + 86_400_000) return [of(row, 'future', 'warning', `安装时间${installedAt}在将来`, `the installation ${installedAt} lies in the future`)]
  return installedAt < '1990' ? [of(row, 'implausible', 'warning', `安装时间${installedAt}不可信`, `the installation ${installedAt} is not plausible`)] : []
}

const checkAddresses: Rule = ({ ipv4, ipv6, mac }) => {
  const findings: Finding[] = []
  const judge = (row: FieldRow, value: string, isWellFormed: boolean, isUsable: boolean): void => {
    if (!isWellFormed) findings.push(of(row, 'malformed', 'warning', `${row.zh}“${value}”格式不对`, `"${value}" is no ${row.en}`))
    else if (!isUsable) findings.push(of(row, 'unusable', 'warning', `${row.zh}${value}不能属于一台摄像机`, `${value} cannot be a camera's ${row.en}`))
  }
  if (ipv4 !== undefined) judge(fieldRow('ipv4'), ipv4, isIpv4(ipv4), !/^(0\.|127\.|255\.255\.255\.255$)/.test(ipv4))
  if (ipv6 !== undefined) judge(fieldRow('ipv6'), ipv6, isIpv6(ipv6), !/^(::1?|ff.*)$/.test(ipv6))
  if (mac !== undefined) {
    const isMac = /^([0-9A-F]{2}-){5}[0-9A-F]{2}$/.test(mac)
    judge(fieldRow('mac'), mac, isMac, !/^(00-){5}00$/.test(mac) && (parseInt(mac.slice(0, 2), 16) & 1) === 0)
  }
  return findings
}

const checkNumbers: Rule = ({ recordDays }) =>
  recordDays === undefined || /^\d{1,5}$/.test(recordDays) ? [] : [of(fieldRow('recordDays'), 'malformed', 'warning', `录像保存天数“${recordDays}”不是整数`, `"${recordDays}" is not a number of days`)]

export const rules: readonly Rule[] = [checkMandatory, checkCode, checkPlace, checkDivision, checkTables, checkLengths, checkPoliceUnit, checkInstalled, checkAddresses, checkNumbers]

/** All findings of one record, in the order of the rules; the same record gives the same findings. */
export function checkRecord(record: Fields, context: RuleContext): readonly Finding[] {
  return rules.flatMap((rule) => rule(record, context))
}
