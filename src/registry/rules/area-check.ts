// What only many records together show: a stage that is given record by record and at the end says what it found. It keeps keys, not records:
// about 60 MB for 100,000 cameras.
import { parseCode } from '../code.ts'
import { outlineOf } from '../outline.ts'
import type { Fields, Finding } from '../types.ts'
import { createDatumBatch, fromGcj02, saysDevice, saysOutline, type DatumBatch } from './datum.ts'
import { otherDatum, sameCode, sameIpv4, sameIpv6, sameMac, sameName, samePlace } from './of-area.ts'
import { outlineNotApplied } from './of-place.ts'
import { readPlace } from './read-place.ts'
import { applied, findingOf, words, type Applied, type RuleContext } from './rule.ts'
import { createSames, othersOf, type Group, type Same } from './same.ts'

export interface AreaRecord {
  readonly id: string
  readonly declared: Fields
  readonly reported?: { readonly fields: Fields; readonly deviceId: string }
  /** What came together: an import, a survey. Absent: the records of one managing unit in one division. */
  readonly batch?: string
}

export interface AreaFinding {
  readonly cameraId: string
  readonly finding: Finding
}

export interface AreaCheck {
  readonly push: (record: AreaRecord) => void
  /** Call it once, when every record was pushed. A camera's findings come one after the other. */
  readonly finish: () => Iterable<AreaFinding>
  /** What could not be checked: divisions without an outline. */
  readonly notes: () => readonly { readonly area: string; readonly finding: Finding }[]
}

/** Divisions that are noted one by one. */
const maxNotes = 1000

/** A camera of 18 digits and one of 20 are one where centre, industry and type are the same and so is the number that follows. */
const codeKey = ({ id }: AreaRecord): string | undefined => (/^(\d{18}|\d{20})$/.test(id) ? `${id.slice(0, 13)} ${Number(id.slice(13))}` : undefined)

const addressKey = (address: string | undefined, { port = '', channelNumber = '' }: Fields): string | undefined => (address === undefined ? undefined : `${address} ${port} ${channelNumber}`)

/** The recorder that all of them hang on, where nobody gave channel numbers: its channels share its address. Types 111-113, 118, 130 of Annex E. */
const recorderOf = ({ declared, reported }: AreaRecord): string | undefined =>
  declared.channelNumber === undefined && reported !== undefined && /^(11[1238]|130)$/.test(parseCode(reported.deviceId)?.type ?? '') ? reported.deviceId : undefined

const placeKey = ({ declared }: AreaRecord): string | undefined => {
  const place = readPlace(declared)
  return typeof place === 'string' ? undefined : `${place.longitude.toFixed(6)} ${place.latitude.toFixed(6)}`
}

const shown = (key: string): string => {
  const [address = '', port = '', channel = ''] = key.split(' ')
  return `${address}${port === '' ? '' : ` ${port}`}${channel === '' ? '' : `/${channel}`}`
}
const sharesAddress = ({ key }: Group, { zh, en }: { readonly zh: string; readonly en: string }): { readonly zh: string; readonly en: string } =>
  words(`地址、端口与通道（${shown(key)}）与${zh}相同`, `address, port and channel (${shown(key)}) are those of ${en} too`)

const samesOf = ({ limits }: Applied): readonly Same[] => [
  { rule: sameCode, keyOf: codeKey, least: 2, says: (_, { zh, en }) => words(`与${zh}疑为同一台设备的18位与20位编码`, `${en} looks like the same camera under a code of another length`) },
  { rule: sameIpv4, keyOf: (record) => addressKey(record.declared.ipv4, record.declared), besideOf: recorderOf, least: 2, says: sharesAddress },
  { rule: sameIpv6, keyOf: (record) => addressKey(record.declared.ipv6, record.declared), besideOf: recorderOf, least: 2, says: sharesAddress },
  {
    rule: sameMac, keyOf: ({ declared: { mac, channelNumber } }) => (mac === undefined ? undefined : `${mac} ${channelNumber ?? ''}`), besideOf: recorderOf, least: 2,
    says: ({ key }, { zh, en }) => words(`MAC地址${shown(key)}与${zh}相同`, `the MAC address ${shown(key)} is that of ${en} too`),
  },
  {
    rule: samePlace, keyOf: placeKey, besideOf: ({ declared: { poleNumber, address } }) => poleNumber ?? address, unsaidIsAlike: true, least: limits.samePlace,
    says: ({ key, members }, { zh, en }) => words(`${members.length}路摄像机坐标同为${key.replace(' ', ', ')}，立杆或地址却不同：与${zh}`, `${members.length} cameras stand on ${key.replace(' ', ', ')} with different poles or addresses: with ${en}`),
  },
  {
    rule: sameName, keyOf: ({ declared: { name, policeUnit } }) => (name === undefined || policeUnit === undefined ? undefined : `${policeUnit} ${name.normalize('NFKC').replace(/\s/g, '')}`), least: 2,
    says: (_, { zh, en }) => words(`设备名称在同一公安机关内与${zh}重复`, `${en} of the same police unit has this name too`),
  },
]

export function createAreaCheck(context: RuleContext): AreaCheck {
  const whole = applied(context)
  const sames = samesOf(whole).map((same) => ({ same, found: createSames(same) }))
  const ids: string[] = []
  const batches = new Map<string, DatumBatch>()
  const unchecked = new Map<string, Finding>()

  const pushPlace = (index: number, { declared, reported, batch }: AreaRecord): void => {
    const area = declared.area ?? declared.code?.slice(0, 6) ?? ids[index]?.slice(0, 6) ?? ''
    const outline = outlineOf(area, whole.outlines)
    if (!outline && !unchecked.has(area) && unchecked.size < maxNotes) {
      const note = outlineNotApplied(area, whole.outlines)
      if (note) unchecked.set(area, note)
    }
    const place = readPlace(declared)
    const told = reported && readPlace(reported.fields)
    const hasTold = told !== undefined && typeof told !== 'string'
    if (typeof place === 'string' || (!outline && !hasTold)) return
    const back = fromGcj02(place)
    const key = batch ?? `${area} ${declared.managementUnit ?? ''}`
    let points = batches.get(key)
    if (!points) batches.set(key, (points = createDatumBatch()))
    points.add(index, outline ? saysOutline(place, back, outline) : 0, hasTold ? saysDevice(place, back, told) : 0)
  }

  return {
    push: (record) => {
      const index = ids.push(record.id) - 1
      for (const { found } of sames) found.push(index, record)
      pushPlace(index, record)
    },
    *finish() {
      const idOf = (index: number): string => ids[index] ?? ''
      const byCamera = new Map<number, (() => Finding)[]>()
      const keep = (index: number, say: () => Finding): void => {
        const own = byCamera.get(index)
        if (own) own.push(say)
        else byCamera.set(index, [say])
      }
      for (const { same, found } of sames) {
        for (const group of found.broken()) {
          // Rests on the value alone: another camera that joins the group is no news to those in it.
          for (const index of group.members) keep(index, () => findingOf(same.rule, same.says(group, othersOf(group, index, idOf)), same.rule === sameName || same.rule === sameCode ? undefined : { value: shown(group.key) }))
        }
      }
      for (const batch of batches.values()) {
        const said = batch.verdict(whole.limits.datumPoints)
        if (said) for (const index of batch.members) keep(index, () => findingOf(otherDatum, said))
      }
      for (const [index, own] of byCamera) for (const say of own) yield { cameraId: idOf(index), finding: say() }
    },
    notes: () => [...unchecked].map(([area, finding]) => ({ area, finding })),
  }
}
