// MANSCDP as a device sees it: parts of the door's union by name, and the eight bytes of a PTZ code taken apart. GB/T 28181-2022 A.3.
import type { Manscdp } from '../sip/index.ts'

export type ValueOf<Type extends Manscdp['type']> = Extract<Manscdp, { readonly type: Type }>
export type ControlOf<Type extends 'control-device-control' | 'control-device-config'> = ValueOf<Type>
export type DeviceCommand = ValueOf<'control-device-control'>['command']
export type DeviceConfiguration = ValueOf<'control-device-config'>['config']
export type HomePosition = NonNullable<ValueOf<'response-home-position-query'>['homePosition']>
export type FileItem = ValueOf<'response-record-info'>['records'][number]
export type CatalogItem = ValueOf<'response-catalog'>['items'][number]
export type QueryValue = Extract<Manscdp, { readonly type: `query-${string}` }>
export type AnswerValue = Extract<Manscdp, { readonly type: `response-${string}` }>

export interface PtzCode {
  readonly command: number
  readonly data1: number
  readonly data2: number
}

/** Undefined when it is no code or its sum is wrong. Any address is taken (Q58). */
export function parsePtz(code: string): PtzCode | undefined {
  const bytes = Buffer.from(/^[0-9a-f]{16}$/i.test(code) ? code : '', 'hex')
  const sum = bytes.subarray(0, 7).reduce((total, byte) => (total + byte) & 0xff, 0)
  if (bytes.length !== 8 || bytes[0] !== 0xa5 || sum !== bytes[7]) return undefined
  return { command: bytes[3] ?? 0, data1: bytes[4] ?? 0, data2: bytes[5] ?? 0 }
}
