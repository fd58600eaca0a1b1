// A whole message to and from elements: its root, its head, the table of its type. GB/T 28181-2022 A.2.2.
import { answeredConfig, orderedConfig } from './config-tables.ts'
import type { Control } from './control.ts'
import { commandElements, readCommand } from './control-tables.ts'
import { readFields, writeFields, type Table } from './fields.ts'
import type { Notify } from './notify.ts'
import { notifyTables, positionElements, readPositions, settleAlarm } from './notify-tables.ts'
import type { Query } from './query.ts'
import { queryTables } from './query-tables.ts'
import type { ConfigDownloadResponse, Response } from './response.ts'
import { responseTables } from './response-tables.ts'
import type { Element } from './scan.ts'
import { malformed } from './tag.ts'
import { element, rawElements, rawFields } from './xml.ts'
import type { Edition, Message } from './values.ts'

/** A message whose root or CmdType neither edition has. */
export interface OtherManscdp extends Message {
  readonly type: 'other'
  /** Query, Notify, Response or Control, as sent. */
  readonly root: string
  readonly cmdType: string
}
export type Manscdp = Query | Control | Notify | Response | OtherManscdp

type Known = Exclude<Manscdp, OtherManscdp>
const tables: Readonly<Record<Known['type'], readonly [cmdType: string, table: Table]>> = {
  ...queryTables,
  'control-device-control': ['DeviceControl', { fields: [], byKey: new Map(), spread: [] }],
  'control-device-config': ['DeviceConfig', orderedConfig],
  ...notifyTables,
  ...responseTables,
}
const roots = { query: 'Query', control: 'Control', notify: 'Notify', response: 'Response' } as const

const rootOf = (type: Known['type']): keyof typeof roots => type.slice(0, type.indexOf('-')) as keyof typeof roots
const typesByWord = new Map((Object.keys(tables) as Known['type'][]).map((type) => [`${rootOf(type)} ${tables[type][0].toLowerCase()}`, type]))

/** Every type of message with its root and CmdType, for tables and documents. */
export const messageTypes: readonly { readonly type: Known['type']; readonly root: string; readonly cmdType: string }[] = [...typesByWord.values()].map((type) => ({ type, root: roots[rootOf(type)], cmdType: tables[type][0] }))

const head: ReadonlySet<string> = new Set(['cmdtype', 'sn', 'deviceid'])

/** Interop: a head field may be an attribute of the root. Q40. */
function headText(root: Element, key: string): string {
  const text = root.children.find((child) => child.key === key && child.text !== '')?.text
  return text ?? Object.entries(root.attributes).find(([name]) => name.toLowerCase() === key)?.[1] ?? ''
}

/** Throws ParseError `manscdp.malformed` for a root without CmdType. */
export function readMessage(root: Element): Manscdp {
  const cmdType = headText(root, 'cmdtype')
  if (cmdType === '') throw malformed(`${root.name.slice(0, 40)} without CmdType`)
  const serial = headText(root, 'sn')
  const sn = /^\d{1,15}$/.test(serial) ? Number(serial) : 0
  const deviceId = headText(root, 'deviceid')
  const type = typesByWord.get(`${root.key} ${cmdType.toLowerCase()}`)
  if (!type) {
    const unknown = rawFields()
    for (const child of root.children) if (!head.has(child.key)) unknown.keep(child)
    const raw = unknown.fields()
    return { type: 'other', root: root.name, cmdType, sn, deviceId, ...(raw && { raw }) }
  }
  return readKnown(type, root, sn, deviceId)
}

function readKnown(type: Known['type'], root: Element, sn: number, deviceId: string): Known {
  if (type === 'control-device-control') return { type, sn, deviceId, ...readCommand(root, head) }
  if (type === 'control-device-config') {
    const { raw, ...config } = readFields<ConfigDownloadResponse['config']>(orderedConfig, root, head)
    return { type, sn, deviceId, config, ...(raw && { raw }) }
  }
  if (type === 'response-config-download') {
    const { raw, ...config } = readFields<ConfigDownloadResponse['config']>(answeredConfig, root, new Set([...head, 'result']))
    const result = /^error$/i.test(headText(root, 'result')) ? 'ERROR' : 'OK'
    return { type, sn, deviceId, result, config, ...(raw && { raw }) }
  }
  if (type === 'notify-mobile-position') return readPositions(root, head, sn, deviceId)
  const value = { type, sn, deviceId, ...readFields<object>(tables[type][1], root, head) } as Known
  return settle(value)
}

/** A list whose total is not told is its own total. */
function settle(value: Known): Known {
  switch (value.type) {
    case 'notify-alarm':
      return settleAlarm(value)
    case 'response-catalog':
    case 'notify-catalog':
      return value.sumNum < 0 ? { ...value, sumNum: value.items.length } : value
    case 'response-record-info':
      return value.sumNum < 0 ? { ...value, sumNum: value.records.length } : value
    case 'response-cruise-track-list-query':
      return value.sumNum < 0 ? { ...value, sumNum: value.tracks.length } : value
    case 'response-cruise-track-query':
      return value.sumNum < 0 ? { ...value, sumNum: value.points.length } : value
    case 'response-sd-card-status':
      return value.sumNum < 0 ? { ...value, sumNum: value.cards.length } : value
    default:
      return value
  }
}

export function messageElement(value: Manscdp, edition?: Edition): Element {
  const [root, cmdType] = value.type === 'other' ? [value.root, value.cmdType] : [roots[rootOf(value.type)], tables[value.type][0]]
  // A broadcast names a source and a target, and no device (A.2.5.5).
  const named = value.deviceId === '' ? [] : [element('DeviceID', value.deviceId)]
  return element(root, [element('CmdType', cmdType), element('SN', String(value.sn)), ...named, ...bodyOf(value, edition)])
}

function bodyOf(value: Manscdp, edition: Edition | undefined): readonly Element[] {
  const raw = value.raw ? { raw: value.raw } : {}
  switch (value.type) {
    case 'other':
      return rawElements(value.raw)
    case 'control-device-control':
      return commandElements(value.command, raw, edition)
    case 'control-device-config':
      return writeFields(orderedConfig, { ...value.config, ...raw }, edition)
    case 'response-config-download':
      return [element('Result', value.result), ...writeFields(answeredConfig, { ...value.config, ...raw }, edition)]
    case 'notify-mobile-position':
      return positionElements(value, edition)
    default:
      return writeFields(tables[value.type][1], value, edition)
  }
}
