// Declared against reported against verified. Nothing is overwritten: each disagreement is a finding, and a value that somebody lacks is none.
import { fieldRow, fieldTable, type FieldName, type FieldRow } from '../field-table.ts'
import type { Camera, Fields, Finding } from '../types.ts'
import { agrees } from './agree.ts'
import { distanceM, placeOf } from './distance.ts'
import { finding, isKept, type ReconcileContext, type ReconcileRule, type Standing } from './types.ts'

/** Compared by rules of their own, or free text that two clerks never write alike. */
const ownRules: ReadonlySet<FieldName> = new Set(['code', 'name', 'longitude', 'latitude', 'class', 'managementUnit'])
const compared: readonly FieldRow[] = fieldTable.filter((row) => row.reported !== undefined && row.type !== 'text' && !row.isPersonal && !ownRules.has(row.name))

interface Report {
  readonly deviceId: string
  readonly fields: Fields
}

/** The record's own report first, then those of other devices that list the camera too. */
const reportsOf = (camera: Camera, { listings }: Standing): readonly Report[] => [
  ...(camera.reported ? [camera.reported] : []),
  ...listings.flatMap(({ deviceId, fields, missingSinceMs }) => (fields && missingSinceMs === undefined && deviceId !== camera.reported?.deviceId ? [{ deviceId, fields }] : [])),
]

const label = (row: FieldRow, value: string, lang: 'zh' | 'en'): string => row.table?.find(({ code }) => code === value)?.[lang] ?? value

interface Named {
  readonly name: FieldName
  readonly rule: string
  readonly severity: Finding['severity']
}

/** The first report that says otherwise speaks for the others. */
function differing({ name, rule, severity }: Named, camera: Camera, reports: readonly Report[], isSame = (declared: string, told: string): boolean => agrees(name, declared, told)): readonly Finding[] {
  const declared = camera.declared[name]
  if (declared === undefined) return []
  const other = reports.find(({ fields }) => fields[name] !== undefined && !isSame(declared, fields[name]))
  const told = other?.fields[name]
  if (!other || told === undefined) return []
  const row = fieldRow(name)
  const zh = `${row.zh}不一致：登记为“${label(row, declared, 'zh')}”，${other.deviceId}上报为“${label(row, told, 'zh')}”`
  const en = `${row.en.toLowerCase()} differs: declared "${label(row, declared, 'en')}", ${other.deviceId} reports "${label(row, told, 'en')}"`
  return [finding(name, rule, severity, zh, en, { declared, reported: told, device: other.deviceId })]
}

/** The catalog has no class 4 (公安内部): who declares it reports 9. GB/T 28181-2022 A.2.1.9 Info.PointType. */
const isSameClass = (declared: string, told: string): boolean => declared === told || (declared === '4' && told === '9')

function moved(camera: Camera, reports: readonly Report[], { distanceM: limit }: ReconcileContext): readonly Finding[] {
  const declared = placeOf(camera.declared)
  if (!declared) return []
  for (const { deviceId, fields } of reports) {
    const told = placeOf(fields)
    const metres = told ? distanceM(declared, told) : 0
    if (!told || metres <= limit) continue
    const far = Math.round(metres)
    const detail = { declared: `${declared.longitude},${declared.latitude}`, reported: `${told.longitude},${told.latitude}`, device: deviceId }
    return [finding('longitude', 'catalog.moved', 'warning', `坐标不一致：登记位置与${deviceId}上报位置相距${far}米`, `the declared place and the one that ${deviceId} reports are ${far} m apart`, detail)]
  }
  return []
}

export const checkReported: ReconcileRule = (camera, standing, context) => {
  if (!isKept(camera)) return []
  const reports = reportsOf(camera, standing)
  if (reports.length === 0) return []
  return [
    ...differing({ name: 'name', rule: 'catalog.renamed', severity: 'warning' }, camera, reports),
    ...moved(camera, reports, context),
    ...differing({ name: 'class', rule: 'catalog.class', severity: 'warning' }, camera, reports, isSameClass),
    ...differing({ name: 'managementUnit', rule: 'catalog.owner', severity: 'warning' }, camera, reports),
    ...compared.flatMap(({ name }) => differing({ name, rule: 'catalog.differs', severity: 'info' }, camera, reports)),
  ]
}

/** What an inspection or a person on site saw, against what the office and the device say. */
export const checkVerified: ReconcileRule = (camera, standing, context) => {
  if (!isKept(camera) || !camera.verified) return []
  const reports = reportsOf(camera, standing)
  const seen = camera.verified
  const findings: Finding[] = []
  for (const row of fieldTable) {
    const verified = seen[row.name]
    if (!verified || row.name === 'latitude') continue
    // A number of a person stands in no finding: it would be read by those who may not see it.
    const quote = (value: string, lang: 'zh' | 'en'): string => (row.isPersonal ? '***' : label(row, value, lang))
    const told = camera.declared[row.name]
    const verifiedPlace = row.name === 'longitude' ? placeOf({ longitude: verified.value, ...(seen.latitude ? { latitude: seen.latitude.value } : {}) }) : undefined
    const isSame = (fields: Fields): boolean => {
      const value = fields[row.name]
      if (row.name !== 'longitude') return value === undefined || agrees(row.name, value, verified.value)
      const place = placeOf(fields)
      return !place || !verifiedPlace || distanceM(place, verifiedPlace) <= context.distanceM
    }
    const detail = row.isPersonal ? { atMs: verified.atMs } : { verified: verified.value }
    if (told !== undefined && !isSame(camera.declared)) {
      const zh = `${row.zh}与核实不一致：登记为“${quote(told, 'zh')}”，${verified.by}核实为“${quote(verified.value, 'zh')}”`
      const en = `${row.en.toLowerCase()} is not what was found: declared "${quote(told, 'en')}", ${verified.by} found "${quote(verified.value, 'en')}"`
      findings.push(finding(row.name, 'verified.declared', 'warning', zh, en, { ...detail, ...(row.isPersonal ? {} : { declared: told }) }))
    }
    const other = reports.find(({ fields }) => fields[row.name] !== undefined && !isSame(fields))
    const reported = other?.fields[row.name]
    if (other && reported !== undefined) {
      const zh = `${row.zh}与核实不一致：${other.deviceId}上报为“${quote(reported, 'zh')}”，${verified.by}核实为“${quote(verified.value, 'zh')}”`
      const en = `${row.en.toLowerCase()} is not what was found: ${other.deviceId} reports "${quote(reported, 'en')}", ${verified.by} found "${quote(verified.value, 'en')}"`
      findings.push(finding(row.name, 'verified.reported', 'info', zh, en, { ...detail, ...(row.isPersonal ? {} : { reported }), device: other.deviceId }))
    }
  }
  return findings
}
