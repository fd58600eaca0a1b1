// Readers of values: text -> value, or an error whose few words say what would fit.
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'

export const text = (value: string): string => value
export const integer =
  (from: number, to: number) =>
  (value: string): number => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < from || number > to) throw new Error(`a whole number from ${from} to ${to}`)
    return number
  }
/** `auto`: one thread where there are more than two cores; on two the sum of the work counts (docs/decisions/0029). */
export const threads = (value: string): number => {
  if (value === 'auto') return availableParallelism() > 2 ? 1 : 0
  if (!/^\d{1,2}$/.test(value) || Number(value) > 16) throw new Error('auto, or a whole number from 0 to 16')
  return Number(value)
}
export const digits20 = (value: string): string => {
  if (!/^\d{20}$/.test(value)) throw new Error('20 digits')
  return value
}
export const sipUri = (value: string): string => {
  if (!/^sip:\d{18,20}@[\w.:[\]-]+$/.test(value)) throw new Error('a SIP URI like sip:34020000002000000002@192.0.2.9:5060')
  return value
}
export const idPrefixes = (value: string): readonly string[] => {
  const prefixes = value.split(',').map((prefix) => prefix.trim())
  if (!prefixes.every((prefix) => /^\d{1,20}$/.test(prefix))) throw new Error('beginnings of device ids with commas between, like 320116,320105')
  return prefixes
}
/** Stands in recordings and reports. */
export const nodeName = (value: string): string => {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(value)) throw new Error('a name of 1 to 64 letters, digits, spaces, dots, underscores and hyphens')
  return value
}
export const positions = (value: string): readonly string[] => {
  const codes = value.split(',').map((code) => code.trim())
  if (!codes.every((code) => /^\d{1,3}$/.test(code))) throw new Error('codes of 摄像机位置类型 with commas between, like 1,2,13')
  return codes
}
export const portRange = (value: string): { first: number; last: number } => {
  const match = /^(\d+)-(\d+)$/.exec(value)
  const [first, last] = [Number(match?.[1]), Number(match?.[2])]
  if (!match || first < 1024 || last > 65535 || last - first < 1) throw new Error('a range like 30000-30999, of at least two ports')
  return { first, last }
}
export const httpUrl = (value: string): string => {
  const isOne = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).search === ''
  if (!isOne) throw new Error('an address like http://10.0.0.5:8080')
  return value.replace(/\/+$/, '')
}
/** Everybody may write X-Forwarded-For: only who is named here is believed. */
export const proxies = (value: string): readonly string[] | undefined => {
  if (value === 'off') return undefined
  const named = value.split(',').map((each) => each.trim())
  const isOne = (each: string): boolean => {
    const [address = '', bits, more] = each.split('/')
    const most = isIP(address) === 4 ? 32 : 128
    return each === 'loopback' || (isIP(address) !== 0 && more === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most)))
  }
  if (!named.every(isOne)) throw new Error('off, or addresses and networks of proxies with commas between, like loopback,10.0.0.5,10.1.0.0/24')
  return named
}
/** Six months is what the law on network security asks of logs at least (网络安全法 2016 第二十一条). */
export const auditDays = (value: string): number => {
  if (value === '0') return 0
  try {
    return integer(183, 36_500)(value)
  } catch {
    throw new Error('0 to keep everything, or a whole number of days from 183 to 36500')
  }
}
export const oneOf =
  (...values: readonly string[]) =>
  (value: string): string => {
    if (!values.includes(value)) throw new Error(`one of ${values.join(', ')}`)
    return value
  }

/** Tiles by the numbers of the Web Mercator grid; whose they are is the user's choice, and none is asked unless somebody chose. */
export const tiles = (value: string): readonly string[] => {
  const addresses = value.split(/\s+/).filter((each) => each !== '')
  const isOne = (each: string): boolean => /^(https?:\/\/|\/)/.test(each) && each.includes('{z}') && each.includes('{x}') && /\{-?y\}/.test(each) && URL.canParse(each.replace(/\{[^}]*\}/g, '0'), 'http://a') && !/["'<>;,]/.test(each)
  if (addresses.length > 4 || !addresses.every(isOne)) throw new Error('one to four addresses with blanks between, each with {z}, {x} and {y}, like http://tiles.local/{z}/{x}/{y}.png')
  return addresses
}
