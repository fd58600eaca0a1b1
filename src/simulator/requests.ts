// What a simulated device says: REGISTER, MESSAGE and BYE as values, its catalog entry, its answer to a challenge.
import { ParseError, type RandomBytes } from '../base/index.ts'
import { digestResponse, header, headers, parseChallenge, parseNameAddr, writeCredentials, type Header, type SipRequest, type SipResponse } from '../sip/index.ts'
import type { Habits } from './habits.ts'
import type { CatalogItem } from './manscdp.ts'
import type { ScenarioChannel, ScenarioDevice } from './types.ts'

/** Who speaks, to whom, and from where. */
export interface Identity {
  readonly deviceId: string
  readonly registrarId: string
  /** The SIP domain: the first 10 digits of the registrar's id. */
  readonly domain: string
  /** Of the registrar, as host:port. */
  readonly registrarAddress: string
  /** Follows the port we speak from. */
  readonly contact: () => string
  readonly edition: '2016' | '2022'
  readonly habits: Habits
}

export const leaseS = 3600

/** Where REGISTER and its digest are addressed to. */
const registrarUri = (who: Identity): string => `sip:${who.registrarId}@${who.habits.has('uri-with-address') ? who.registrarAddress : who.domain}`

export function registerRequest(who: Identity, call: Call, authorization?: string, expiresS = leaseS): SipRequest {
  const self = `sip:${who.deviceId}@${who.domain}`
  const isBare = who.habits.has('no-expires') && expiresS > 0
  const inContact = who.habits.has('expires-in-contact')
  return request('REGISTER', registrarUri(who), [
    ...headersOf(call, `<${self}>`, `<${self}>`, 'REGISTER'),
    { name: 'Contact', value: `<${who.contact()}>${inContact && !isBare ? `;expires=${expiresS}` : ''}` },
    ...(isBare || inContact ? [] : [{ name: 'Expires', value: String(expiresS) }]),
    { name: 'X-GB-Ver', value: who.edition === '2022' ? '3.0' : '2.0' },
    ...(authorization === undefined ? [] : [{ name: 'Authorization', value: authorization }]),
  ])
}

/** A request outside any dialog. */
export function ownRequest(who: Identity, method: 'MESSAGE' | 'NOTIFY' | 'OPTIONS', call: Call, more: readonly Header[] = [], body?: Buffer): SipRequest {
  const to = `sip:${who.registrarId}@${who.domain}`
  return request(method, to, [...headersOf(call, `<sip:${who.deviceId}@${who.domain}>`, `<${to}>`, method), ...more], body)
}

/** What tells one request from another. */
export interface Call {
  readonly callId: string
  readonly sequence: number
  readonly tag: string
}

const headersOf = ({ callId, sequence, tag }: Call, from: string, to: string, method: string): readonly Header[] => [
  { name: 'From', value: `${from};tag=${tag}` },
  { name: 'To', value: to },
  { name: 'Call-ID', value: callId },
  { name: 'CSeq', value: `${sequence} ${method}` },
]

/** A request inside a dialog that the other side opened with `opening`: From and To change places. RFC 3261 12.2.1.1. */
export function dialogRequest(method: 'BYE' | 'NOTIFY' | 'MESSAGE', opening: SipRequest, who: Identity, localTag: string, sequence: number, more: readonly Header[] = [], body?: Buffer): SipRequest {
  const to = header(opening, 'To') ?? ''
  return request(
    method,
    targetOf(opening) ?? `sip:${who.registrarId}@${who.domain}`,
    [
      { name: 'From', value: /;\s*tag=/i.test(to) ? to : `${to};tag=${localTag}` },
      { name: 'To', value: header(opening, 'From') ?? '' },
      { name: 'Call-ID', value: header(opening, 'Call-ID') ?? '' },
      { name: 'CSeq', value: `${sequence} ${method}` },
      ...more,
    ],
    body,
  )
}

function targetOf(opening: SipRequest): string | undefined {
  try {
    return parseNameAddr(headers(opening, 'Contact')[0] ?? '').uri
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}

/** Answers the first challenge of a 401; undefined when there is none we understand. RFC 2617 3.2.2; GB/T 28181-2022 9.1.2.1. */
export function authorizationFor(response: SipResponse, who: Identity, password: string, random: RandomBytes): string | undefined {
  const challenge = headers(response, 'WWW-Authenticate').map(parseChallenge).find((found) => found !== undefined)
  if (!challenge) return undefined
  const { realm, nonce } = challenge
  const algorithm = challenge.algorithm === 'SHA-256' ? 'SHA-256' : 'MD5'
  const uri = registrarUri(who)
  const username = who.habits.has('username-admin') ? 'admin' : who.deviceId
  const input = { algorithm, username, realm, password, method: 'REGISTER', uri, nonce } as const
  const counted = challenge.qop === undefined ? {} : { qop: 'auth', nc: '00000001', cnonce: random(8).toString('hex') }
  return writeCredentials({ username, realm, nonce, uri, algorithm, response: digestResponse({ ...input, ...counted }), ...counted })
}

/** The channel's entry in the device's catalog. The 2016 edition knows none of the record's fields inside Info. A.2.1.9. */
export function catalogItem(device: ScenarioDevice, channel: ScenarioChannel): CatalogItem {
  const { record } = channel
  const info: Readonly<Record<string, string | undefined>> = {
    'Info.PTZType': record.cameraType,
    'Info.PointType': record.class,
    'Info.FunctionType': record.functionType === undefined ? undefined : '99',
    'Info.EncodeType': channel.codec === 'h264' ? '2' : '5',
    'Info.GrassrootsCode': '000000',
    'Info.ManagementUnit': record.managementUnit,
    'Info.RecordSaveDays': record.recordDays,
  }
  const fields: Readonly<Record<string, string | undefined>> = {
    Manufacturer: 'Yiji',
    Model: 'Simulated',
    CivilCode: record.area,
    Address: record.address,
    Parental: '0',
    ParentID: device.id,
    RegisterWay: '1',
    Secrecy: '0',
    Status: 'ON',
    Longitude: record.longitude,
    Latitude: record.latitude,
    ...(device.edition === '2022' ? info : { Owner: record.managementUnit, 'Info.PTZType': record.cameraType }),
  }
  const raw = Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return { id: channel.id, name: channel.name, status: 'on', type: 'channel', ...(device.id === channel.id ? {} : { parentId: device.id }), raw }
}

function request(method: string, uri: string, fields: readonly Header[], body: Buffer = Buffer.alloc(0)): SipRequest {
  return { kind: 'request', method, uri, headers: [...fields, { name: 'User-Agent', value: 'Yiji simulator' }], body }
}
