// MANSCDP: the XML commands inside MESSAGE and NOTIFY, read and written. GB/T 28181-2022 A.2.
import { ParseError } from '../../base/index.ts'
import { decodeText, type Charset } from './charset.ts'
import { deviceIdOf } from './item.ts'
import { notifyElement, readNotify, type Notify } from './notify.ts'
import { queryElement, readQuery, type Query } from './query.ts'
import { readResponse, responseElement, type Response } from './response.ts'
import { element, parseXml, textOf, writeXml, type Element } from './xml.ts'

export type { Charset } from './charset.ts'
export type { CatalogItem } from './item.ts'
export type { CatalogNotify, Keepalive } from './notify.ts'
export type { CatalogQuery, DeviceInfoQuery, DeviceStatusQuery } from './query.ts'
export type { CatalogResponse, DeviceInfoResponse, DeviceStatusResponse } from './response.ts'

/** A command that is not taken apart here: alarms, media status, control and the rest. */
export interface OtherManscdp {
  readonly type: 'other'
  /** Query, Notify, Response or Control, as sent. */
  readonly root: string
  readonly cmdType: string
  readonly sn: number
  readonly deviceId: string
}
export type Manscdp = Query | Notify | Response | OtherManscdp

/** The media type of these bodies; compare it without regard to case. */
export const manscdpType = 'Application/MANSCDP+xml'

/** Reads a body by its bytes, whatever charset it declares. A missing SN reads as 0. Throws ParseError `manscdp.malformed`. */
export function parseManscdp(bytes: Buffer): Manscdp {
  const root = parseXml(decodeText(bytes))
  const cmdType = textOf(root, 'CmdType')
  if (!cmdType) throw new ParseError('manscdp.malformed', `${root.name.slice(0, 40)} without CmdType`)
  const sn = serialOf(textOf(root, 'SN'))
  return readKnown(root, cmdType, sn) ?? { type: 'other', root: root.name, cmdType, sn, deviceId: deviceIdOf(root) }
}

function readKnown(root: Element, cmdType: string, sn: number): Manscdp | undefined {
  switch (root.name.toLowerCase()) {
    case 'query':
      return readQuery(cmdType, sn, deviceIdOf(root))
    case 'notify':
      return readNotify(cmdType, sn, root)
    case 'response':
      return readResponse(cmdType, sn, root)
    default:
      return undefined
  }
}

const serialOf = (text = ''): number => (/^\d{1,15}$/.test(text) ? Number(text) : 0)

/** Writes a body in the charset that it declares. */
export function writeManscdp(value: Manscdp, charset: Charset): Buffer {
  return writeXml(elementOf(value), charset)
}

function elementOf(value: Manscdp): Element {
  switch (value.type) {
    case 'query-catalog':
    case 'query-device-info':
    case 'query-device-status':
      return queryElement(value)
    case 'notify-keepalive':
    case 'notify-catalog':
      return notifyElement(value)
    case 'response-catalog':
    case 'response-device-info':
    case 'response-device-status':
      return responseElement(value)
    case 'other':
      return element(value.root, [element('CmdType', value.cmdType), element('SN', String(value.sn)), element('DeviceID', value.deviceId)])
  }
}
