// What a simulated device says: REGISTER, MESSAGE and BYE as values, its catalog entry, its answer to a challenge.
import type { RandomBytes } from '../base/index.ts'
import { digestResponse, header, manscdpType, parseChallenge, writeCredentials, writeManscdp, type CatalogItem, type Header, type Manscdp, type SipRequest, type SipResponse } from '../sip/index.ts'
import type { ScenarioChannel, ScenarioDevice } from './types.ts'

/** Who speaks, to whom, and from where. */
export interface Identity {
  readonly deviceId: string
  readonly registrarId: string
  /** The SIP domain: the first 10 digits of the registrar's id. */
  readonly domain: string
  readonly contact: string
  readonly edition: '2016' | '2022'
}

export const leaseS = 3600

export function registerRequest(who: Identity, callId: string, sequence: number, tag: string, authorization?: string): SipRequest {
  const self = `sip:${who.deviceId}@${who.domain}`
  return request('REGISTER', `sip:${who.registrarId}@${who.domain}`, [
    { name: 'From', value: `<${self}>;tag=${tag}` },
    { name: 'To', value: `<${self}>` },
    { name: 'Call-ID', value: callId },
    { name: 'CSeq', value: `${sequence} REGISTER` },
    { name: 'Contact', value: `<${who.contact}>` },
    { name: 'Expires', value: String(leaseS) },
    { name: 'X-GB-Ver', value: who.edition === '2022' ? '3.0' : '2.0' },
    ...(authorization === undefined ? [] : [{ name: 'Authorization', value: authorization }]),
  ])
}

/** A MANSCDP body in a MESSAGE of its own. */
export function messageRequest(who: Identity, body: Manscdp, charset: 'gb2312' | 'utf-8', callId: string, sequence: number, tag: string): SipRequest {
  const headers = [
    { name: 'From', value: `<sip:${who.deviceId}@${who.domain}>;tag=${tag}` },
    { name: 'To', value: `<sip:${who.registrarId}@${who.domain}>` },
    { name: 'Call-ID', value: callId },
    { name: 'CSeq', value: `${sequence} MESSAGE` },
    { name: 'Content-Type', value: manscdpType },
  ]
  return request('MESSAGE', `sip:${who.registrarId}@${who.domain}`, headers, writeManscdp(body, charset))
}

/** Hangs up a call that was accepted with `localTag`: From and To change places. */
export function byeRequest(invite: SipRequest, who: Identity, localTag: string): SipRequest {
  return request('BYE', `sip:${who.registrarId}@${who.domain}`, [
    { name: 'From', value: `${header(invite, 'To') ?? ''};tag=${localTag}` },
    { name: 'To', value: header(invite, 'From') ?? '' },
    { name: 'Call-ID', value: header(invite, 'Call-ID') ?? '' },
    { name: 'CSeq', value: '1 BYE' },
  ])
}

/** Answers the first challenge of a 401; undefined when there is none we understand. RFC 2617 3.2.2; GB/T 28181-2022 9.1.2.1. */
export function authorizationFor(response: SipResponse, who: Identity, password: string, random: RandomBytes): string | undefined {
  const challenge = parseChallenge(header(response, 'WWW-Authenticate') ?? '')
  if (!challenge) return undefined
  const { realm, nonce } = challenge
  const algorithm = challenge.algorithm === 'SHA-256' ? 'SHA-256' : 'MD5'
  const uri = `sip:${who.registrarId}@${who.domain}`
  const input = { algorithm, username: who.deviceId, realm, password, method: 'REGISTER', uri, nonce } as const
  const counted = challenge.qop === undefined ? {} : { qop: 'auth', nc: '00000001', cnonce: random(8).toString('hex') }
  return writeCredentials({ username: who.deviceId, realm, nonce, uri, algorithm, response: digestResponse({ ...input, ...counted }), ...counted })
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

function request(method: string, uri: string, headers: readonly Header[], body: Buffer = Buffer.alloc(0)): SipRequest {
  return { kind: 'request', method, uri, headers: [...headers, { name: 'User-Agent', value: 'Yiji simulator' }], body }
}
