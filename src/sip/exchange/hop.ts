// Who gave a response, and why, as far as it says: a refusal may come from several platforms further down. RFC 3261 20.43 (Warning); RFC 3326 (Reason).
import { header, headers, writeHostPort } from '../message/index.ts'
import type { Address, SipResponse } from '../types.ts'

const maxText = 200

/** User-Agent or Server, else the address; then whom a Warning names. */
export function hopOf(response: SipResponse, source: Pick<Address, 'host' | 'port'>): string {
  const agent = header(response, 'User-Agent')?.trim() || header(response, 'Server')?.trim() || writeHostPort(source.host, source.port)
  const warned = warningOf(response)?.agent
  return (warned === undefined || warned === agent ? agent : `${agent} > ${warned}`).slice(0, maxText)
}

/** Status and phrase, then the texts of Warning and Reason. */
export function refusalOf(response: SipResponse): string {
  const texts = [warningOf(response)?.text, reasonOf(response)].filter((text) => text !== undefined && text !== '')
  return [`${response.status} ${response.reason}`, ...texts].join(': ').slice(0, maxText)
}

function warningOf(response: SipResponse): { readonly agent: string; readonly text: string } | undefined {
  const found = /^\s*\d{3}\s+(\S+)\s+"((?:[^"\\]|\\.)*)"?/.exec(headers(response, 'Warning')[0] ?? '')
  return found ? { agent: found[1] ?? '', text: found[2] ?? '' } : undefined
}

function reasonOf(response: SipResponse): string | undefined {
  const value = header(response, 'Reason')?.trim()
  if (!value) return undefined
  return /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"?/i.exec(value)?.[1] ?? value
}
